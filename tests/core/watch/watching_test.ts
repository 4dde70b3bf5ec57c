import assert from "node:assert/strict";
import fc from "fast-check";
import type { ConditionKind } from "../../../src/core/watch/condition.ts";
import type { StopStep, SupervisorState } from "../../../src/core/lifecycle.ts";
import { firstSigns } from "../../../src/core/watch/signs.ts";
import type { GcVitals, Look, SparkVitals } from "../../../src/core/watch/vitals.ts";
import { DEFAULT_SETTINGS } from "../../../src/core/lifecycle.ts";
import { isTroubled } from "../../../src/core/watch/watching.ts";
import { transition } from "../../../src/core/transition.ts";
import { at, LOOK, NOW_MS, REPORTS, SAMPLES, SURVIVED } from "../samples.ts";
import { BEAT, FRESH, gcOf, lookOf, MISS, OOM, Watched } from "./watched.ts";
import type { Sign } from "./watched.ts";

const PROCESS = { state: "S", startTicks: 1, cpuMs: 9_000, tracerPid: 0, residentBytes: 2 ** 27 };
const SPARK: SparkVitals = {
  contextActive: true,
  schedulerAlive: true,
  driverMemory: null,
  uiUrl: null,
  folders: [],
  deadlocked: [],
};
const ATTACHED = { writing: null, diskSleepers: 0, programs: 1 };
const ALONE = { ...ATTACHED, programs: 0 };

/** A gateway of which the same signs come in every two seconds, up to and at `untilMs`. */
function repeated(untilMs: number, signs: (ms: number) => readonly Sign[], watched = new Watched()): Watched {
  for (let ms = 0; ms <= untilMs; ms += 2_000) watched.hear(ms, ...signs(ms));
  return watched;
}

/** A collector that has only just not enough room, from the beginning. */
function spiral(ms: number): Partial<Look> {
  return gcOf({ pausedMs: 0.96 * ms, collections: Math.floor(ms / 500), oldUsedBytes: 0.99 });
}

/** Each condition's signs, when they end the gateway, and how. */
const ENDS: Readonly<Record<ConditionKind, readonly [number, readonly StopStep[], () => Watched]>> = {
  "scheduler-dead": [4_000, ["inspect", "SIGTERM", "SIGKILL"], () =>
    repeated(60_000, () => [
      BEAT,
      FRESH,
      lookOf({ spark: { ...SPARK, schedulerAlive: false } }),
    ])],
  "deadlock": [10_000, ["inspect", "SIGTERM", "SIGKILL"], () =>
    repeated(60_000, () => [
      BEAT,
      FRESH,
      lookOf({ spark: { ...SPARK, deadlocked: ["a", "b"] } }),
    ])],
  "gc-spiral": [
    20_000,
    ["inspect", "SIGKILL"],
    () => repeated(60_000, (ms) => [BEAT, FRESH, lookOf(spiral(ms))]),
  ],
  "accept-thread-dead": [
    12_000,
    ["inspect", "SIGTERM", "SIGKILL"],
    () => repeated(60_000, () => [BEAT, MISS, lookOf({ closer: ALONE })]),
  ],
  "poisoned": [
    2_000,
    ["inspect", "SIGTERM", "SIGKILL"],
    () => repeated(60_000, (ms) => [BEAT, ...ms === 2_000 ? [OOM] : [], lookOf({ closer: ALONE })]),
  ],
  "stopped": [
    15_000,
    ["SIGKILL"],
    () => repeated(60_000, () => [lookOf({ process: { ...PROCESS, state: "T" } })]),
  ],
  "silent": [15_000, ["inspect", "SIGKILL"], () => repeated(60_000, () => [lookOf()])],
};

for (const [kind, [ms, steps, live]] of Object.entries(ENDS)) {
  Deno.test(`a gateway that is "${kind}" is ended after ${ms / 1_000} s by ${steps.join(", ")}`, () => {
    const { ended } = live();
    assert.ok(ended?.intent.kind === "unfit");
    assert.deepEqual([ended.intent.condition.kind, ended.ms, ended.steps], [kind, ms, steps]);
    assert.equal(ended.intent.survived, kind === "poisoned" ? SURVIVED : null);
  });
}

Deno.test("a spiral is named after 10 s, waited for until 20 s, and forgotten when the heap has room again", () => {
  const signs = (ms: number) => [BEAT, FRESH, lookOf(spiral(ms))];
  assert.equal(repeated(8_000, signs).condition, null);
  const watched = repeated(10_000, signs);
  assert.equal(watched.condition, "gc-spiral: it may still find room");
  watched.hear(12_000, BEAT, FRESH, lookOf(gcOf({ pausedMs: 11_000, collections: 30, oldUsedBytes: 0.3 })));
  assert.equal(watched.condition, null);
});

Deno.test("one collection of 25 s is waited for and is no spiral", () => {
  const watched = new Watched();
  watched.hear(0, BEAT, FRESH, lookOf(gcOf({ oldUsedBytes: 0.99 })));
  const collects = lookOf(gcOf({ cause: "Allocation Failure", oldUsedBytes: 0.99 }));
  for (let ms = 2_000; ms <= 24_000; ms += 2_000) watched.hear(ms, collects);
  assert.equal(watched.condition, "silent: it collects garbage (Allocation Failure)");
  const over = gcOf({ pausedMs: 25_000, collections: 1, oldUsedBytes: 0.99 });
  watched.hear(26_000, BEAT, FRESH, lookOf(over));
  assert.deepEqual([watched.condition, watched.endedMs], [null, null]);
});

Deno.test("Spark's scheduler is believed dead when two looks at it say so, not when one does and no other follows", () => {
  const dead = lookOf({ spark: { ...SPARK, schedulerAlive: false } });
  const watched = new Watched();
  watched.hear(5_000, BEAT, FRESH, dead);
  for (let ms = 6_000; ms <= 30_000; ms += 1_000) watched.hear(ms, BEAT, FRESH, lookOf());
  assert.deepEqual([watched.condition, watched.endedMs], [null, null]);
  watched.hear(31_000, lookOf({ spark: SPARK }), dead);
  watched.hear(34_000, BEAT, FRESH, dead);
  assert.equal(watched.endedMs, null);
  watched.hear(35_000, dead);
  assert.equal(watched.endedMs, 35_000);
});

Deno.test("new connections are believed refused only when none is taken in between", () => {
  const watched = new Watched();
  for (
    const [ms, sign, expected] of [
      [4_000, MISS, null],
      [5_000, FRESH, null],
      [14_000, MISS, null],
      [17_900, BEAT, null],
      [18_000, MISS, "accept-thread-dead: it has not been looked at closely yet"],
    ] as const
  ) {
    watched.hear(ms, BEAT, sign);
    assert.equal(watched.condition, expected, `${ms}`);
  }
});

Deno.test("a process that a debugger has stopped is silent and waited for, not stopped", () => {
  const traced = lookOf({ process: { ...PROCESS, state: "T", tracerPid: 7 } });
  assert.equal(repeated(60_000, () => [traced]).condition, "silent: a debugger has stopped it");
});

Deno.test("threads are believed deadlocked only while they are the same ones", () => {
  const looks = (ms: number) =>
    lookOf({ spark: { ...SPARK, deadlocked: ms % 8_000 === 0 ? ["a", "b"] : ["a", "c"] } });
  assert.equal(repeated(60_000, (ms) => [BEAT, FRESH, looks(ms)]).endedMs, null);
});

Deno.test("a damaged gateway is spared while a program is attached, and ended when that has gone", () => {
  const watched = new Watched();
  watched.hear(1_000, BEAT, OOM);
  assert.equal(watched.condition, "poisoned: it has not been looked at closely yet");
  const attached = "poisoned: a program is attached; it is replaced when that has gone";
  for (let ms = 2_000; ms <= 600_000; ms += 2_000) {
    watched.hear(ms, BEAT, FRESH, lookOf({ closer: ATTACHED }));
  }
  assert.deepEqual([watched.condition, watched.endedMs], [attached, null]);
  watched.hear(601_000, lookOf({ closer: ALONE }));
  assert.equal(watched.endedMs, 601_000);
});

Deno.test("a damaged gateway with a program is ended all the same when it falls silent", () => {
  const watched = new Watched();
  watched.hear(1_000, BEAT, OOM);
  repeated(60_000, () => [lookOf({ closer: ATTACHED })], watched);
  assert.ok(watched.ended?.intent.kind === "unfit");
  assert.equal(watched.ended.intent.condition.kind, "silent");
  assert.deepEqual([watched.ended.ms, watched.ended.intent.survived], [16_000, SURVIVED]);
});

Deno.test("the first error that a gateway survives is the one that is told", () => {
  const watched = new Watched();
  watched.hear(1_000, BEAT, OOM, { kind: "survived", line: { ...SURVIVED, line: 99 } });
  watched.hear(2_000, lookOf({ closer: ALONE }));
  assert.equal(watched.ended?.intent.kind === "unfit" && watched.ended.intent.survived, SURVIVED);
});

Deno.test("a JVM that says it writes a dump is waited for 120 s from then, and for as long again when it says so again", () => {
  const patience: Sign = { kind: "patience", why: "it writes a heap dump" };
  const once = new Watched();
  once.hear(1_000, BEAT, patience);
  once.hear(120_999, lookOf());
  assert.equal(once.condition, "silent: it writes a heap dump");
  once.hear(121_000, lookOf());
  assert.equal(once.endedMs, 121_000);
  const twice = new Watched();
  twice.hear(1_000, BEAT, patience);
  twice.hear(100_000, patience);
  twice.passes(219_999);
  assert.equal(twice.endedMs, null);
});

Deno.test("an answer makes a silent gateway well again; it has to prove its health anew", () => {
  const deaths = [{ atMs: NOW_MS, class: "heap-oom", wasReady: true }] as const;
  let state: SupervisorState = { ...SAMPLES.suspect, deaths };
  const beat = (way: "kept" | "fresh") => {
    const input = { ...REPORTS.heartbeat(state), way };
    ({ state } = transition(state, input, at(NOW_MS, { provenBeats: 3 })));
    assert.ok(state.gateway.phase === "ready");
    return [state.gateway.condition, state.gateway.beats, state.deaths.length];
  };
  assert.deepEqual(beat("fresh"), [null, 0, 1]);
  assert.deepEqual(beat("kept"), [null, 1, 1]);
  assert.deepEqual(beat("fresh"), [null, 1, 1]);
  assert.deepEqual(beat("kept"), [null, 2, 1]);
  assert.deepEqual(beat("kept"), [null, 3, 0]);
});

Deno.test("beats prove nothing while something else is wrong", () => {
  const signs = { ...firstSigns(NOW_MS), survived: { sinceMs: NOW_MS, what: SURVIVED } };
  const deaths = [{ atMs: NOW_MS, class: "heap-oom", wasReady: true }] as const;
  let state: SupervisorState = { ...SAMPLES.ready, deaths, gateway: { ...SAMPLES.ready.gateway, signs } };
  for (let beats = 0; beats < 100; beats++) {
    ({ state } = transition(state, REPORTS.heartbeat(state), at(NOW_MS)));
    if (beats > 0) assert.equal(state.gateway.phase === "ready" && state.gateway.beats, 0);
  }
  assert.equal(state.deaths.length, 1);
});

Deno.test("isTroubled() deserves a closer look: a condition, a survived error, or silence for 3.5 s", () => {
  const { ready, suspect } = SAMPLES;
  const well = { ...ready.gateway, signs: firstSigns(NOW_MS) };
  const survived = { sinceMs: NOW_MS, what: SURVIVED };
  assert.equal(isTroubled({ ...ready, gateway: well }, NOW_MS + 3_499, DEFAULT_SETTINGS), false);
  assert.equal(isTroubled({ ...ready, gateway: well }, NOW_MS + 3_500, DEFAULT_SETTINGS), true);
  const { condition } = suspect.gateway;
  assert.equal(isTroubled({ ...ready, gateway: { ...well, condition } }, NOW_MS, DEFAULT_SETTINGS), true);
  const damaged = { ...well, signs: { ...well.signs, survived } };
  assert.equal(isTroubled({ ...ready, gateway: damaged }, NOW_MS, DEFAULT_SETTINGS), true);
  for (const state of Object.values(SAMPLES)) {
    if (state.gateway.phase !== "ready") {
      assert.equal(isTroubled(state, NOW_MS + 10 ** 9, DEFAULT_SETTINGS), false);
    }
  }
});

/** Two seconds of a gateway under heavy load that does its work. */
const heavySeconds = fc.record({
  /** How long after their due time answers come; the longest is as long as a gateway may be silent at most. */
  keptLateMs: fc.oneof(fc.nat(1_900), fc.nat(10_900)),
  missed: fc.boolean(),
  state: fc.constantFrom("R", "S", "D", "t"),
  cpuShare: fc.double({ min: 0, max: 64, noNaN: true }),
  gc: fc.oneof(
    // Much garbage and a full heap, and a fifth of the time left; or nothing but collections, and room.
    fc.record({
      share: fc.double({ min: 0, max: 0.79, noNaN: true }),
      oldUsedBytes: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
    fc.record({
      share: fc.constantFrom(0.9, 1),
      oldUsedBytes: fc.double({ min: 0, max: 0.79, noNaN: true }),
    }),
  ),
  collections: fc.nat(50),
  schedulerAlive: fc.constantFrom(true, null),
  /** Found dead once, by a look that met a context being made. */
  startled: fc.boolean(),
  programs: fc.constantFrom(null, 0, 1),
});

Deno.test("a gateway that does its work is never ended, however heavy its load", () => {
  fc.assert(
    fc.property(fc.array(heavySeconds, { maxLength: 90 }), (seconds) => {
      const watched = new Watched();
      const collector: GcVitals = { ...gcOf({}).gc ?? assert.fail() };
      let [pausedMs, collections, cpuMs, keptMs] = [0, 0, 0, 0];
      for (const [index, each] of seconds.entries()) {
        const ms = (index + 1) * 2_000;
        pausedMs += 2_000 * each.gc.share;
        collections += each.collections;
        cpuMs += 2_000 * each.cpuShare;
        const { oldUsedBytes } = each.gc;
        const dead = each.startled && index % 2 === 0;
        const spark = { ...SPARK, schedulerAlive: dead ? false : each.schedulerAlive };
        const sign = lookOf({
          process: { ...PROCESS, state: each.state, cpuMs },
          gc: { ...collector, pausedMs, collections, oldUsedBytes },
          spark,
          closer: { ...ATTACHED, programs: each.programs },
        });
        // Never two misses in a row.
        watched.hear(ms, sign, each.missed && index % 2 === 0 ? MISS : FRESH);
        if (ms >= keptMs) {
          watched.hear(ms, BEAT);
          keptMs = ms + each.keptLateMs;
        }
        assert.equal(watched.endedMs, null);
      }
    }),
    { numRuns: 300 },
  );
});

Deno.test("a gateway that is silent for up to 15 s at a time, whatever it does, is never ended", () => {
  fc.assert(fc.property(fc.array(fc.nat(14_999), { maxLength: 50 }), (silences) => {
    const watched = new Watched();
    let ms = 0;
    for (const silenceMs of silences) {
      ms += silenceMs;
      watched.hear(ms, { kind: "looked", look: LOOK }, BEAT, FRESH);
    }
    assert.equal(watched.endedMs, null);
  }));
});
