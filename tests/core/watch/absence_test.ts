import assert from "node:assert/strict";
import { afterAbsence } from "../../../src/core/watch/absence.ts";
import { DEFAULT_SETTINGS } from "../../../src/core/lifecycle.ts";
import type { GatewayState, Input, SupervisorState } from "../../../src/core/lifecycle.ts";
import { firstSigns } from "../../../src/core/watch/signs.ts";
import { transition } from "../../../src/core/transition.ts";
import { at, dueMs, LOOK, NOW_MS, REPORTS, SAMPLES, SURVIVED } from "../samples.ts";
import type { SampleName } from "../samples.ts";

/** What a deadline may be late for on a machine that is merely busy. */
const LATE_MS = 2_000;
const DEADLINE: Input = { kind: "deadline" };

/** The deadline that a state gets when the daemon was away; `null` where its absence changes nothing. */
const EXTENDED: Readonly<Record<SampleName, number | null>> = {
  stopped: null,
  new: DEFAULT_SETTINGS.stepTimeoutMs,
  starting: DEFAULT_SETTINGS.stepTimeoutMs,
  warming: DEFAULT_SETTINGS.stepTimeoutMs,
  ready: DEFAULT_SETTINGS.suspectAfterMs,
  suspect: DEFAULT_SETTINGS.suspectAfterMs,
  ending: DEFAULT_SETTINGS.stepTimeoutMs,
  hung: DEFAULT_SETTINGS.stepTimeoutMs,
  dead: null,
  asked: null,
  backoff: null,
  waiting: null,
  failed: null,
};

for (const [name, extraMs] of Object.entries(EXTENDED) as [SampleName, number | null][]) {
  const { gateway }: SupervisorState = SAMPLES[name];
  Deno.test(`afterAbsence() gives a gateway that is ${name} ${extraMs ?? "no"} ms more, and none in time`, () => {
    for (const ms of [-1, 0, LATE_MS - 1]) {
      assert.equal(afterAbsence(gateway, at(dueMs(SAMPLES[name]) + ms)), gateway);
    }
    const returnMs = dueMs(SAMPLES[name]) + LATE_MS;
    const given: GatewayState = afterAbsence(gateway, at(returnMs));
    if (extraMs === null) assert.equal(given, gateway);
    else assert.equal("deadlineMs" in given && given.deadlineMs, returnMs + extraMs);
  });
}

Deno.test("a daemon that was away ends nothing for what it did not watch, and has time for a look", () => {
  for (const name of ["new", "starting", "warming", "ready", "suspect"] as const) {
    const before: SupervisorState = SAMPLES[name];
    const hourLater = dueMs(before) + 3_600_000;
    const { state, effects } = transition(before, DEADLINE, at(hourLater));
    assert.deepEqual([state.gateway.phase, effects], [before.gateway.phase, []], name);
    // With nobody away, it is judged as it always was.
    const early = transition(state, DEADLINE, at(dueMs(state) - 1));
    assert.deepEqual(early.state, state, name);
    const late = transition(state, DEADLINE, at(dueMs(state)));
    assert.notDeepEqual(late.state.gateway, state.gateway, name);
  }
});

Deno.test("a daemon that was away while a gateway was ending does not hurry it, and then goes on", () => {
  const returnMs = dueMs(SAMPLES.ending) + 3_600_000;
  const { state, effects } = transition(SAMPLES.ending, DEADLINE, at(returnMs));
  assert.deepEqual(effects, []);
  const next = transition(state, DEADLINE, at(dueMs(state)));
  assert.deepEqual(next.effects, [{ kind: "end-step", generation: state.generation, step: "SIGTERM" }]);
});

Deno.test("a daemon that was away forgets every sign but a survived error and the newest look", () => {
  const survived = { sinceMs: NOW_MS - 9_000, what: SURVIVED };
  const look = { sinceMs: NOW_MS - 1_000, what: LOOK };
  const before: SupervisorState = {
    ...SAMPLES.suspect,
    gateway: {
      ...SAMPLES.suspect.gateway,
      excuse: "it is hard at work",
      signs: {
        ...SAMPLES.suspect.gateway.signs,
        ...{ survived, look, freshMisses: 3, stoppedSinceMs: NOW_MS, schedulerDeadSinceMs: NOW_MS },
        gc: [{ atMs: NOW_MS, pausedMs: 1, collections: 1, oldFill: 1 }],
        deadlock: { sinceMs: NOW_MS, what: ["a"] },
        patience: { untilMs: NOW_MS, why: "it writes a heap dump" },
      },
    },
  };
  const returnMs = dueMs(before) + LATE_MS;
  const gateway = afterAbsence(before.gateway, at(returnMs));
  assert.ok(gateway.phase === "ready");
  assert.deepEqual(gateway.signs, { ...firstSigns(returnMs), survived, look });
  assert.deepEqual([gateway.condition, gateway.excuse, gateway.beats], [null, null, 0]);
});

Deno.test("a daemon that was away believes what it is told when it is back", () => {
  const ready: SupervisorState = SAMPLES.ready;
  const context = at(dueMs(ready) + 3_600_000);
  const beaten = transition(ready, REPORTS.heartbeat(ready), context).state.gateway;
  assert.ok(beaten.phase === "ready" && ready.gateway.phase === "ready");
  assert.equal(beaten.beats, ready.gateway.beats + 1);
  const exited = transition(ready, REPORTS.exited(ready), context);
  assert.equal(exited.state.gateway.phase, "collecting");
  const damaged = transition(ready, REPORTS.survived(ready), context).state.gateway;
  assert.equal(damaged.phase === "ready" && damaged.condition?.kind, "poisoned");
});
