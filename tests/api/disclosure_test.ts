import assert from "node:assert/strict";
import { disclosedEvent } from "../../src/api/disclosure.ts";
import { planDocumentOf } from "../../src/api/plan.ts";
import { statusOf } from "../../src/api/status.ts";
import type { Status } from "../../src/api/status.ts";
import type { PublishedEvent } from "../../src/core/events/event.ts";
import { CHECK_NAMES } from "../../src/core/health.ts";
import { DEFAULT_SETTINGS } from "../../src/core/lifecycle.ts";
import { secretsOf } from "../../src/incident/redaction/known_secrets.ts";
import { redact, redactJson } from "../../src/incident/redaction/redact.ts";
import { createLogger } from "../../src/log.ts";
import { News } from "../../src/daemon/news.ts";
import { ManualClock } from "../fakes/manual_clock.ts";
import { CONF, ENV, leaksIn, PLANTED, PY4J_SECRET } from "../incident/planted_secrets.ts";
import { incident } from "../incident/samples.ts";
import { stateAfter, WAYS } from "../supervisor/ways.ts";
import { apiOf, asker, stateRoutes, TOKEN } from "./asking.ts";
import { FACTS } from "./facts.ts";
import { initialPool } from "../../src/core/pool/pool.ts";

const SECRETS = [...secretsOf({ env: ENV, conf: CONF }), TOKEN];
const DEATH = {
  ...incident(7),
  verdict: {
    ...incident(7).verdict,
    summary: PLANTED,
    remedy: PLANTED,
    evidence: PLANTED.split("\n").map((text, line) => ({ source: "stderr", line, text } as const)),
  },
  change: { changed: true, reason: PLANTED },
  decision: { kind: "restart", delayMs: 0, reason: PLANTED },
} as const;

/** A status in which everything that others may have written holds every secret. */
function betraying(): Status {
  const status = statusOf(initialPool(stateAfter(WAYS.ready)), { ...FACTS, cwd: `/job/${PY4J_SECRET}` });
  const checks = Object.fromEntries(CHECK_NAMES.map((name) => [name, { status: "fail", output: PLANTED }]));
  return {
    ...status,
    health: { status: "fail", checks: checks as unknown as Status["health"]["checks"] },
    gateway: {
      ...status.gateway,
      condition: {
        kind: "poisoned",
        since: "",
        reason: PLANTED,
        evidence: PLANTED.split("\n"),
        excuse: PLANTED,
      },
    },
    lastIncident: { ...DEATH, id: "20260304T050607Z-g7-heap-oom", at: "2026-03-04T05:06:07.000Z" },
  };
}

/** A plan whose places that fix a size hold every secret. */
function betrayingPlan() {
  const document = planDocumentOf(stateAfter(WAYS.ready), DEFAULT_SETTINGS.memory, FACTS.flags);
  return { ...document, basis: { ...document.basis, pins: { heap: { bytes: 2 ** 30, by: PLANTED } } } };
}

Deno.test("no path of the API answers with a secret, with the token or without", async () => {
  const ask = asker(apiOf(stateRoutes({
    status: betraying,
    plan: betrayingPlan,
    redact: (value) => redactJson(value, SECRETS).value as typeof value,
  })));
  const checks = CHECK_NAMES.map((name) => `/readyz/${name}`);
  for (
    const path of [
      "/livez",
      "/startupz",
      "/readyz",
      "/health",
      "/v1/status",
      "/v1/plan",
      "/nothing",
      ...checks,
    ]
  ) {
    for (const authorization of ["", `Bearer ${TOKEN}`]) {
      const text = await (await ask(path, { headers: { authorization } })).text();
      // A folder is no secret, whatever it is called: `exec` goes by it.
      assert.deepEqual(leaksIn(text.replace(`/job/${PY4J_SECRET}`, "")), [], path);
      assert.ok(!text.includes(TOKEN));
      if (path === "/v1/status") {
        const { cwd, environmentFile, phase, generation } = JSON.parse(text);
        const { cwd: ours, ...status } = betraying();
        assert.equal(cwd, ours);
        assert.deepEqual([environmentFile, phase, generation], [
          status.environmentFile,
          status.phase,
          status.generation,
        ]);
      }
    }
  }
});

Deno.test("what a gateway wrote is shown to the daemon's owner, and its lines to nobody else", async () => {
  const ask = asker(apiOf(stateRoutes({ status: betraying, plan: betrayingPlan })));
  const linesFor = async (authorization: string) => {
    const { gateway, lastIncident } = await (await ask("/v1/status", { headers: { authorization } })).json();
    assert.equal(lastIncident.verdict.class, DEATH.verdict.class);
    assert.equal(gateway.condition.reason, PLANTED);
    return gateway.condition.evidence.length + lastIncident.verdict.evidence.length;
  };
  assert.equal(await linesFor(""), 0);
  assert.equal(await linesFor("Bearer wrong"), 0);
  assert.equal(await linesFor(`Bearer ${TOKEN}`), 2 * PLANTED.split("\n").length);
});

Deno.test("disclosedEvent() leaves the lines out of a death that others are told of, and makes it once", () => {
  const line = { source: "stderr", line: 1, text: "order 7 of Mrs Smith" } as const;
  const stamp = {
    seq: 1,
    at: "2026-03-04T05:06:07.000Z",
    generation: 1,
    level: "error",
    text: "died",
  } as const;
  const { class: cause, confidence, summary, remedy } = DEATH.verdict;
  const words = { class: cause, confidence, summary, remedy, exit: DEATH.exit, memory: "" };
  const next = { kind: "restart", reason: "" } as const;
  const death: PublishedEvent = { ...stamp, kind: "died", ...words, evidence: [line], next };
  assert.equal(disclosedEvent(death, "owner"), death);
  assert.deepEqual(disclosedEvent(death, "anybody"), { ...death, evidence: [] });
  assert.equal(disclosedEvent(death, "anybody"), disclosedEvent(death, "anybody"));
  const other: PublishedEvent = { ...stamp, kind: "standby" };
  assert.equal(disclosedEvent(other, "anybody"), other);
});

for (const format of ["text", "json"] as const) {
  Deno.test(`the daemon tells of a death without its secrets, in its events and in its log as ${format}`, () => {
    const lines: string[] = [];
    const log = createLogger({
      ...{ level: "debug", format, colour: true, write: (line: string) => void lines.push(line) },
      redact: (text) => redact(text, SECRETS).text,
    });
    const state = stateAfter(WAYS.backoff);
    const input = { kind: "start" } as const;
    const news = new News({ log, clock: new ManualClock(), secrets: SECRETS, onError: assert.ifError });
    const effects = [{ kind: "record", incident: DEATH }] as const;
    news.step({ before: state, input, after: state, effects }, null);
    const published = JSON.stringify(news.events.page(null, 10).events);
    assert.match(published, /"died".*<redacted>/);
    assert.deepEqual(leaksIn(published), []);
    log.warn("something failed", { why: PLANTED });
    assert.ok(lines.length > 5);
    assert.match(lines.join(""), /<redacted>/);
    assert.deepEqual(leaksIn(lines.join("")), []);
  });
}
