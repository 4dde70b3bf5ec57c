import assert from "node:assert/strict";
import fc from "fast-check";
import { CONDITIONS } from "../../../src/core/watch/condition.ts";
import { judge } from "../../../src/core/watch/judgement.ts";
import type { ConditionKind, JudgementRules } from "../../../src/core/watch/condition.ts";
import { GIB } from "../../../src/core/jvm_flags.ts";
import { firstSigns, looked } from "../../../src/core/watch/signs.ts";
import type { GcSample, Signs } from "../../../src/core/watch/signs.ts";
import type { Look } from "../../../src/core/watch/vitals.ts";
import { LOOK, NOW_MS, SURVIVED } from "../samples.ts";

const RULES: JudgementRules = { suspectAfterMs: 5_000, actAfterMs: 15_000, heapBytes: GIB };

/** The signs of a gateway that was well at {@linkcode NOW_MS}, changed. */
function signs(changes: Partial<Signs> = {}): Signs {
  return { ...firstSigns(NOW_MS), ...changes };
}

/** The judgement so many milliseconds later. */
function after(ms: number, changes: Partial<Signs> = {}) {
  return judge(signs(changes), NOW_MS + ms, RULES);
}

/** A gateway that has answered over both ways just now. */
function answering(ms: number): Partial<Signs> {
  return { answeredMs: { kept: NOW_MS + ms, fresh: NOW_MS + ms } };
}

function lookWith(closer: Look["closer"], cpuMs = 9_000): Signs["look"] {
  return { sinceMs: NOW_MS, what: { ...LOOK, process: { ...process, cpuMs }, closer } };
}

const process = { state: "S", startTicks: 1, cpuMs: 9_000, tracerPid: 0, residentBytes: 2 ** 27 };
const ALONE = lookWith({ writing: null, diskSleepers: 0, programs: 0 });

/** A collector that is looked at every second, from {@linkcode NOW_MS} to `ms` later. */
function collecting(
  ms: number,
  { share = 0.95, collections = 10, oldFill = 0.99 } = {},
): readonly GcSample[] {
  const times = [...Array.from({ length: Math.ceil(ms / 1_000) }, (_, second) => second * 1_000), ms];
  return times.map((time) => ({
    atMs: NOW_MS + time,
    pausedMs: 100 + share * time,
    collections: 5 + Math.ceil(collections * time / ms),
    oldFill,
  }));
}

/** Each condition: what shows it after so many milliseconds, and how many it takes. */
const NAMED: Readonly<Record<ConditionKind, readonly [number, (ms: number) => Partial<Signs>]>> = {
  "scheduler-dead": [4_000, (ms) => ({
    ...answering(ms),
    schedulerDeadSinceMs: NOW_MS,
    sparkSeenMs: NOW_MS + ms,
  })],
  "deadlock": [10_000, (ms) => ({
    ...answering(ms),
    deadlock: { sinceMs: NOW_MS, what: ["a", "b"] },
    sparkSeenMs: NOW_MS + ms,
  })],
  "gc-spiral": [10_000, (ms) => ({ ...answering(ms), gc: collecting(ms) })],
  "accept-thread-dead": [12_000, (ms) => ({
    answeredMs: { kept: NOW_MS + ms, fresh: NOW_MS },
    freshMisses: 2,
  })],
  "stopped": [5_000, () => ({ stoppedSinceMs: NOW_MS + 1_000 })],
  "silent": [5_000, () => ({})],
  "poisoned": [0, (ms) => ({ ...answering(ms), survived: { sinceMs: NOW_MS, what: SURVIVED } })],
};

for (const kind of CONDITIONS) {
  const [thresholdMs, make] = NAMED[kind];
  Deno.test(`judge() names "${kind}" after ${thresholdMs} ms, and not a millisecond before`, () => {
    const { condition } = after(thresholdMs, make(thresholdMs));
    assert.equal(condition?.kind, kind);
    assert.equal(condition.sinceMs, NOW_MS);
    assert.ok(condition.reason.length > 10);
    if (thresholdMs > 0) assert.equal(after(thresholdMs - 1, make(thresholdMs - 1)).condition, null);
  });
}

Deno.test("judge() finds nothing wrong with a gateway that is well, and judges it again when it ought to have answered", () => {
  for (const ms of [0, 1, 4_999]) {
    const judgement = after(ms, { look: { sinceMs: NOW_MS, what: LOOK } });
    assert.deepEqual(judgement, { condition: null, excuse: null, act: false, againMs: NOW_MS + 5_000 });
  }
  // An answer over either way is one.
  for (
    const answeredMs of [{ kept: NOW_MS, fresh: NOW_MS + 9_000 }, { kept: NOW_MS + 9_000, fresh: NOW_MS }]
  ) {
    assert.equal(after(13_999, { answeredMs, freshMisses: 1 }).condition, null);
    assert.equal(after(14_000, { answeredMs }).condition?.kind, "silent");
  }
});

Deno.test("judge() ends a silent or stopped gateway after 15 s without an excuse, and not a millisecond before", () => {
  for (const changes of [{}, { stoppedSinceMs: NOW_MS + 1_000 }, { look: ALONE, stoppedSinceMs: NOW_MS }]) {
    const early = after(14_999, changes);
    assert.deepEqual([early.act, early.excuse, early.againMs], [false, null, NOW_MS + 15_000]);
    assert.equal(after(15_000, changes).act, true);
  }
});

for (
  const [kind, ms, changes] of [
    ["scheduler-dead", 4_000, {}],
    ["deadlock", 10_000, {}],
    ["accept-thread-dead", 12_000, { look: ALONE }],
    ["poisoned", 0, { look: ALONE }],
  ] as const
) {
  Deno.test(`judge() ends a gateway that is "${kind}" as soon as that is named, however well it answers`, () => {
    assert.equal(after(ms, { ...NAMED[kind][1](ms), ...changes }).act, true);
  });
}

Deno.test("judge() ends a collector's spiral after 20 s, and not a millisecond before", () => {
  for (const [ms, act] of [[10_000, false], [19_999, false], [20_000, true], [30_000, true]] as const) {
    const judgement = after(ms, { ...answering(ms), gc: collecting(ms) });
    assert.deepEqual([judgement.condition?.kind, judgement.act], ["gc-spiral", act], `${ms}`);
    if (!act) assert.equal(judgement.againMs, NOW_MS + ms + 2_500);
  }
});

for (
  const [what, options] of [
    ["that has room in the old generation", { oldFill: 0.79 }],
    ["that leaves a fifth of the time to the program", { share: 0.79 }],
    ["with one long collection", { collections: 1 }],
    ["with two long collections", { collections: 2 }],
  ] as const
) {
  Deno.test(`judge() takes a collector ${what} for no spiral, however long`, () => {
    for (const ms of [10_000, 20_000, 30_000]) {
      assert.equal(after(ms, { ...answering(ms), gc: collecting(ms, options) }).condition, null);
    }
  });
}

Deno.test("judge() takes a collector just within every limit for a spiral", () => {
  const gc = collecting(10_000, { oldFill: 0.8, share: 0.8, collections: 3 });
  const { condition } = after(10_000, { ...answering(10_000), gc });
  assert.equal(condition?.kind, "gc-spiral");
  assert.match(condition.reason, /^80 % of its time goes into garbage collection and the heap stays full$/);
  assert.deepEqual(condition.evidence, ["3 collections in 10 s took 8 s", "the old generation is 80 % full"]);
});

Deno.test("judge() takes half the time in a great many small collections for a spiral, and in few for work", () => {
  const judged = (share: number, perSecond: number) => {
    const gc = collecting(20_000, { share, collections: 20 * perSecond });
    return after(20_000, { ...answering(20_000), gc }).condition?.kind ?? null;
  };
  assert.equal(judged(0.5, 50), "gc-spiral");
  assert.equal(judged(0.5, 49), null);
  assert.equal(judged(0.49, 800), null);
});

Deno.test("judge() forgets a spiral when the heap had room once, or the program runs again", () => {
  const gc = collecting(20_000);
  const withRoom = gc.map((sample) => sample.atMs === NOW_MS + 12_000 ? { ...sample, oldFill: 0.5 } : sample);
  assert.equal(after(20_000, { ...answering(20_000), gc: withRoom }).condition, null);
  const last = gc.at(-1);
  assert.ok(last);
  const running = [...gc, { ...last, atMs: last.atMs + 5_000 }];
  assert.equal(after(25_000, { ...answering(25_000), gc: running }).condition, null);
});

Deno.test("judge() takes nothing that Spark said once for certain, however long ago", () => {
  const once = { sparkSeenMs: NOW_MS, schedulerDeadSinceMs: NOW_MS, ...answering(60_000) };
  assert.equal(after(60_000, once).condition, null);
  const deadlock = { sinceMs: NOW_MS, what: ["a"] };
  assert.equal(
    after(60_000, { ...answering(60_000), deadlock, sparkSeenMs: NOW_MS + 5_000 }).condition,
    null,
  );
});

Deno.test("judge() takes new connections for refused only when two in a row were, and old ones are answered", () => {
  const fresh = NOW_MS, kept = NOW_MS + 20_000;
  assert.equal(after(20_000, { answeredMs: { kept, fresh }, freshMisses: 1 }).condition, null);
  const deaf = { answeredMs: { kept, fresh }, freshMisses: 2 };
  assert.equal(after(20_000, deaf).condition?.kind, "accept-thread-dead");
  assert.equal(after(24_999, deaf).condition?.kind, "accept-thread-dead");
  assert.equal(after(25_000, deaf).condition?.kind, "silent");
});

Deno.test("judge() names the most telling of several conditions", () => {
  const ms = 14_000;
  const shown: [ConditionKind, Partial<Signs>][] = CONDITIONS.map((kind) => [kind, NAMED[kind][1](ms)]);
  const silent = { answeredMs: firstSigns(NOW_MS).answeredMs };
  for (const [first] of CONDITIONS.entries()) {
    const rest = shown.slice(first);
    const all = Object.assign({}, ...rest.map(([, changes]) => changes));
    const [expected] = rest[0] ?? [];
    // Whoever takes no new connections answers over old ones; whoever is silent does not.
    const isDeaf = expected === "accept-thread-dead";
    const answeredMs = expected === "poisoned"
      ? answering(ms)
      : isDeaf
      ? NAMED["accept-thread-dead"][1](ms)
      : silent;
    assert.equal(after(ms, { ...all, ...answeredMs }).condition?.kind, expected);
  }
});

Deno.test("judge() says what shows a silence", () => {
  const evidence = (changes: Partial<Signs>) => after(10_000, changes).condition?.evidence;
  assert.deepEqual(evidence({}), []);
  assert.deepEqual(evidence({ look: lookWith(null, 11_000), cpuBeforeSilenceMs: 9_000 }), [
    "the kernel shows it in state S",
    "meanwhile it used 20 % of one processor",
  ]);
  assert.deepEqual(evidence({ stoppedSinceMs: NOW_MS }), [
    "no answer for 10 s",
    "the kernel shows it in state T (stopped)",
  ]);
});

/** Any signs at all, as the looks and answers of a minute may have left them. */
const anySigns: fc.Arbitrary<Signs> = fc.record({
  ago: fc.record({ kept: fc.nat(60_000), fresh: fc.nat(60_000) }),
  freshMisses: fc.nat(5),
  closer: fc.option(fc.record({
    writing: fc.constantFrom(null, "it writes a heap dump"),
    diskSleepers: fc.nat(2),
    programs: fc.constantFrom(null, 0, 1),
  })),
  state: fc.constantFrom("R", "S", "D", "T", "t"),
  cause: fc.constantFrom(null, "Allocation Failure"),
  deadAgoMs: fc.option(fc.nat(20_000)),
  survivedAgoMs: fc.option(fc.nat(20_000)),
  patienceMs: fc.option(fc.integer({ min: -60_000, max: 60_000 })),
  gc: fc.constantFrom([], collecting(12_000), collecting(28_000)),
}).map((any): Signs => {
  const nowMs = NOW_MS + 60_000;
  const look = { ...LOOK, process: { ...process, state: any.state }, closer: any.closer };
  const gc = LOOK.gc && { ...LOOK.gc, cause: any.cause };
  const begun = looked(signs(), { ...look, gc, spark: null }, nowMs, false);
  return {
    ...begun,
    answeredMs: { kept: nowMs - any.ago.kept, fresh: nowMs - any.ago.fresh },
    freshMisses: any.freshMisses,
    gc: any.gc.map((sample) => ({ ...sample, atMs: sample.atMs + 30_000 })),
    schedulerDeadSinceMs: any.deadAgoMs === null ? null : nowMs - any.deadAgoMs,
    sparkSeenMs: nowMs,
    survived: any.survivedAgoMs === null ? null : { sinceMs: nowMs - any.survivedAgoMs, what: SURVIVED },
    patience: any.patienceMs === null ? null : { untilMs: nowMs + any.patienceMs, why: "it waits" },
  };
});

Deno.test("judge() always either acts or says when to judge again, later than now and soon enough", () => {
  fc.assert(
    fc.property(anySigns, (any) => {
      const nowMs = NOW_MS + 60_000;
      const { condition, excuse, act, againMs } = judge(any, nowMs, RULES);
      assert.ok(act || againMs > nowMs && againMs <= nowMs + 15_000);
      assert.ok(!act || condition !== null && excuse === null);
      assert.ok(condition !== null || excuse === null);
      assert.equal(excuse === "", false);
    }),
    { numRuns: 2_000 },
  );
});
