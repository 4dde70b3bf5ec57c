import assert from "node:assert/strict";
import { statusOf } from "../../src/api/status.ts";
import { PHASES } from "../../src/core/lifecycle.ts";
import type { Phase, SupervisorState } from "../../src/core/lifecycle.ts";
import { PLAN } from "../fakes/gateway_world.ts";
import { stateAfter, WAYS } from "../supervisor/ways.ts";
import { FACTS } from "./facts.ts";
import { initialPool, SINGLE } from "../../src/core/pool/pool.ts";

function stateIn(phase: Phase): SupervisorState {
  return stateAfter(WAYS[phase]);
}

Deno.test("statusOf() says everything there is to say of a ready gateway", () => {
  const { health, ...status } = statusOf(initialPool(stateIn("ready")), FACTS);
  assert.equal(health.status, "pass");
  assert.deepEqual(status, {
    phase: "ready",
    desired: "up",
    ready: true,
    everReady: true,
    generation: 1,
    gateway: {
      pid: 1001,
      since: "2026-03-04T05:05:00.000Z",
      flags: { MaxHeapSize: 2 ** 30, MaxDirectMemorySize: null },
      lastHeartbeat: "2026-03-04T05:05:00.000Z",
      heartbeatLatencyMs: 1.5,
      contextActive: null,
      sparkUi: null,
      ignoredHeap: null,
      condition: null,
      ending: null,
    },
    pool: {
      ...SINGLE,
      next: "ready",
      warmUpRefusal: null,
      isMemoryShort: false,
      seats: [
        { generation: 1, phase: "ready", pid: 1001, warmth: "cold", programs: 0, retirement: null },
      ],
    },
    archive: "off",
    bytecode: "off",
    restarts: 0,
    plan: PLAN,
    lastIncident: null,
    nextDeadline: "2026-03-04T05:05:05.000Z",
    daemon: FACTS.daemon,
    spark: FACTS.spark,
    java: FACTS.java,
    environmentFile: "/run/gateway.env",
    programBin: null,
    cwd: "/job",
  });
});

/** Why it is ended, or how it has. */
const ENDING: Partial<Record<Phase, string>> = {
  stopping: "restart by a test",
  collecting: "it has ended by itself (exit code 0)",
};

for (const phase of PHASES) {
  Deno.test(`statusOf() is ready in phase ${phase} only if that is ready`, () => {
    const status = statusOf(initialPool(stateIn(phase)), FACTS);
    assert.equal(status.phase, phase);
    assert.equal(status.ready, phase === "ready");
    assert.equal(status.everReady, ["ready", "stopping", "collecting", "backoff"].includes(phase));
    assert.equal(status.desired, phase === "stopped" ? "down" : "up");
    assert.deepEqual(JSON.parse(JSON.stringify(status)), status);
  });

  Deno.test(`statusOf() tells in phase ${phase} what is true of its process`, () => {
    const { gateway, nextDeadline } = statusOf(initialPool(stateIn(phase)), FACTS);
    const { pid, since, ...answers } = gateway;
    assert.equal(pid, ["starting", "warming", "ready", "stopping"].includes(phase) ? 1001 : null);
    assert.equal(since !== null, ["starting", "warming", "ready"].includes(phase));
    assert.equal(nextDeadline === null, phase === "stopped" || phase === "failed");
    if (phase === "ready") return;
    assert.deepEqual(answers, {
      flags: null,
      lastHeartbeat: null,
      heartbeatLatencyMs: null,
      contextActive: null,
      sparkUi: null,
      ignoredHeap: null,
      condition: null,
      ending: ENDING[phase] ?? null,
    });
  });
}

Deno.test("statusOf() tells of the last death, and where its evidence is", () => {
  const state = stateIn("backoff");
  const { lastIncident } = statusOf(initialPool(state), FACTS);
  assert.deepEqual(lastIncident, { ...state.lastIncident, ...FACTS.lastIncident });
  assert.equal(lastIncident?.generation, 1);
});

Deno.test("statusOf() is not ready while the loop is stuck", () => {
  assert.equal(statusOf(initialPool(stateIn("ready")), { ...FACTS, lagMs: 9_999 }).ready, true);
  assert.equal(statusOf(initialPool(stateIn("ready")), { ...FACTS, lagMs: 10_000 }).ready, false);
});
