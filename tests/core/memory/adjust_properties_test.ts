import assert from "node:assert/strict";
import fc from "fast-check";
import { GIB, MIB } from "../../../src/core/jvm_flags.ts";
import type { MemoryBasis } from "../../../src/core/memory/basis.ts";
import type { MemoryLimit } from "../../../src/core/memory/budget.ts";
import { CURABLE, cureOf } from "../../../src/core/memory/cure.ts";
import { SIZED_REGIONS } from "../../../src/core/memory/plan.ts";
import type { Pins } from "../../../src/core/memory/plan.ts";
import { HEAP_FLOOR_BYTES } from "../../../src/core/memory/region.ts";
import type { SizedRegion } from "../../../src/core/memory/region.ts";
import { CAUSE_CLASSES } from "../../../src/core/verdict.ts";
import type { CauseClass } from "../../../src/core/verdict.ts";
import { ADJUST, bases, DAY_MS, deathBy, EXPLICIT, lived, memoryOf, WALL_MS } from "./memories.ts";

const pins: fc.Arbitrary<Pins> = fc.record({
  heap: fc.record({ bytes: fc.integer({ min: 450 * MIB, max: 64 * GIB }), by: fc.constant("a setting") }),
  direct: fc.record({ bytes: fc.integer({ min: 16 * MIB, max: 8 * GIB }), by: fc.constant("a flag") }),
  stack: fc.record({ bytes: fc.integer({ min: MIB / 2, max: 16 * MIB }), by: fc.constant("a flag") }),
}, { requiredKeys: [] });

const policies = fc.constantFrom(ADJUST, EXPLICIT);

interface Fate {
  readonly cause: CauseClass;
  readonly gapMs: number;
  readonly wasReady: boolean;
  readonly fillMs: number | null;
}

const fates: fc.Arbitrary<readonly Fate[]> = fc.array(
  fc.record({
    cause: fc.oneof(fc.constantFrom(...CURABLE), fc.constantFrom(...CAUSE_CLASSES)),
    gapMs: fc.integer({ min: 0, max: 10 * DAY_MS }),
    wasReady: fc.boolean(),
    fillMs: fc.option(fc.integer({ min: 0, max: 600_000 })),
  }),
  { maxLength: 30 },
);

/** Its heap grows, does not start then, and is again what was set. */
const SET_BELOW_FLOOR: [[MemoryLimit, Partial<MemoryBasis>], Pins, typeof EXPLICIT, readonly Fate[]] = [
  [{ bytes: 1_312_355_779, source: "container" }, {
    parallelTasks: 1,
    isLocal: false,
    defaultStackBytes: MIB,
  }],
  { heap: { bytes: 450 * MIB, by: "a setting" } },
  EXPLICIT,
  [
    { cause: "heap-oom", gapMs: 0, wasReady: true, fillMs: null },
    { cause: "heap-exceeds-machine", gapMs: 0, wasReady: false, fillMs: null },
  ],
];

Deno.test("whatever a gateway dies of, its plan fits the budget or says by how much it does not", () => {
  fc.assert(
    fc.property(bases, pins, policies, fates, ([limit, wish], fixed, policy, deaths) => {
      let memory = memoryOf(limit, { ...wish, pins: fixed });
      const shortAtFirst = memory.plan.shortBytes;
      let atMs = WALL_MS;
      deaths.forEach(({ cause, gapMs, ...death }, index) => {
        atMs += gapMs;
        memory = lived(memory, deathBy(cause, { ...death, atMs, generation: index + 1 }), policy).memory;
        const { plan } = memory;
        assert.ok(plan.shortBytes <= shortAtFirst, `${plan.shortBytes} > ${shortAtFirst}`);
        assert.ok(plan.totalBytes - plan.shortBytes <= plan.budget.jvmBytes + 1);
        const chosen = plan.heap.provenance === "adjusted" || plan.heap.provenance === "learned";
        if (chosen) {
          // Of sizes that have started, a smaller one that was set is gone back to as well.
          const set = fixed.heap?.bytes ?? Infinity;
          assert.ok(
            plan.heap.bytes >= Math.min(HEAP_FLOOR_BYTES, set, memoryOf(limit, wish).plan.heap.bytes),
          );
          assert.ok(plan.heap.bytes < 32 * GIB || plan.heap.bytes >= 40 * GIB);
        }
      });
    }),
    { examples: [SET_BELOW_FLOOR] },
  );
});

Deno.test("against one cause a size only ever moves one way, and comes to rest", () => {
  fc.assert(
    fc.property(
      bases,
      fc.constantFrom(...CURABLE),
      fc.integer({ min: 0, max: DAY_MS }),
      ([limit, wish], cause, gapMs) => {
        const { region, factor } = cureOf(cause) ?? assert.fail();
        let memory = memoryOf(limit, wish);
        let resting = 0;
        for (let at = 0; resting < 4; at++) {
          assert.ok(at < 150, "it does not come to rest");
          const before = memory.plan[region].bytes;
          const { memory: next, changed } = lived(memory, deathBy(cause, { atMs: WALL_MS + at * gapMs }));
          const after = next.plan[region].bytes;
          assert.ok(factor > 1 ? after >= before : after <= before, `${before} → ${after}`);
          resting = changed ? 0 : resting + 1;
          memory = next;
        }
      },
    ),
  );
});

Deno.test("no size that failed of a cause is tried again while it is remembered", () => {
  fc.assert(fc.property(bases, fates, ([limit, wish], deaths) => {
    let memory = memoryOf(limit, wish);
    let atMs = WALL_MS;
    const failed = new Map<SizedRegion, { readonly small: number; readonly large: number }>();
    deaths.forEach(({ cause, gapMs, fillMs }) => {
      atMs += Math.min(gapMs, DAY_MS / 2);
      const cure = cureOf(cause);
      const before = memory.plan;
      const { memory: next, changed } = lived(memory, deathBy(cause, { atMs, fillMs }));
      if (cure !== null) {
        const { small, large } = failed.get(cure.region) ?? { small: 0, large: Infinity };
        const bytes = before[cure.region].bytes;
        failed.set(
          cure.region,
          cure.factor > 1
            ? { small: Math.max(small, bytes), large }
            : { small, large: Math.min(large, bytes) },
        );
        const now = next.plan[cure.region].bytes;
        if (changed && now !== bytes) {
          if (cure.factor > 1) assert.ok(now > small && now > bytes);
          else assert.ok(now < large && now < bytes);
        }
      }
      memory = next;
    });
  }));
});

Deno.test("every region that a plan sizes has a size that a JVM accepts", () => {
  fc.assert(fc.property(bases, fates, ([limit, wish], deaths) => {
    let memory = memoryOf(limit, wish);
    for (const { cause, ...death } of deaths) {
      memory = lived(memory, deathBy(cause, death)).memory;
      for (const region of SIZED_REGIONS) {
        assert.ok(memory.plan[region].bytes >= MIB && Number.isInteger(memory.plan[region].bytes));
      }
      assert.ok(memory.plan.classSpace.bytes <= 3 * GIB);
    }
  }));
});
