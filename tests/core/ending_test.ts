import assert from "node:assert/strict";
import type { Input, StopStep, SupervisorState } from "../../src/core/lifecycle.ts";
import { GIVE_UP_DEATHS } from "../../src/core/restart_policy.ts";
import { transition } from "../../src/core/transition.ts";
import {
  at,
  COMMANDS,
  dueMs,
  evidenceFor,
  feed,
  GENERATION,
  NOW_MS,
  REPORTS,
  SAMPLES,
  SILENT,
  up,
} from "./samples.ts";

Deno.test("transition() walks down the ladder and repeats SIGKILL until the exit is seen", () => {
  let { state, effects } = transition(SAMPLES.ready, COMMANDS.stop, at(NOW_MS));
  const steps = [effects.at(-1)];
  for (let rung = 0; rung < 4; rung++) {
    assert.equal(dueMs(state), NOW_MS + (rung + 1) * 5_000);
    ({ state, effects } = transition(state, { kind: "deadline" }, at(dueMs(state))));
    steps.push(...effects);
  }
  const taken = steps.map((effect) => effect?.kind === "end-step" ? effect.step : effect?.kind);
  assert.deepEqual(taken, ["close-stdin", "SIGTERM", "SIGKILL", "SIGKILL", "SIGKILL"]);
});

/** A gateway that is asked about itself before it is ended. */
function inspected(remaining: readonly StopStep[]): SupervisorState {
  const intent = { kind: "unfit", condition: SILENT, survived: null } as const;
  return up({
    phase: "stopping",
    pid: 42,
    intent,
    wasReady: true,
    step: "inspect",
    remaining,
    deadlineMs: NOW_MS + 4_000,
  });
}

/** The gateway and what is done after an input. */
function after(state: SupervisorState, input: Input, nowMs = NOW_MS) {
  const { state: { gateway }, effects } = transition(state, input, at(nowMs));
  return { gateway, steps: effects.map((effect) => effect.kind === "end-step" ? effect.step : effect.kind) };
}

Deno.test("transition() goes on with an end as soon as the gateway has told of itself, or has had its time", () => {
  for (const ladder of [["SIGKILL"], ["SIGTERM", "SIGKILL"]] as const) {
    const state = inspected(ladder);
    const [next, ...remaining] = ladder;
    for (
      const [input, nowMs] of [
        [REPORTS.inspected(state), NOW_MS + 700],
        [{ kind: "deadline" }, NOW_MS + 4_000],
      ] as const
    ) {
      const { gateway, steps } = after(state, input, nowMs);
      assert.deepEqual(steps, [next]);
      assert.deepEqual(gateway, { ...state.gateway, step: next, remaining, deadlineMs: nowMs + 5_000 });
    }
    assert.deepEqual(after(state, { kind: "deadline" }, NOW_MS + 3_999), {
      gateway: state.gateway,
      steps: [],
    });
  }
});

Deno.test("transition() does not go on when a gateway has told of itself that is no more asked", () => {
  const asked = inspected(["SIGTERM", "SIGKILL"]);
  const told = REPORTS.inspected(asked);
  const moved = [
    transition(asked, told, at(NOW_MS)).state,
    transition(asked, { kind: "deadline" }, at(NOW_MS + 4_000)).state,
    transition(asked, COMMANDS.kill, at(NOW_MS)).state,
    transition(asked, REPORTS.exited(asked), at(NOW_MS)).state,
  ];
  for (const state of moved) assert.deepEqual(after(state, told), { gateway: state.gateway, steps: [] });
  assert.deepEqual(after(asked, { ...told, generation: GENERATION - 1 }).steps, []);
});

Deno.test("transition() ends a gateway at once that dies, or is to be hurried, while it is asked", () => {
  const asked = inspected(["SIGTERM", "SIGKILL"]);
  assert.deepEqual(after(asked, COMMANDS.kill).steps, ["SIGKILL"]);
  const { gateway, steps } = after(asked, REPORTS.exited(asked));
  assert.deepEqual([gateway.phase, steps], ["collecting", ["collect"]]);
});

Deno.test("transition() keeps the first intent and whether the gateway had been ready", () => {
  const { ready, warming } = SAMPLES;
  const exit = { code: 143, signal: null };
  const exited: Input = { kind: "exited", generation: GENERATION, exit };
  for (const [sample, wasReady] of [[ready, true], [warming, false]] as const) {
    const { state, effects } = feed(sample, [COMMANDS.restart, COMMANDS.stop, exited]);
    const intent = { kind: "restart", by: "a test" } as const;
    const known = { exit, intent, wasReady };
    assert.deepEqual(effects.at(-1), { kind: "collect", generation: GENERATION, ...known });
    assert.deepEqual(state.gateway, { phase: "collecting", ...known, deadlineMs: NOW_MS + 10_000 });
  }
  const { state } = transition(ready, exited, at(NOW_MS));
  assert.deepEqual(state.gateway, {
    phase: "collecting",
    exit,
    intent: null,
    wasReady: true,
    deadlineMs: NOW_MS + 10_000,
  });
});

Deno.test("transition() turns a death into a verdict, another plan and a wait", () => {
  const { state, effects } = transition(SAMPLES.dead, REPORTS.collected(SAMPLES.dead), at(NOW_MS));
  assert.deepEqual(state.gateway, { phase: "backoff", deadlineMs: NOW_MS });
  assert.equal(state.memory.plan.heap.bytes, 2 * SAMPLES.dead.memory.plan.heap.bytes);
  assert.deepEqual(state.deaths, [{ atMs: NOW_MS, class: "heap-oom", wasReady: true }]);
  assert.deepEqual(effects, [
    { kind: "remember", record: state.memory.record },
    { kind: "record", incident: state.lastIncident },
  ]);
  const { lastIncident } = state;
  assert.equal(lastIncident?.generation, GENERATION);
  assert.equal(lastIncident.verdict.class, "heap-oom");
  assert.deepEqual(lastIncident.exit, { code: 3, signal: null });
  assert.deepEqual(lastIncident.change, {
    changed: true,
    reason: "heap 1 GiB → 2 GiB, because the last one ran out of heap",
  });
  assert.equal(lastIncident.decision.kind, "restart");
});

Deno.test("transition() gives up where a restart cannot help, with and without another try", () => {
  const { dead } = SAMPLES;
  const never = transition(dead, REPORTS.collected(dead), at(NOW_MS, { restartMode: "never" }));
  assert.deepEqual(never.state.gateway, { phase: "failed", deadlineMs: null });
  const earlier = { atMs: NOW_MS - 1, class: "heap-oom", wasReady: true } as const;
  const last = { ...dead, deaths: Array.from({ length: GIVE_UP_DEATHS - 1 }, () => earlier) };
  const later = transition(last, REPORTS.collected(last), at(NOW_MS));
  assert.deepEqual(later.state.gateway, { phase: "failed", deadlineMs: NOW_MS + 30_000 });
});

Deno.test("transition() records a death that meets a stop, and settles", () => {
  const { dead } = SAMPLES;
  for (
    const [ending, kinds] of [[false, ["remember", "record"]], [true, [
      "remember",
      "record",
      "finish",
    ]]] as const
  ) {
    const state: SupervisorState = { ...dead, desired: "down", ending };
    const result = transition(state, REPORTS.collected(state), at(NOW_MS));
    assert.equal(result.state.gateway.phase, "stopped");
    assert.deepEqual(result.effects.map(({ kind }) => kind), kinds);
    assert.equal(result.state.lastIncident?.verdict.class, "heap-oom");
  }
});

Deno.test("transition() makes no incident of an end on request, and obeys the last wish", () => {
  for (
    const [wishes, phase] of [
      [[COMMANDS.restart], "starting"],
      [[COMMANDS.restart, COMMANDS.stop], "stopped"],
      [[COMMANDS.stop], "stopped"],
      [[COMMANDS.stop, COMMANDS.start], "starting"],
    ] as const
  ) {
    const gone = feed(SAMPLES.ready, [...wishes, REPORTS.exited(SAMPLES.ready)]).state;
    const { state, effects } = transition(gone, REPORTS.collected(gone), at(NOW_MS));
    assert.equal(state.gateway.phase, phase);
    assert.deepEqual([state.lastIncident, state.deaths, state.memory.plan], [null, [], gone.memory.plan]);
    assert.ok(!effects.some(({ kind }) => kind === "record"));
  }
});

Deno.test("transition() judges without evidence when gathering it takes too long", () => {
  const { state } = transition(SAMPLES.dead, { kind: "deadline" }, at(dueMs(SAMPLES.dead)));
  assert.equal(state.lastIncident?.verdict.class, "unknown");
  assert.deepEqual(state.lastIncident.exit, { code: 3, signal: null });
  assert.deepEqual(transition(state, REPORTS.collected(SAMPLES.dead), at(NOW_MS)), { state, effects: [] });
});

Deno.test("transition() remembers no more than a hundred deaths", () => {
  const deaths = Array.from(
    { length: 100 },
    (_, atMs) => ({ atMs, class: "unknown", wasReady: true } as const),
  );
  const state: SupervisorState = { ...SAMPLES.dead, deaths };
  const after = transition(state, REPORTS.collected(state), at(NOW_MS)).state.deaths;
  assert.equal(after.length, 100);
  assert.deepEqual([after[0]?.atMs, after.at(-1)], [1, { atMs: NOW_MS, class: "heap-oom", wasReady: true }]);
});

Deno.test("transition() changes neither its state nor its evidence", () => {
  const frozen = deepFreeze(structuredClone(up(SAMPLES.dead.gateway)));
  const input = { kind: "collected", generation: GENERATION, evidence: evidenceFor(frozen) } as const;
  assert.doesNotThrow(() => transition(frozen, deepFreeze(input), at(NOW_MS)));
});

function deepFreeze<T extends object>(value: T): T {
  for (const part of Object.values(value)) if (typeof part === "object" && part !== null) deepFreeze(part);
  return Object.freeze(value);
}
