import assert from "node:assert/strict";
import { planDocumentOf } from "../../src/api/plan.ts";
import { createApi } from "../../src/api/server.ts";
import { statusOf } from "../../src/api/status.ts";
import type { StatusFacts } from "../../src/api/status.ts";
import { DEFAULT_SETTINGS, PHASES } from "../../src/core/lifecycle.ts";
import type { Input, SupervisorState } from "../../src/core/lifecycle.ts";
import { serve } from "../../src/runtime/http.ts";
import { SILENT } from "../core/samples.ts";
import { stateAfter, WAYS } from "../supervisor/ways.ts";
import { FACTS } from "./facts.ts";
import { initialPool } from "../../src/core/pool/pool.ts";

const TOKEN = "0123456789abcdef0123456789abcdef";
const READS = ["/livez", "/startupz", "/readyz", "/health", "/v1/status", "/v1/plan"];
const CHECKS = ["loop", "gateway", "heartbeat", "condition", "restarts", "records"].map((name) =>
  `/readyz/${name}`
);
const ACTIONS = ["/v1/start", "/v1/stop", "/v1/restart", "/v1/shutdown"];

/** An API on a state, and what was posted through it. */
function apiOn(state: SupervisorState, facts: Partial<StatusFacts> = {}) {
  const posted: Input[] = [];
  const api = createApi({
    hostname: "127.0.0.1",
    token: TOKEN,
    status: () => statusOf(initialPool(state), { ...FACTS, ...facts }),
    plan: () => planDocumentOf(state, DEFAULT_SETTINGS.memory, FACTS.flags),
    post: (input) => void posted.push(input),
    redact: (value) => value,
  });
  const ask = (path: string, method = "GET", headers: Record<string, string> = {}) =>
    api(
      new Request(`http://127.0.0.1:7433${path}`, {
        method,
        headers: { host: "127.0.0.1:7433", authorization: `Bearer ${TOKEN}`, ...headers },
      }),
    );
  return { api, ask, posted };
}

const READY = stateAfter(WAYS.ready);

for (const phase of PHASES) {
  Deno.test(`the probes answer in phase ${phase} what is true`, () => {
    const { ask } = apiOn(stateAfter(WAYS[phase]));
    const codes = Object.fromEntries([...READS, ...CHECKS].map((path) => [path, ask(path).status]));
    const ready = phase === "ready" ? 200 : 503;
    assert.deepEqual(codes, {
      "/livez": 200,
      "/startupz": ["ready", "stopping", "collecting", "backoff"].includes(phase) ? 200 : 503,
      "/readyz": ready,
      "/health": ready,
      "/v1/status": 200,
      "/v1/plan": 200,
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
  assert.equal(ask("/readyz").status, 503);
  assert.equal(await ask("/readyz").text(), "no answer for 7 s\n");
  assert.equal(ask("/readyz/gateway").status, 200);
  assert.equal(ask("/readyz/heartbeat").status, 503);
  assert.equal(ask("/livez").status, 200);
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
    const answer = ask(path);
    assert.equal(answer.status, 503, path);
    assert.equal(await answer.text(), "the control loop has not turned for 12 s\n", path);
  }
  assert.equal(ask("/readyz/gateway").status, 200);
});

Deno.test("the probes say why not", async () => {
  const { ask } = apiOn(stateAfter(WAYS.failed));
  assert.equal(await ask("/readyz").text(), 'the gateway is failed after "java-missing"\n');
  assert.equal(await ask("/startupz").text(), "the gateway has not been ready yet\n");
  assert.equal(await ask("/livez").text(), "ok\n");
});

Deno.test("a shutdown takes the gateway out of service at once", () => {
  const { ask } = apiOn({ ...READY, ending: true });
  assert.deepEqual([ask("/readyz").status, ask("/livez").status], [503, 200]);
});

Deno.test("/health is a document of every check", async () => {
  const { ask } = apiOn(stateAfter(WAYS.backoff));
  assert.deepEqual(await ask("/health").json(), {
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

Deno.test("/v1/status is the status", async () => {
  const { ask } = apiOn(READY);
  assert.deepEqual(await ask("/v1/status").json(), statusOf(initialPool(READY), FACTS));
});

for (
  const [path, input] of [
    ["/v1/start", { kind: "start" }],
    ["/v1/stop", { kind: "stop", by: "the API" }],
    ["/v1/restart", { kind: "restart", by: "the API" }],
    ["/v1/shutdown", { kind: "shutdown", by: "the API" }],
  ] as const
) {
  Deno.test(`POST ${path} is accepted and passed on`, async () => {
    const { ask, posted } = apiOn(READY);
    const answer = ask(path, "POST");
    assert.equal(answer.status, 202);
    assert.deepEqual(await answer.json(), { generation: 1 });
    assert.deepEqual(posted, [input]);
  });

  Deno.test(`${path} does nothing for who has no token, is no POST, or asks in another's name`, () => {
    const { ask, posted } = apiOn(READY);
    assert.equal(ask(path, "POST", { authorization: "Bearer wrong" }).status, 401);
    assert.equal(ask(path, "POST", { "sec-fetch-site": "cross-site" }).status, 403);
    assert.equal(ask(path, "POST", { host: "evil.example" }).status, 403);
    assert.equal(ask(path, "GET").status, 404);
    assert.equal(ask(path, "HEAD").status, 404);
    assert.equal(ask(path, "PUT").status, 405);
    assert.deepEqual(posted, []);
  });
}

const LOST = [
  "/",
  "/livez/",
  "/readyz/",
  "/readyz/nothing",
  "/v1",
  "/v1/status/x",
  "/LIVEZ",
  "//livez",
  "/v1/kill",
];

for (const path of LOST) {
  Deno.test(`${path} is nothing`, () => {
    const { ask, posted } = apiOn(READY);
    for (const method of ["GET", "HEAD", "POST"]) assert.equal(ask(path, method).status, 404);
    assert.deepEqual(posted, []);
  });
}

Deno.test("a question in the address makes no difference", () => {
  const { ask } = apiOn(READY);
  assert.equal(ask("/readyz?verbose=1#x").status, 200);
});

Deno.test("a method that is not understood is answered with those that are", () => {
  const { ask } = apiOn(READY);
  for (const method of ["PUT", "PATCH", "DELETE", "OPTIONS"]) {
    for (const path of [...READS, ...ACTIONS]) {
      const answer = ask(path, method);
      assert.equal(answer.status, 405);
      assert.equal(answer.headers.get("allow"), "GET, HEAD, POST");
    }
  }
});

Deno.test("every refusal is a problem document", async () => {
  const { ask } = apiOn(READY);
  for (
    const [answer, status, title] of [
      [ask("/nothing"), 404, "Not Found"],
      [ask("/nothing", "POST"), 404, "Not Found"],
      [ask("/livez", "DELETE"), 405, "Method Not Allowed"],
      [ask("/v1/stop", "POST", { authorization: "" }), 401, "Unauthorized"],
      [ask("/livez", "GET", { host: "evil.example" }), 403, "Forbidden"],
      [ask("/v1/stop", "POST", { origin: "https://evil.example" }), 403, "Forbidden"],
    ] as const
  ) {
    assert.equal(answer.status, status);
    assert.equal(answer.headers.get("content-type"), "application/problem+json");
    const { detail, ...document } = await answer.json();
    assert.deepEqual(document, { type: "about:blank", title, status });
    assert.match(detail, /^[A-Z].*\.$/);
  }
});

Deno.test("no answer is kept by a cache, nor tells the token", async () => {
  for (const phase of PHASES) {
    const { ask } = apiOn(stateAfter(WAYS[phase]));
    for (const path of [...READS, ...CHECKS, ...ACTIONS, ...LOST]) {
      for (const method of ["GET", "POST", "PUT"]) {
        const answer = ask(path, method);
        assert.equal(answer.headers.get("cache-control"), "no-store");
        const whole = JSON.stringify([...answer.headers]) + await answer.text();
        assert.ok(!whole.includes(TOKEN), `${method} ${path}`);
      }
    }
  }
});

Deno.test("over the wire, HEAD is GET without its body", async () => {
  const { api } = apiOn(READY);
  const server = serve({ hostname: "127.0.0.1", port: 0 }, api);
  try {
    for (const path of [...READS, ...CHECKS, "/nothing"]) {
      const [get, head] = await Promise.all(["GET", "HEAD"].map(async (method) => {
        const response = await fetch(`http://127.0.0.1:${server.port}${path}`, { method });
        const { date: _, ...headers } = Object.fromEntries(response.headers);
        return { status: response.status, headers, body: await response.text() };
      }));
      assert.deepEqual([head?.status, head?.body], [get?.status, ""]);
      assert.deepEqual(head?.headers, get?.headers, path);
    }
  } finally {
    await server.stop();
  }
});

Deno.test("over the wire, a page that had its name pointed at us is turned away", async () => {
  const { api } = apiOn(READY);
  const server = serve({ hostname: "127.0.0.1", port: 0 }, api);
  try {
    using connection = await Deno.connect({ hostname: "127.0.0.1", port: server.port });
    const request = "GET /v1/status HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n";
    await connection.write(new TextEncoder().encode(request));
    const answer = await new Response(connection.readable).text();
    assert.match(answer, /^HTTP\/1\.1 403 /);
    assert.ok(!answer.includes("generation"));
  } finally {
    await server.stop();
  }
});

Deno.test("/v1/plan has the mode, the plan, what was learned and what it stands on; flags only of a gateway that is ready", async () => {
  for (const phase of PHASES) {
    const state = stateAfter(WAYS[phase]);
    const { memory: { plan, record, basis }, generation } = state;
    assert.deepEqual(await apiOn(state).ask("/v1/plan").json(), {
      ...{ generation, phase, mode: "adjust", modeIsExplicit: false, plan, record, basis },
      flags: phase === "ready" ? FACTS.flags : null,
    });
  }
});
