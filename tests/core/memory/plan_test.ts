import assert from "node:assert/strict";
import fc from "fast-check";
import { GIB, MIB } from "../../../src/core/jvm_flags.ts";
import type { MemoryBasis } from "../../../src/core/memory/basis.ts";
import type { MemoryLimit } from "../../../src/core/memory/budget.ts";
import { firstMemory, requestOf } from "../../../src/core/memory/memory.ts";
import { largestHeap } from "../../../src/core/memory/plan.ts";
import type { MemoryPlan } from "../../../src/core/memory/plan.ts";
import { HEAP_FLOOR_BYTES, HEAP_STEP_BYTES } from "../../../src/core/memory/region.ts";
import { bases, basisOf, container, MACHINE, memoryOf, pinnedHeap, WALL_MS } from "./memories.ts";

function mebibytes({ heap, direct, metaspace, classSpace, codeCache, stack }: MemoryPlan): readonly number[] {
  return [heap, direct, metaspace, classSpace, codeCache, stack].map(({ bytes }) => bytes / MIB);
}

Deno.test("a plan gives every region a size, and squeezes those beside the heap before the heap", () => {
  const table: readonly (readonly [MemoryLimit, Partial<MemoryBasis>, readonly number[]])[] = [
    [MACHINE, {}, [1024, 256, 512, 256, 240, 1]],
    [container(4096), {}, [1024, 256, 512, 256, 240, 1]],
    [container(2048), {}, [1024, 96, 240, 128, 112, 1]],
    [container(1300), {}, [512, 48, 192, 96, 80, 1]],
    [container(900), {}, [512, 48, 192, 96, 80, 1]],
    [MACHINE, { heapBytes: 8 * GIB }, [8192, 2048, 512, 256, 240, 1]],
    [MACHINE, { heapBytes: 300 * MIB }, [300, 256, 512, 256, 240, 1]],
    [container(2048), { isLocal: false }, [1024, 144, 320, 160, 144, 1]],
  ];
  for (const [limit, basis, sizes] of table) assert.deepEqual(mebibytes(memoryOf(limit, basis).plan), sizes);
});

Deno.test("the heap comes from who asked, who fixed it, or what fits", () => {
  const table: readonly (readonly [MemoryLimit, Partial<MemoryBasis>, number, string, RegExp])[] = [
    [MACHINE, {}, 1024, "default", /^Spark's default$/],
    [
      container(1300),
      {},
      512,
      "container",
      /^Spark's default: 1 GiB, but the container allows 1.27 GiB for /,
    ],
    [{ bytes: GIB, source: "user" }, {}, 512, "user", /but --memory-limit allows 1 GiB for everything/],
    [MACHINE, { heapBytes: 300 * MIB }, 300, "user", /^asked for with --heap$/],
    [MACHINE, { heapBytes: 2 * GIB, ...pinnedHeap(4096) }, 2048, "user", /^asked for with --heap$/],
    [MACHINE, { heapBytes: 64 * GIB }, 16_320, "machine", /^--heap: 64 GiB, but the machine allows 24 GiB /],
    [container(96 * 1024), { heapBytes: 35 * GIB }, 31 * 1024, "container", /from 32 GiB on references take/],
    [container(1300), pinnedHeap(2048), 2048, "pinned", /^set by spark.driver.memory$/],
  ];
  for (const [limit, basis, mib, provenance, why] of table) {
    const { heap } = memoryOf(limit, basis).plan;
    assert.deepEqual([heap.bytes / MIB, heap.provenance], [mib, provenance]);
    assert.match(heap.why, why);
  }
  assert.equal(memoryOf(container(1300), pinnedHeap(2048)).plan.pinnedBy, "spark.driver.memory");
  assert.equal(memoryOf(MACHINE, { heapBytes: GIB, ...pinnedHeap(2048) }).plan.pinnedBy, null);
});

Deno.test("what is beside the heap says whether it has its usual size, or gave way to the heap", () => {
  const [roomy, tight] = [memoryOf(MACHINE), memoryOf(container(2048))].map(({ plan }) => plan);
  for (const region of ["direct", "metaspace", "codeCache"] as const) {
    assert.equal(roomy?.[region].provenance, "default");
    assert.doesNotMatch(roomy?.[region].why ?? "", /less/);
    assert.equal(tight?.[region].provenance, "container");
    assert.equal(tight?.[region].why, "less than usual, so that the heap has room");
  }
});

Deno.test("the class space lies in the metaspace and counts for nothing beside it, whoever has set it", () => {
  const { record, plan: usual } = memoryOf(MACHINE);
  const fixed = memoryOf(MACHINE, { pins: { classSpace: { bytes: GIB, by: "somebody" } } }).plan;
  const size = { bytes: GIB, provenance: "learned", why: "it was learned" } as const;
  const kept = { ...record, sizes: { classSpace: size } };
  const learned = firstMemory(basisOf(MACHINE), { kept, mode: "adjust", atMs: WALL_MS }).plan;
  assert.deepEqual(fixed.classSpace, {
    ...{ bytes: GIB, countedBytes: 0, provenance: "pinned", why: "set by somebody" },
  });
  assert.deepEqual(learned.classSpace, { ...size, countedBytes: 0 });
  for (const { totalBytes } of [fixed, learned]) assert.equal(totalBytes, usual.totalBytes);
});

Deno.test("a plan says by how much a fixed heap or a tiny budget is short", () => {
  assert.equal(memoryOf(container(2048)).plan.shortBytes, 0);
  assert.ok(memoryOf(container(1300), pinnedHeap(2048)).plan.shortBytes > GIB);
  const { heap, shortBytes } = memoryOf(container(600)).plan;
  assert.equal(heap.bytes, HEAP_FLOOR_BYTES);
  assert.ok(shortBytes > 0);
});

Deno.test("sizes that a person has fixed are planned with as they are", () => {
  const pin = (bytes: number) => ({ bytes, by: "the driver's Java options" });
  const pins = {
    direct: pin(3 * GIB),
    metaspace: pin(100 * MIB),
    codeCache: pin(500 * MIB),
    stack: pin(4 * MIB),
  };
  const { plan } = memoryOf(container(6144), { pins });
  assert.deepEqual(mebibytes(plan), [1024, 3072, 100, 64, 500, 4]);
  assert.deepEqual([plan.direct.provenance, plan.stack.provenance], ["pinned", "pinned"]);
  assert.equal(plan.shortBytes, 0);
});

Deno.test("the regions of any plan fit its budget, or its heap is at the floor", () => {
  fc.assert(fc.property(bases, ([limit, wish]) => {
    const { plan } = memoryOf(limit, wish);
    const { heap, totalBytes, budget, shortBytes } = plan;
    const floor = Math.min(HEAP_FLOOR_BYTES, wish.heapBytes ?? Infinity);
    assert.ok(heap.bytes >= floor);
    assert.equal(shortBytes, Math.max(0, totalBytes - budget.jvmBytes));
    if (shortBytes > 0) assert.equal(heap.bytes, floor);
    assert.ok(!(heap.bytes >= 32 * GIB && heap.bytes < 40 * GIB), `${heap.bytes / GIB} GiB`);
    for (const bytes of mebibytes(plan)) assert.ok(bytes > 0);
    const sum = budget.reserves.reduce((total, each) => total + each.bytes, 0);
    assert.ok(budget.jvmBytes === 0 || Math.abs(sum + budget.jvmBytes - limit.bytes) < 1);
  }));
});

/** A byte more than a step, which fits as it is. */
const BETWEEN_STEPS: [MemoryLimit, Partial<MemoryBasis>] = [
  { bytes: 199_625_843_676, source: "container" },
  { heapBytes: 58_854_473_729, parallelTasks: 1, gateways: 3, defaultStackBytes: MIB },
];

Deno.test("the largest heap fits, and the next larger one does not", () => {
  fc.assert(
    fc.property(bases, ([limit, wish]) => {
      const { basis, record, plan } = memoryOf(limit, wish);
      const largest = largestHeap(requestOf(basis, record));
      fc.pre(largest > HEAP_FLOOR_BYTES && largest !== 31 * GIB);
      const larger = memoryOf(limit, { ...wish, heapBytes: largest + 64 * MIB }).plan;
      assert.ok(larger.heap.bytes <= largest);
      const bound = Math.max(largest, HEAP_FLOOR_BYTES);
      // Who asks for a heap between two steps has just that, where it fits.
      const isAsAsked = plan.heap.bytes === wish.heapBytes && plan.shortBytes === 0;
      assert.ok(plan.heap.bytes <= bound || isAsAsked && plan.heap.bytes < bound + HEAP_STEP_BYTES);
    }),
    { examples: [[BETWEEN_STEPS]] },
  );
});
