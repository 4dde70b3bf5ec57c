import assert from "node:assert/strict";
import fc from "fast-check";
import { GIB, MIB } from "../../src/core/jvm_flags.ts";
import {
  firstPlan,
  hardHeapLimit,
  HEAP_FLOOR_BYTES,
  largestHeap,
  nextPlan,
  renderPlan,
} from "../../src/core/memory_plan.ts";
import type {
  MemoryBudget,
  MemoryMode,
  MemoryPlan,
  PlanPolicy,
  PlanRequest,
} from "../../src/core/memory_plan.ts";
import { CAUSE_CLASSES } from "../../src/core/verdict.ts";
import type { CauseClass } from "../../src/core/verdict.ts";

const ADJUST: PlanPolicy = { mode: "adjust", modeIsExplicit: false };
const EXPLICIT: PlanPolicy = { mode: "adjust", modeIsExplicit: true };
const RAISING: readonly CauseClass[] = ["heap-oom", "gc-overhead"];
const LOWERING: readonly CauseClass[] = ["killed-by-oom-killer", "native-memory-oom", "heap-exceeds-machine"];

function container(mib: number): MemoryBudget {
  return { bytes: mib * MIB, source: "container" };
}

const MACHINE: MemoryBudget = { bytes: 24 * GIB, source: "machine" };

interface Wish {
  readonly asked?: number;
  readonly pinned?: number;
}

/** The first plan, with the sizes that were asked for or pinned in mebibytes. */
function planFor(limit: MemoryBudget, { asked, pinned }: Wish = {}): MemoryPlan {
  return firstPlan({
    heapBytes: asked === undefined ? null : asked * MIB,
    pin: pinned === undefined ? null : { bytes: pinned * MIB, by: "spark.driver.memory" },
    limit,
  });
}

/** The heaps, in mebibytes, that follow one death after another. */
function heapsAfter(plan: MemoryPlan, causes: readonly CauseClass[], policy = ADJUST): readonly number[] {
  return causes.map((cause) => {
    plan = nextPlan(plan, cause, policy).plan;
    return plan.heap.bytes / MIB;
  });
}

Deno.test("firstPlan() chooses the first heap from what was asked, pinned and allowed", () => {
  const table: readonly (readonly [MemoryBudget, Wish, number, string, string])[] = [
    [MACHINE, {}, 1024, "default", "Spark's default"],
    [container(1300), {}, 704, "container", "Spark's default is 1 GiB, but the container allows 1.27 GiB"],
    [container(900), {}, 512, "container", "Spark's default is 1 GiB, but the container allows 900 MiB"],
    [container(256), {}, 512, "container", "the container allows 256 MiB"],
    [{ bytes: GIB, source: "user" }, {}, 512, "user", "--memory-limit allows 1 GiB"],
    [MACHINE, { asked: 300 }, 300, "user", "asked for with --heap"],
    [MACHINE, { asked: 2048, pinned: 4096 }, 2048, "user", "asked for with --heap"],
    [container(1300), { asked: 700 }, 700, "user", "asked for with --heap"],
    [container(1300), { asked: 2048 }, 704, "container", "--heap asks for 2 GiB"],
    [
      MACHINE,
      { asked: 64 * 1024 },
      22_144,
      "machine",
      "--heap asks for 64 GiB, but the machine allows 24 GiB",
    ],
    [container(40 * 1024), { asked: 64 * 1024 }, 31 * 1024, "container", "--heap asks for 64 GiB"],
    [container(48 * 1024), { asked: 35 * 1024 }, 35 * 1024, "user", "asked for with --heap"],
    [container(1300), { pinned: 2048 }, 2048, "pinned", "set by spark.driver.memory"],
  ];
  for (const [limit, wish, mib, provenance, why] of table) {
    const { heap, pinnedBy } = planFor(limit, wish);
    assert.deepEqual([heap.bytes / MIB, heap.provenance], [mib, provenance]);
    assert.ok(heap.why.includes(why), heap.why);
    const pinned = wish.pinned !== undefined && wish.asked === undefined;
    assert.equal(pinnedBy, pinned ? "spark.driver.memory" : null);
  }
});

Deno.test("firstPlan() gives direct memory a quarter of the heap, at least 256 MiB", () => {
  assert.equal(planFor(MACHINE, { asked: 8192 }).direct.bytes, 2 * GIB);
  assert.equal(planFor(container(900)).direct.bytes, 256 * MIB);
});

Deno.test("nextPlan() doubles the heap after a heap error, up to what the machine allows", () => {
  const oom = Array.from({ length: 6 }, (): CauseClass => "heap-oom");
  assert.deepEqual(heapsAfter(planFor(MACHINE), oom), [2048, 4096, 8192, 16_384, 17_408, 17_408]);
  assert.deepEqual(heapsAfter(planFor(MACHINE), ["gc-overhead"]), [2048]);
  const { plan, changed, reason } = nextPlan(planFor(container(1300)), "heap-oom", ADJUST);
  assert.deepEqual([plan.heap.bytes / MIB, changed], [704, false]);
  assert.match(reason, /^the heap is 704 MiB and no larger one fits the 1.27 GiB of the container: /);
});

Deno.test("nextPlan() makes the heap a fifth smaller after a kill by the kernel or a refused malloc", () => {
  for (const cause of LOWERING) {
    assert.deepEqual(heapsAfter(planFor(MACHINE, { asked: 4096 }), [cause, cause]), [3264, 2560], cause);
    assert.deepEqual(heapsAfter(planFor(container(1300)), [cause, cause]), [512, 512], cause);
    assert.deepEqual(heapsAfter(planFor(container(1300), { asked: 300 }), [cause]), [300], cause);
  }
  const pinned = planFor(container(1300), { pinned: 2048 });
  assert.deepEqual(heapsAfter(pinned, ["killed-by-oom-killer"], EXPLICIT), [704]);
  const { reason } = nextPlan(planFor(container(900)), "killed-by-oom-killer", ADJUST);
  assert.match(reason, /^the heap is 512 MiB and cannot shrink further: /);
});

Deno.test("nextPlan() stays out of the sizes that hold less than 31 GiB do, in both directions", () => {
  const large = container(128 * 1024);
  assert.deepEqual(heapsAfter(planFor(large, { asked: 18 * 1024 }), ["heap-oom"]), [31 * 1024]);
  assert.deepEqual(heapsAfter(planFor(large, { asked: 48 * 1024 }), ["killed-by-oom-killer"]), [31 * 1024]);
  const kill = "killed-by-oom-killer";
  const between = heapsAfter(planFor(large, { asked: 31 * 1024 }), ["heap-oom", kill, kill, kill]);
  assert.deepEqual(between, [62 * 1024, 50_752, 41_216, 41_216]);
});

Deno.test("nextPlan() narrows down between a heap that was too small and one that was too large", () => {
  const causes: readonly CauseClass[] = [
    "heap-oom",
    "heap-oom",
    "killed-by-oom-killer",
    "heap-oom",
    "killed-by-oom-killer",
    "heap-oom",
  ];
  assert.deepEqual(heapsAfter(planFor(MACHINE), causes), [2048, 4096, 3264, 3648, 3456, 3520]);
});

Deno.test("nextPlan() gives direct buffers a region of their own, within the budget", () => {
  let plan = planFor(container(4096));
  const sizes = [];
  for (let death = 0; death < 5; death++) {
    plan = nextPlan(plan, "direct-memory-oom", ADJUST).plan;
    sizes.push(plan.direct.bytes / MIB);
  }
  assert.deepEqual(sizes, [512, 1024, 2048, 2496, 2496]);
  assert.equal(plan.heap.bytes, GIB);
  const raised = nextPlan(plan, "heap-oom", ADJUST).plan;
  assert.deepEqual(raised.direct, plan.direct);
  const untouched = nextPlan(planFor(MACHINE, { asked: 4096 }), "heap-oom", ADJUST).plan;
  assert.equal(untouched.direct.bytes, 2 * GIB);
});

Deno.test("nextPlan() leaves a pinned heap alone and says so, unless adjusting was asked for", () => {
  const plan = planFor(MACHINE, { pinned: 2048 });
  const { changed, reason, plan: same } = nextPlan(plan, "heap-oom", ADJUST);
  assert.equal(changed, false);
  assert.equal(same, plan);
  assert.match(reason, /^spark\.driver\.memory fixes the heap.*would allow: heap 2 GiB → 4 GiB/);
  assert.deepEqual(heapsAfter(plan, ["heap-oom"], EXPLICIT), [4096]);
  const direct = nextPlan(plan, "direct-memory-oom", ADJUST);
  assert.deepEqual([direct.changed, direct.plan.heap, direct.plan.direct.bytes], [true, plan.heap, GIB]);
});

Deno.test("nextPlan() only says what it would do in the modes suggest and off", () => {
  for (const mode of ["suggest", "off"] as const) {
    const plan = planFor(MACHINE);
    const change = nextPlan(plan, "heap-oom", { mode, modeIsExplicit: true });
    assert.deepEqual([change.plan, change.changed], [plan, false]);
    assert.equal(
      change.reason,
      `memory mode is "${mode}", so nothing changes; "adjust" would do: ` +
        "heap 1 GiB → 2 GiB, because the last one ran out of heap",
    );
  }
});

Deno.test("nextPlan() changes nothing for what memory does not cure", () => {
  const cured = [...RAISING, ...LOWERING, "direct-memory-oom"];
  const plan = planFor(MACHINE);
  for (const cause of CAUSE_CLASSES) {
    const { changed, reason } = nextPlan(plan, cause, ADJUST);
    assert.equal(changed, cured.includes(cause), cause);
    if (!changed) assert.equal(reason, `memory settings do not cure "${cause}"`);
  }
});

Deno.test("renderPlan() writes the two flags", () => {
  const plan = nextPlan(planFor(container(4096)), "direct-memory-oom", ADJUST).plan;
  assert.deepEqual(renderPlan(plan), ["-Xmx1g", "-XX:MaxDirectMemorySize=512m"]);
});

const mib = (min: number, max: number) => fc.integer({ min, max }).map((number) => number * MIB);
const budget: fc.Arbitrary<MemoryBudget> = fc.record({
  bytes: fc.oneof(mib(256, 4096), mib(4096, 512 * 1024)),
  source: fc.constantFrom("container", "machine", "user"),
});
const heap = fc.oneof(mib(64, 4096), mib(4096, 128 * 1024));
const request: fc.Arbitrary<PlanRequest> = fc.record({
  heapBytes: fc.option(heap),
  pin: fc.option(fc.record({ bytes: heap, by: fc.constant("-Xmx") })),
  limit: budget,
});
const policy: fc.Arbitrary<PlanPolicy> = fc.record({
  mode: fc.constantFrom<MemoryMode[]>("adjust", "adjust", "suggest", "off"),
  modeIsExplicit: fc.boolean(),
});
const memoryCause = fc.constantFrom<CauseClass[]>(...RAISING, ...LOWERING, "direct-memory-oom");
const cause = fc.oneof(memoryCause, fc.constantFrom<CauseClass[]>(...CAUSE_CLASSES));

function inGap(bytes: number): boolean {
  return bytes > 31 * GIB && bytes < 40 * GIB;
}

Deno.test("what is planned without a wish stays between Spark's floor and the budget", () => {
  fc.assert(fc.property(budget, (limit) => {
    const plan = firstPlan({ heapBytes: null, pin: null, limit });
    assert.ok(plan.heap.bytes >= HEAP_FLOOR_BYTES && plan.heap.bytes <= GIB);
    assert.ok(largestHeap(limit) <= hardHeapLimit(limit), "the daemon takes more than a person may");
    assert.ok(hardHeapLimit(limit) <= Math.max(HEAP_FLOOR_BYTES, limit.bytes - 384 * MIB));
    assert.ok(!inGap(largestHeap(limit)));
  }));
});

Deno.test("nextPlan() keeps its bounds through any deaths, and moves only in the right direction", () => {
  fc.assert(
    fc.property(request, policy, fc.array(cause, { maxLength: 30 }), (wanted, rules, causes) => {
      const first = firstPlan(wanted);
      const lowest = Math.min(HEAP_FLOOR_BYTES, first.heap.bytes);
      const highest = Math.max(first.heap.bytes, largestHeap(wanted.limit));
      let plan = first;
      for (const death of causes) {
        const { plan: next, changed } = nextPlan(plan, death, rules);
        const [before, after] = [plan.heap.bytes, next.heap.bytes];
        assert.ok(after >= lowest && after <= highest, `${death}: ${after}`);
        assert.ok(after === first.heap.bytes || !inGap(after), `${death}: ${after}`);
        assert.ok(RAISING.includes(death) ? after >= before : true, "an error of the JVM lowered the heap");
        assert.ok(LOWERING.includes(death) ? after <= before : true, "the kernel's kill raised the heap");
        if (![...RAISING, ...LOWERING].includes(death)) assert.equal(after, before);
        assert.equal(changed, after !== before || next.direct.bytes !== plan.direct.bytes);
        const most = Math.max(first.direct.bytes, highest, hardHeapLimit(wanted.limit));
        assert.ok(next.direct.bytes <= most, "direct memory has no bound");
        if (rules.mode !== "adjust") assert.ok(!changed);
        if (first.pinnedBy !== null && !rules.modeIsExplicit) assert.equal(after, before);
        plan = next;
      }
    }),
    { numRuns: 2000 },
  );
});

/** The heap and direct sizes after each death, until nothing changes any more. */
function untilFixed(first: MemoryPlan, causes: readonly CauseClass[]): readonly string[] {
  const seen = [];
  let plan = first;
  for (let round = 0; round < 100; round++) {
    const sizes = renderPlan(plan).join(" ");
    for (const death of causes) plan = nextPlan(plan, death, EXPLICIT).plan;
    seen.push(sizes);
    if (renderPlan(plan).join(" ") === sizes) return seen;
  }
  throw new Error(`No end: ${seen.slice(-4)}`);
}

Deno.test("nextPlan() comes to rest when one cause repeats, and never returns to an earlier size", () => {
  fc.assert(fc.property(request, memoryCause, (wanted, death) => {
    const sizes = untilFixed(firstPlan(wanted), [death]);
    assert.equal(new Set(sizes).size, sizes.length);
  }));
});

Deno.test("nextPlan() comes to rest between two causes that pull in opposite directions", () => {
  fc.assert(
    fc.property(request, fc.constantFrom(...RAISING), fc.constantFrom(...LOWERING), (wanted, up, down) => {
      untilFixed(firstPlan(wanted), [up, down]);
    }),
  );
});
