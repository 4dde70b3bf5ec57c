import assert from "node:assert/strict";
import { PHASES } from "../../src/core/lifecycle.ts";
import type { SupervisorState } from "../../src/core/lifecycle.ts";
import { CHECK_NAMES } from "../../src/core/health.ts";
import { stateAfter, WAYS } from "../supervisor/ways.ts";
import { SILENT } from "../core/samples.ts";
import { startingRoutes } from "../../src/api/probes.ts";
import { apiOf, apiOn, asker } from "./asking.ts";

const READY = stateAfter(WAYS.ready);
const PROBES = ["/livez", "/startupz", "/readyz", "/health", ...CHECK_NAMES.map((name) => `/readyz/${name}`)];

for (const phase of PHASES) {
  Deno.test(`the probes answer in phase ${phase} what is true`, async () => {
    const { ask } = apiOn(stateAfter(WAYS[phase]));
    const codes: Record<string, number> = {};
    for (const path of PROBES) codes[path] = (await ask(path)).status;
    const ready = phase === "ready" ? 200 : 503;
    assert.deepEqual(codes, {
      "/livez": 200,
      "/startupz": ["ready", "stopping", "collecting", "backoff"].includes(phase) ? 200 : 503,
      "/readyz": ready,
      "/health": ready,
      "/readyz/loop": 200,
      "/readyz/gateway": ready,
      "/readyz/heartbeat": 200,
      "/readyz/condition": 200,
      "/readyz/restarts": 200,
      "/readyz/records": 200,
    });
  });
}

Deno.test("the probes of a gateway that does not answer say for how long", async () => {
  const { ask } = apiOn(
    stateAfterSilence(),
    { nowMs: 7_000 },
  );
  assert.equal((await ask("/readyz")).status, 503);
  assert.equal(await (await ask("/readyz")).text(), "no answer for 7 s\n");
  assert.equal((await ask("/readyz/gateway")).status, 200);
  assert.equal((await ask("/readyz/heartbeat")).status, 503);
  assert.equal((await ask("/livez")).status, 200);
});

/** A ready gateway whose silence has been noticed. */
function stateAfterSilence(): SupervisorState {
  const { gateway } = READY;
  assert.ok(gateway.phase === "ready");
  return { ...READY, gateway: { ...gateway, condition: SILENT } };
}

Deno.test("the probes of a daemon whose loop is stuck say so", async () => {
  const { ask } = apiOn(READY, { lagMs: 12_000 });
  for (const path of ["/livez", "/readyz", "/readyz/loop"]) {
    const answer = await ask(path);
    assert.equal(answer.status, 503, path);
    assert.equal(await answer.text(), "the control loop has not turned for 12 s\n", path);
  }
  assert.equal((await ask("/readyz/gateway")).status, 200);
});

Deno.test("the probes say why not", async () => {
  const { ask } = apiOn(stateAfter(WAYS.failed));
  assert.equal(await (await ask("/readyz")).text(), 'the gateway is failed after "java-missing"\n');
  assert.equal(await (await ask("/startupz")).text(), "the gateway has not been ready yet\n");
  assert.equal(await (await ask("/livez")).text(), "ok\n");
});

Deno.test("a shutdown takes the gateway out of service at once", async () => {
  const { ask } = apiOn({ ...READY, ending: true });
  assert.deepEqual([(await ask("/readyz")).status, (await ask("/livez")).status], [503, 200]);
});

Deno.test("/health is a document of every check", async () => {
  const { ask } = apiOn(stateAfter(WAYS.backoff));
  assert.deepEqual(await (await ask("/health")).json(), {
    status: "fail",
    version: "0.1.0",
    phase: "backoff",
    generation: 1,
    checks: {
      loop: [{ status: "pass" }],
      gateway: [{ status: "fail", output: 'the gateway is backoff after "clean-exit"' }],
      heartbeat: [{ status: "pass" }],
      condition: [{ status: "pass" }],
      restarts: [{
        status: "warn",
        output: '1 death since health was last proven, the last "clean-exit"',
      }],
      records: [{ status: "pass" }],
    },
  });
});

Deno.test("?verbose tells of every check, ?exclude leaves some out and says which there are not", async () => {
  const { ask } = apiOn(stateAfterSilence(), { nowMs: 7_000 });
  const text = async (path: string) => (await ask(path)).text();
  assert.equal(
    await text("/readyz?verbose"),
    "[+]loop ok\n[+]gateway ok\n[-]heartbeat failed: no answer for 7 s\n" +
      `[-]condition failed: ${SILENT.kind}: ${SILENT.reason}\nreadyz check failed\n`,
  );
  assert.equal((await ask("/readyz?exclude=heartbeat")).status, 503);
  assert.equal((await ask("/readyz?exclude=heartbeat&exclude=condition")).status, 200);
  assert.equal((await ask("/readyz?exclude=heartbeat,condition")).status, 200);
  assert.equal(
    await text("/readyz?verbose&exclude=heartbeat,condition,nothing"),
    "[+]loop ok\n[+]gateway ok\n[+]heartbeat excluded: ok\n[+]condition excluded: ok\n" +
      'warn: there is no check "nothing" to exclude\nreadyz check passed\n',
  );
  assert.equal(await text("/livez?verbose"), "[+]loop ok\nlivez check passed\n");
  assert.equal(
    await text("/readyz/heartbeat?verbose=1"),
    "[-]heartbeat failed: no answer for 7 s\nreadyz/heartbeat check failed\n",
  );
  assert.equal((await ask("/readyz?other=1")).status, 503);
});

Deno.test("/health comes in the type of its draft for who asks for that", async () => {
  const { ask } = apiOn(READY);
  for (
    const [accept, type] of [
      ["application/health+json", "application/health+json"],
      ["application/health+json, application/json;q=0.5", "application/health+json"],
      ["*/*", "application/json"],
      ["text/html", "application/json"],
    ] as const
  ) {
    const answer = await ask("/health", { headers: { accept } });
    assert.equal(answer.headers.get("content-type"), type);
    assert.equal((await answer.json()).status, "pass");
  }
});

Deno.test("a daemon that is starting lives and is not ready, and has nothing else to say yet", async () => {
  const ask = asker(apiOf(startingRoutes(), null));
  const codes: Record<string, number> = {};
  for (const path of ["/livez", "/startupz", "/readyz", "/health", "/", "/v1/status", "/v1/stop"]) {
    codes[path] = (await ask(path, { headers: { authorization: "Bearer null" } })).status;
  }
  assert.deepEqual(codes, {
    ...{ "/livez": 200, "/startupz": 503, "/readyz": 503, "/health": 503, "/": 503 },
    ...{ "/v1/status": 503, "/v1/stop": 503 },
  });
  assert.equal(await (await ask("/readyz")).text(), "the daemon is starting\n");
  assert.equal((await ask("/v1/status")).headers.get("retry-after"), "1");
});
