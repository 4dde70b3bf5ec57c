import assert from "node:assert/strict";
import { GIB, MIB } from "../../../src/core/jvm_flags.ts";
import { afterDeath } from "../../../src/core/memory/adjust.ts";
import type { MemoryPolicy } from "../../../src/core/memory/basis.ts";
import { proven } from "../../../src/core/memory/memory.ts";
import type { Memory } from "../../../src/core/memory/memory.ts";
import type { SizedRegion } from "../../../src/core/memory/region.ts";
import { CAUSE_CLASSES } from "../../../src/core/verdict.ts";
import type { CauseClass } from "../../../src/core/verdict.ts";
import {
  ADJUST,
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

const RAISING: readonly CauseClass[] = ["heap-oom", "gc-overhead"];
const LOWERING: readonly CauseClass[] = ["killed-by-oom-killer", "native-memory-oom"];

function oom(count: number): readonly CauseClass[] {
  return Array.from({ length: count }, (): CauseClass => "heap-oom");
}

Deno.test("a heap error doubles the heap, up to what the machine allows", () => {
  assert.deepEqual(heapsAfter(memoryOf(MACHINE), oom(6)), [2048, 4096, 8192, 16_320, 16_320, 16_320]);
  for (const cause of RAISING) assert.deepEqual(heapsAfter(memoryOf(MACHINE), [cause]), [2048]);
  const { changed, reason } = lived(memoryOf(container(1300)), deathBy("heap-oom"));
  assert.equal(changed, false);
  assert.match(reason, /^the heap is 512 MiB and no much larger one fits the 1.27 GiB of the container: /);
});

Deno.test("a kill by the kernel or a refused malloc makes the heap a fifth smaller", () => {
  for (const cause of LOWERING) {
    assert.deepEqual(
      heapsAfter(memoryOf(MACHINE, { heapBytes: 4 * GIB }), [cause, cause]),
      [3264, 2560],
      cause,
    );
    const { memory, changed, reason } = lived(memoryOf(container(1300)), deathBy(cause));
    assert.deepEqual([memory.plan.heap.bytes / MIB, memory.plan.mallocArenas, changed], [512, 2, true]);
    assert.match(reason, /^the heap is 512 MiB and cannot shrink further: .*; malloc gets 2 arenas/);
    assert.equal(lived(memory, deathBy(cause, { atMs: WALL_MS + DAY_MS })).changed, false);
  }
});

Deno.test("a heap above what the budget allows comes down at once", () => {
  const pinned = memoryOf(container(1300), pinnedHeap(2048));
  assert.deepEqual(heapsAfter(pinned, ["killed-by-oom-killer"], { policy: EXPLICIT }), [512]);
  assert.deepEqual(heapsAfter(pinned, ["killed-by-oom-killer"]), [2048]);
  const { reason } = lived(pinned, deathBy("killed-by-oom-killer"));
  assert.match(
    reason,
    /^spark.driver.memory fixes the heap, so it stays; --memory-mode adjust would allow: heap 2 /,
  );
});

Deno.test("a heap never comes to the sizes that hold less than 31 GiB do, from either side", () => {
  const large = (gib: number) => memoryOf(container(128 * 1024), { heapBytes: gib * GIB });
  assert.deepEqual(heapsAfter(large(18), oom(1)), [31 * 1024]);
  assert.deepEqual(heapsAfter(large(48), ["killed-by-oom-killer"]), [31 * 1024]);
});

Deno.test("after two steps against one cause within a day a person has to look", () => {
  const hour = DAY_MS / 24;
  assert.deepEqual(heapsAfter(memoryOf(MACHINE), oom(4), { gapMs: hour }), [2048, 4096, 4096, 4096]);
  let memory = memoryOf(MACHINE);
  let reason = "";
  for (let at = 0; at < 3; at++) {
    ({ memory, reason } = lived(memory, deathBy("heap-oom", { atMs: WALL_MS + at * hour })));
  }
  assert.equal(
    reason,
    "heap 1 GiB → 2 GiB → 4 GiB within a day, and the same death each time, so it stays: what is run needs less at " +
      "once, or leaks: look at the incident",
  );
  // Another cause has steps of its own.
  const other = lived(memory, deathBy("metaspace-oom", { atMs: WALL_MS + 3 * hour }));
  assert.equal(other.memory.plan.metaspace.bytes, GIB);
});

Deno.test("each region grows by its own death, and the heap gives way where the budget is small", () => {
  const table: readonly (readonly [CauseClass, SizedRegion, number, number])[] = [
    ["metaspace-oom", "metaspace", 512, 1024],
    ["direct-memory-oom", "direct", 256, 512],
    ["stack-overflow", "stack", 1, 2],
  ];
  for (const [cause, region, before, after] of table) {
    const memory = memoryOf(MACHINE);
    assert.equal(memory.plan[region].bytes / MIB, before);
    const next = lived(memory, deathBy(cause)).memory.plan;
    assert.equal(next[region].bytes / MIB, after);
    assert.equal(next.heap.bytes, GIB);
  }
  const small = lived(memoryOf(container(2048)), deathBy("metaspace-oom"));
  assert.deepEqual([small.memory.plan.metaspace.bytes / MIB, small.memory.plan.heap.bytes / MIB], [480, 832]);
  assert.match(small.reason, /^metaspace 240 MiB → 480 MiB \(heap 1 GiB → 832 MiB to make room\), because /);
  assert.equal(small.memory.plan.shortBytes, 0);
});

Deno.test("a region does not take from a heap what that heap was too small without", () => {
  const starved = lived(memoryOf(container(2048)), deathBy("heap-oom")).memory;
  const { changed, reason, memory } = lived(starved, deathBy("direct-memory-oom"));
  if (changed) assert.ok(memory.plan.heap.bytes >= GIB);
  else assert.match(reason, /^direct buffers of \d+ MiB is all that fits/);
});

Deno.test("a stack grows to 8 MiB and no further", () => {
  let memory = memoryOf(MACHINE);
  const sizes = [0, 1, 2, 3].map((day) => {
    memory = lived(memory, deathBy("stack-overflow", { atMs: WALL_MS + day * DAY_MS })).memory;
    return memory.plan.stack.bytes / MIB;
  });
  assert.deepEqual(sizes, [2, 4, 8, 8]);
});

Deno.test("causes that memory does not cure change nothing", () => {
  const curable = new Set<CauseClass>([
    ...[...RAISING, ...LOWERING, "metaspace-oom", "direct-memory-oom", "stack-overflow"] as const,
    "heap-exceeds-machine",
  ]);
  for (const cause of CAUSE_CLASSES.filter((each) => !curable.has(each))) {
    const memory = memoryOf(MACHINE);
    const { changed, reason, memory: after } = afterDeath(memory, deathBy(cause), ADJUST);
    assert.deepEqual([changed, reason], [false, `memory settings do not cure "${cause}"`]);
    assert.equal(after, memory);
  }
});

Deno.test("the modes suggest and off leave the memory as it is, and say what they keep from happening", () => {
  const memory = memoryOf(MACHINE);
  const tell = (mode: MemoryPolicy["mode"]) => {
    const change = afterDeath(memory, deathBy("heap-oom"), { mode, modeIsExplicit: true });
    assert.deepEqual([change.changed, change.memory.plan], [false, memory.plan]);
    return change.reason;
  };
  assert.equal(tell("off"), 'memory mode is "off", so nothing changes');
  assert.match(
    tell("suggest"),
    /"suggest", so nothing changes; "adjust" would do: heap 1 GiB → 2 GiB, because /,
  );
});

Deno.test("sizes that keep a gateway from starting give way to the last ones that started", () => {
  const works = proven(memoryOf(MACHINE));
  const raised = lived(works, deathBy("heap-oom")).memory;
  assert.equal(raised.plan.heap.bytes, 2 * GIB);
  for (const cause of ["heap-exceeds-machine", "native-memory-oom", "invalid-jvm-option"] as const) {
    const { memory, changed, reason } = afterDeath(raised, deathBy(cause, { wasReady: false }), ADJUST);
    assert.deepEqual([changed, memory.plan.heap.bytes], [true, GIB]);
    assert.match(
      reason,
      /^heap 2 GiB → 1 GiB, direct buffers 512 MiB → 256 MiB, back to the last sizes that started/,
    );
    // The next raise stays below what the machine refused.
    assert.deepEqual(heapsAfter(memory, oom(1)), [1536]);
  }
});

Deno.test("nothing is rolled back when nothing was changed, or nothing ever started", () => {
  const refused = (memory: Memory, cause: CauseClass) =>
    afterDeath(memory, deathBy(cause, { wasReady: false }), ADJUST);
  assert.equal(refused(proven(memoryOf(MACHINE)), "invalid-jvm-option").changed, false);
  assert.equal(refused(memoryOf(MACHINE), "invalid-jvm-option").changed, false);
  const halved = refused(memoryOf(MACHINE, { heapBytes: 8 * GIB }), "heap-exceeds-machine");
  assert.equal(halved.memory.plan.heap.bytes, 4 * GIB);
});

Deno.test("a heap that fills slowly, and twice the heap in twice the time, is a leak and is not fed", () => {
  const first = lived(memoryOf(MACHINE), deathBy("heap-oom", { fillMs: 60_000 })).memory;
  const second = lived(first, deathBy("heap-oom", { fillMs: 115_000, atMs: WALL_MS + DAY_MS }));
  assert.equal(second.changed, false);
  assert.equal(
    second.reason,
    "the heap stays: a leak fills any heap, and a larger one only delays the same death: 1 GiB were full in 60 s, " +
      "and 2 GiB in 115 s",
  );
  const third = lived(second.memory, deathBy("heap-oom", { fillMs: 5_000, atMs: WALL_MS + 3 * DAY_MS }));
  assert.match(third.reason, /it was seen to leak with 2 GiB$/);
  const later = lived(second.memory, deathBy("heap-oom", { fillMs: 5_000, atMs: WALL_MS + 9 * DAY_MS }));
  assert.equal(later.changed, true);
});

Deno.test("data that arrive in a burst, or a death that comes no later, are no leak", () => {
  for (
    const [before, after] of [[5_000, 12_000], [60_000, 62_000], [null, 120_000], [60_000, null]] as const
  ) {
    const first = lived(memoryOf(MACHINE), deathBy("heap-oom", { fillMs: before })).memory;
    const second = lived(first, deathBy("heap-oom", { fillMs: after, atMs: WALL_MS + DAY_MS }));
    assert.equal(second.memory.plan.heap.bytes, 4 * GIB);
  }
});
