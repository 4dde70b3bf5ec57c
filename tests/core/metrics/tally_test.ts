import assert from "node:assert/strict";
import { DEFAULT_SETTINGS, initialState } from "../../../src/core/lifecycle.ts";
import type { Effect, Input, LifecycleSettings, SupervisorState } from "../../../src/core/lifecycle.ts";
import { downMsAt, NOTHING, withHeartbeat, withLead, withStep } from "../../../src/core/metrics/tally.ts";
import type { Tally } from "../../../src/core/metrics/tally.ts";
import { transition } from "../../../src/core/transition.ts";
import { MEMORY } from "../../fakes/gateway_world.ts";
import { collected, exited, READY, START } from "../../supervisor/ways.ts";

/** A life through these inputs, one second apart, and what is counted of it. */
function tallied(
  inputs: readonly Input[],
  settings: LifecycleSettings = DEFAULT_SETTINGS,
): { readonly tally: Tally; readonly state: SupervisorState } {
  let state = initialState(MEMORY);
  let tally = NOTHING;
  let collect: Extract<Effect, { kind: "collect" }> | null = null;
  const step = (input: Input, nowMs: number) => {
    const next = transition(state, input, { nowMs, wallMs: 0, random: 0, settings });
    tally = withLead(
      withStep(tally, { before: state, after: next.state, effects: next.effects }),
      next.state,
      nowMs,
    );
    state = next.state;
    for (const effect of next.effects) if (effect.kind === "collect") collect = effect;
  };
  inputs.forEach((input, second) => {
    step(input, second * 1000);
    if (collect !== null) step(collected(collect), second * 1000);
    collect = null;
  });
  return { tally, state };
}

Deno.test("withStep() counts a start, and how long it took to the first answer", () => {
  const { tally } = tallied(READY);
  assert.equal(tally.starts, 1);
  assert.equal(tally.startSeconds.sum, 3);
  assert.equal(tally.startFailures, 0);
  assert.deepEqual(tally.restarts, {});
});

Deno.test("withStep() counts a death with its class, and as the reason of the restart", () => {
  const { tally, state } = tallied([...READY, exited(1, 52)]);
  const cause = state.lastIncident?.verdict.class ?? "none";
  assert.equal(state.lastIncident?.decision.kind, "restart");
  assert.deepEqual(tally.restarts, { [cause]: 1 });
  assert.deepEqual([tally.incidents, tally.giveUps, tally.startFailures], [1, 0, 0]);
});

Deno.test("withStep() counts a death in the start, and one that is not followed by a restart", () => {
  const { tally } = tallied([...START, exited(1, 1)], { ...DEFAULT_SETTINGS, restartMode: "never" });
  assert.deepEqual([tally.incidents, tally.giveUps, tally.startFailures], [1, 1, 1]);
  assert.deepEqual(tally.restarts, {});
});

Deno.test("withStep() counts a restart that was asked for as such, and a stop not at all", () => {
  const restart = tallied([...READY, { kind: "restart", by: "a test" }, exited()]).tally;
  assert.deepEqual(restart.restarts, { requested: 1 });
  assert.deepEqual([restart.starts, restart.incidents], [2, 0]);
  const stop = tallied([...READY, { kind: "stop", by: "a test" }, exited()]).tally;
  assert.deepEqual(stop.restarts, {});
  assert.deepEqual([stop.starts, stop.incidents, stop.retirements], [1, 0, 0]);
});

Deno.test("withStep() counts a gateway that has made room", () => {
  const ready = tallied(READY).state;
  const before: SupervisorState = {
    ...ready,
    gateway: {
      phase: "collecting",
      exit: { code: 0, signal: null },
      intent: { kind: "retire", why: "its program has ended" },
      wasReady: true,
      deadlineMs: 0,
    },
  };
  const after: SupervisorState = { ...ready, gateway: { phase: "stopped" } };
  assert.equal(withStep(NOTHING, { before, after, effects: [] }).retirements, 1);
});

Deno.test("withLead() adds up the time in which a gateway was wanted and none served", () => {
  // Wanted at 0 s, ready at 3 s, dead at 10 s.
  const wait: readonly Input[] = Array(6).fill({ kind: "progress", generation: 1 });
  const { tally } = tallied([...READY, ...wait, exited(1, 52)]);
  assert.equal(tally.downMs, 3_000);
  assert.equal(tally.downSinceMs, 10_000);
  assert.equal(downMsAt(tally, 12_500), 5_500);
  const stopped = tallied([...READY, { kind: "stop", by: "a test" }]).tally;
  assert.equal(downMsAt(stopped, 60_000), 3_000);
});

Deno.test("withHeartbeat() counts what was answered by its time, and the rest apart", () => {
  const tally = [1.5, null, 700].reduce<Tally>(withHeartbeat, NOTHING);
  assert.equal(tally.heartbeatFailures, 1);
  assert.equal(tally.heartbeatSeconds.counts.reduce((sum, count) => sum + count, 0), 2);
  assert.ok(Math.abs(tally.heartbeatSeconds.sum - 0.7015) < 1e-9);
});
