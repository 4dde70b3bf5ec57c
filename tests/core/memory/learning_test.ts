import assert from "node:assert/strict";
import { GIB, MIB } from "../../../src/core/jvm_flags.ts";
import { firstMemory, renewed, used } from "../../../src/core/memory/memory.ts";
import type { Memory } from "../../../src/core/memory/memory.ts";
import type { Use } from "../../../src/core/memory/record.ts";
import { seen, UNSEEN, useOf } from "../../../src/core/memory/use.ts";
import type { Look } from "../../../src/core/watch/vitals.ts";
import { LOOK } from "../samples.ts";
import {
  ADJUST,
  basisOf,
  container,
  DAY_MS,
  deathBy,
  EXPLICIT,
  heapsAfter,
  lived,
  MACHINE,
  memoryOf,
  pinnedHeap,
  WALL_MS,
} from "./memories.ts";

const USE: Use = {
  generation: 2,
  atMs: WALL_MS,
  oldBytes: null,
  metaspaceBytes: null,
  besideBytes: null,
  pythonBytes: null,
};

function after(memory: Memory, use: Partial<Use>, atMs = WALL_MS): Memory {
  return renewed(used(memory, { ...USE, ...use }), ADJUST, atMs);
}

function lookAt(found: Partial<Look["gc"] & Look["process"]>, pythonBytes: number | null = null): Look {
  const { gc, process } = LOOK;
  assert.ok(gc !== null && process !== null);
  return { ...LOOK, gc: { ...gc, ...found }, process: { ...process, ...found }, pythonBytes };
}

Deno.test("the peaks of a gateway are remembered, and what was not seen is not", () => {
  let now = seen(
    UNSEEN,
    lookAt({ residentBytes: 900, heapCommittedBytes: 500, oldUsedBytes: 80, metaspaceBytes: 7 }),
    1,
  );
  now = seen(
    now,
    lookAt({ residentBytes: 950, heapCommittedBytes: 600, oldUsedBytes: 60, metaspaceBytes: 9 }, 40),
    2,
  );
  now = seen(now, { ...LOOK, gc: null, process: null }, 3);
  const use = useOf(now, 5, WALL_MS);
  assert.deepEqual(use, {
    generation: 5,
    atMs: WALL_MS,
    oldBytes: 80,
    metaspaceBytes: 9,
    besideBytes: 400,
    pythonBytes: 40,
  });
  assert.equal(useOf(UNSEEN, 5, WALL_MS), null);
});

Deno.test("a heap fills since it was last less than a quarter full", () => {
  const fill = (oldUsedBytes: number) => lookAt({ oldUsedBytes, oldMaxBytes: 100 });
  let now = seen(UNSEEN, fill(10), 1_000);
  assert.equal(now.fillingSinceMs, null);
  now = seen(now, fill(30), 2_000);
  now = seen(now, { ...LOOK, gc: null }, 3_000);
  now = seen(now, fill(90), 4_000);
  assert.equal(now.fillingSinceMs, 2_000);
  assert.equal(seen(now, fill(20), 5_000).fillingSinceMs, null);
});

Deno.test("metaspace that was used is given back with a quarter more, also where the budget is small", () => {
  const memory = memoryOf(container(1300));
  assert.equal(memory.plan.metaspace.bytes, 192 * MIB);
  const { metaspace, shortBytes } = after(memory, { metaspaceBytes: 176 * MIB }).plan;
  assert.deepEqual([metaspace.bytes, metaspace.provenance, shortBytes], [224 * MIB, "learned", 0]);
  assert.equal(after(memoryOf(MACHINE), { metaspaceBytes: GIB }).plan.metaspace.bytes, 1.25 * GIB);
});

Deno.test("a JVM that used more beside its heap than was reckoned gets more, and the heap less", () => {
  const memory = memoryOf(container(3072), { heapBytes: 1536 * MIB });
  assert.equal(memory.plan.heap.bytes, 1536 * MIB);
  const { plan } = after(memory, { besideBytes: 1200 * MIB });
  assert.equal(plan.overhead.provenance, "learned");
  assert.ok(plan.totalBytes - plan.heap.bytes >= 1.1 * 1200 * MIB - 1);
  assert.ok(plan.heap.bytes < 1536 * MIB);
  assert.equal(plan.shortBytes, 0);
});

Deno.test("Python workers that were seen to be large are left their room", () => {
  const memory = memoryOf(container(2048));
  const { plan } = after(memory, { pythonBytes: 600 * MIB });
  const python = plan.budget.reserves.find((each) => each.for === "python");
  assert.equal(Math.round((python?.bytes ?? 0) / MIB), 788);
  assert.ok(plan.heap.bytes < GIB);
  assert.equal(plan.shortBytes, 0);
});

Deno.test("a raised heap becomes smaller after a calm week, but never as small as one that failed", () => {
  const week = WALL_MS + 8 * DAY_MS;
  const raised =
    lived(lived(memoryOf(MACHINE), deathBy("heap-oom")).memory, deathBy("heap-oom", { atMs: WALL_MS + 1 }))
      .memory;
  assert.equal(raised.plan.heap.bytes, 4 * GIB);
  const calm = (oldBytes: number | null, atMs = week) =>
    after(raised, { oldBytes, atMs: atMs - DAY_MS }, atMs).plan.heap;
  assert.equal(calm(300 * MIB).bytes, 3 * GIB);
  assert.equal(calm(300 * MIB).provenance, "learned");
  assert.equal(calm(1700 * MIB).bytes, 3392 * MIB);
  assert.equal(calm(2100 * MIB).bytes, 4 * GIB);
  assert.equal(calm(null).bytes, 4 * GIB);
  assert.equal(calm(300 * MIB, WALL_MS + 6 * DAY_MS).bytes, 4 * GIB);
  // What failed longer ago than a month may have been another program's doing.
  const { bytes, provenance } = calm(300 * MIB, WALL_MS + 40 * DAY_MS);
  assert.deepEqual([bytes, provenance], [GIB, "default"]);
  // A use of long ago tells nothing of this week.
  assert.equal(after(raised, { oldBytes: MIB, atMs: WALL_MS }, week).plan.heap.bytes, 4 * GIB);
});

Deno.test("what a person changes counts more than what was learned", () => {
  const record = lived(memoryOf(MACHINE), deathBy("heap-oom")).memory.record;
  const again = (basis: Parameters<typeof firstMemory>[0]) =>
    firstMemory(basis, { kept: record, mode: "adjust", atMs: WALL_MS }).plan.heap.bytes;
  assert.equal(again(basisOf(MACHINE)), 2 * GIB);
  assert.equal(again(basisOf(MACHINE, { heapBytes: 1536 * MIB })), 1536 * MIB);
  assert.equal(again(basisOf(MACHINE, pinnedHeap(700))), 700 * MIB);
  assert.equal(again(basisOf(container(1300))), 512 * MIB);
  const off = firstMemory(basisOf(MACHINE), { kept: record, mode: "off", atMs: WALL_MS });
  assert.equal(off.plan.heap.bytes, GIB);
});

Deno.test("another limit forgets what was too large for the last one", () => {
  const lowered =
    lived(memoryOf(container(4096), { heapBytes: 2 * GIB }), deathBy("killed-by-oom-killer")).memory;
  assert.equal(lowered.plan.heap.bytes, 1600 * MIB);
  const again = (mib: number) =>
    firstMemory(basisOf(container(mib), { heapBytes: 2 * GIB }), {
      kept: lowered.record,
      mode: "adjust",
      atMs: WALL_MS,
    });
  assert.equal(again(4096).plan.heap.bytes, 1600 * MIB);
  const larger = again(8192);
  assert.equal(larger.plan.heap.bytes, 2 * GIB);
  assert.deepEqual(heapsAfter(larger, ["heap-oom"]), [4096]);
});

Deno.test("a pinned heap moves when the mode was asked for, and stays moved for the next daemon", () => {
  const moved = lived(memoryOf(MACHINE, pinnedHeap(700)), deathBy("heap-oom"), EXPLICIT).memory;
  assert.equal(moved.plan.heap.bytes / MIB, 1400 - 1400 % 64);
  const again = firstMemory(basisOf(MACHINE, pinnedHeap(700)), {
    kept: moved.record,
    mode: "adjust",
    atMs: WALL_MS,
  });
  assert.equal(again.plan.heap.bytes, moved.plan.heap.bytes);
});
