import assert from "node:assert/strict";
import type { Condition, ConditionKind, JudgementRules } from "../../../src/core/watch/condition.ts";
import { excuseFor } from "../../../src/core/watch/excuse.ts";
import { GIB } from "../../../src/core/jvm_flags.ts";
import { answered, firstSigns, looked } from "../../../src/core/watch/signs.ts";
import type { Signs } from "../../../src/core/watch/signs.ts";
import type { CloserLook, GcVitals, Look, ProcessVitals } from "../../../src/core/watch/vitals.ts";
import { LOOK, NOW_MS } from "../samples.ts";

const RULES: JudgementRules = { suspectAfterMs: 5_000, actAfterMs: 15_000, heapBytes: GIB };
const HOUR_MS = 3_600_000;
const PROCESS: ProcessVitals = { state: "S", startTicks: 1, cpuMs: 0, tracerPid: 0, residentBytes: 2 ** 27 };
const GC: GcVitals = {
  pausedMs: 0,
  collections: 0,
  cause: null,
  oldUsedBytes: 0,
  oldMaxBytes: 1,
  heapCommittedBytes: 1,
  metaspaceBytes: null,
};
const CLOSER: CloserLook = { writing: null, diskSleepers: 0, programs: 1 };

function condition(kind: ConditionKind): Condition {
  return { kind, sinceMs: NOW_MS, reason: "it is so", evidence: [] };
}

/** What a look at a gateway that has been silent since {@linkcode NOW_MS} may find. */
interface Found {
  readonly process?: Partial<ProcessVitals> | null;
  readonly cause?: string;
  readonly closer?: Partial<CloserLook>;
  /** The share of one processor that it has used since. */
  readonly share?: number;
  readonly patienceMs?: number;
}

/** The excuse of a gateway that was found so after so many milliseconds of silence. */
function excuseAfter(silentMs: number, found: Found, { kind = "silent", heapBytes = GIB }: {
  readonly kind?: ConditionKind;
  readonly heapBytes?: number;
} = {}): string | null {
  const before = looked(firstSigns(NOW_MS), { ...LOOK, process: PROCESS }, NOW_MS, false);
  const cpuMs = (found.share ?? 0) * silentMs;
  const look: Look = {
    pythonBytes: null,
    process: found.process === null ? null : { ...PROCESS, cpuMs, ...found.process },
    gc: { ...GC, cause: found.cause ?? null },
    spark: null,
    closer: found.closer ? { ...CLOSER, ...found.closer } : null,
  };
  const nowMs = NOW_MS + silentMs;
  const { patienceMs } = found;
  const patience = patienceMs === undefined
    ? null
    : { untilMs: NOW_MS + patienceMs, why: "it writes an error report" };
  const signs: Signs = { ...looked(before, look, nowMs, silentMs > 4_000), patience };
  return excuseFor(condition(kind), signs, nowMs, { ...RULES, heapBytes });
}

const DUMP: Found = { closer: { writing: "it writes a heap dump" } };
const TRACED = "a debugger has stopped it";
const DISK_WORDS = "its threads wait for a disk, or are frozen";
const DISK: Found = { closer: { diskSleepers: 1 } };
const COLLECTS: Found = { cause: "Allocation Failure" };
const BUSY: Found = { share: 0.5 };

for (
  const [what, found, excuse, limitMs, heapBytes] of [
    ["what the JVM has said it writes", { patienceMs: 120_000 }, "it writes an error report", 120_000, GIB],
    ["a heap dump", DUMP, "it writes a heap dump", 120_000, GIB],
    ["the dump of 4 GiB, which is as long", DUMP, "it writes a heap dump", 120_000, 4 * GIB],
    ["the dump of 16 GiB", DUMP, "it writes a heap dump", 480_000, 16 * GIB],
    ["a debugger's stop", { process: { state: "t" } }, TRACED, HOUR_MS, GIB],
    ["a debugger that is attached", { process: { tracerPid: 7 } }, TRACED, HOUR_MS, GIB],
    ["a collection", COLLECTS, "it collects garbage (Allocation Failure)", 32_000, GIB],
    ["a collection of 16 GiB", COLLECTS, "it collects garbage (Allocation Failure)", 62_000, 16 * GIB],
    ["threads that wait for a disk", DISK, DISK_WORDS, 60_000, GIB],
    ["hard work", BUSY, "it is hard at work", 30_000, GIB],
    ["the work of many processors", { share: 3.5 }, "it is hard at work", 30_000, GIB],
  ] as const
) {
  Deno.test(`excuseFor() lets ${what} excuse a silence for ${limitMs / 1_000} s`, () => {
    for (const kind of ["silent", "stopped"] as const) {
      assert.equal(excuseAfter(15_000, found, { kind, heapBytes }), excuse);
      assert.equal(excuseAfter(limitMs - 1, found, { kind, heapBytes }), excuse);
      assert.equal(excuseAfter(limitMs, found, { kind, heapBytes }), null);
    }
  });
}

for (
  const [what, found] of [
    ["that shows nothing", {}],
    ["at a process that is gone", { process: null }],
    ["at a process in disk sleep of which nothing closer is known", { process: { state: "D" } }],
    ["at a stopped process", { process: { state: "T" } }],
    ["at a program that is attached", { closer: { programs: 3 } }],
    ["at a little work", { share: 0.49 }],
  ] as const
) {
  Deno.test(`excuseFor() finds no excuse for a silence in a look ${what}`, () => {
    assert.equal(excuseAfter(15_000, found), null);
  });
}

Deno.test("excuseFor() finds no excuse where nothing was ever looked at", () => {
  const nowMs = NOW_MS + 15_000;
  assert.equal(excuseFor(condition("silent"), firstSigns(NOW_MS), nowMs, RULES), null);
  // Work is only known by comparison with what was before.
  const look = { ...LOOK, process: { ...PROCESS, cpuMs: 1e9 } };
  const signs = looked(firstSigns(NOW_MS), look, nowMs, true);
  assert.equal(excuseFor(condition("silent"), signs, nowMs, RULES), null);
});

Deno.test("excuseFor() names the excuse that says most, and the next one when that is used up", () => {
  const all: Found = {
    patienceMs: 20_000,
    process: { tracerPid: 7 },
    cause: "System.gc()",
    closer: { writing: "it writes a heap dump", diskSleepers: 9 },
    share: 1,
  };
  const { patienceMs: _, ...unsaid } = all;
  assert.equal(excuseAfter(15_000, all), "it writes an error report");
  assert.equal(excuseAfter(20_000, all), "it writes a heap dump");
  assert.equal(excuseAfter(120_000, unsaid), TRACED);
  assert.equal(excuseAfter(HOUR_MS, unsaid), null);
  const { process: __, ...untraced } = unsaid;
  const unwritten = { ...untraced, closer: { diskSleepers: 9 } };
  assert.equal(excuseAfter(15_000, unwritten), "it collects garbage (System.gc())");
  assert.equal(excuseAfter(32_000, unwritten), DISK_WORDS);
  assert.equal(excuseAfter(15_000, { share: 1, closer: { diskSleepers: 1 } }), DISK_WORDS);
});

Deno.test("an answer ends the patience: what comes after it is a silence of its own", () => {
  const patience = { untilMs: NOW_MS + 120_000, why: "it writes a heap dump" };
  const patient = { ...firstSigns(NOW_MS), patience };
  const nowMs = NOW_MS + 50_000;
  assert.equal(excuseFor(condition("silent"), patient, nowMs, RULES), patience.why);
  for (const way of ["kept", "fresh"] as const) {
    const signs = answered(patient, way, NOW_MS + 30_000);
    assert.equal(excuseFor(condition("silent"), signs, nowMs, RULES), null);
  }
});

for (const kind of ["accept-thread-dead", "poisoned"] as const) {
  Deno.test(`excuseFor() spares a gateway that is "${kind}" while a program is attached, and only then`, () => {
    const attached = "a program is attached; it is replaced when that has gone";
    for (
      const [closer, excuse] of [
        [undefined, "it has not been looked at closely yet"],
        [{ programs: 0 }, null],
        [{ programs: null }, null],
        [{ programs: 1 }, attached],
        [{ programs: 7 }, attached],
      ] as const
    ) {
      for (const afterMs of [1, 24 * HOUR_MS]) {
        assert.equal(excuseAfter(afterMs, closer === undefined ? {} : { closer }, { kind }), excuse);
      }
    }
    const never = firstSigns(NOW_MS);
    assert.equal(
      excuseFor(condition(kind), never, NOW_MS, RULES),
      "it has not been looked at closely yet",
    );
  });
}

Deno.test("excuseFor() lets a spiral wait for 20 s, and only what it writes speak for it after that", () => {
  const kind = "gc-spiral";
  const everything = { ...DISK, ...BUSY, ...COLLECTS };
  assert.equal(excuseAfter(19_999, {}, { kind }), "it may still find room");
  for (const found of [{}, everything]) assert.equal(excuseAfter(20_000, found, { kind }), null);
  const written = "it writes a heap dump";
  assert.equal(excuseAfter(119_999, DUMP, { kind }), written);
  assert.equal(excuseAfter(120_000, DUMP, { kind }), null);
  assert.equal(excuseAfter(119_999, { patienceMs: 120_000 }, { kind }), "it writes an error report");
});

for (const kind of ["scheduler-dead", "deadlock"] as const) {
  Deno.test(`excuseFor() has nothing to say for a gateway that is "${kind}"`, () => {
    for (const found of [{}, DUMP, BUSY, COLLECTS, DISK, { closer: { programs: 1 } }]) {
      assert.equal(excuseAfter(0, found, { kind }), null);
    }
  });
}
