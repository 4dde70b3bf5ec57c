/**
 * Memories of small and large machines for the tests, and what becomes of them death by death.
 * @module
 */

import fc from "fast-check";
import { GIB, MIB } from "../../../src/core/jvm_flags.ts";
import { afterDeath } from "../../../src/core/memory/adjust.ts";
import type { MemoryBasis, MemoryPolicy } from "../../../src/core/memory/basis.ts";
import type { MemoryLimit } from "../../../src/core/memory/budget.ts";
import { firstMemory, proven, renewed } from "../../../src/core/memory/memory.ts";
import type { Memory, MemoryChange, MemoryDeath } from "../../../src/core/memory/memory.ts";
import type { Pins } from "../../../src/core/memory/plan.ts";
import type { CauseClass } from "../../../src/core/verdict.ts";

export const ADJUST: MemoryPolicy = { mode: "adjust", modeIsExplicit: false };
export const EXPLICIT: MemoryPolicy = { mode: "adjust", modeIsExplicit: true };
export const DAY_MS = 86_400_000;
/** The wall clock of every test's beginning. */
export const WALL_MS = Date.UTC(2026, 0, 1);

export const MACHINE: MemoryLimit = { bytes: 24 * GIB, source: "machine" };

export function container(mib: number): MemoryLimit {
  return { bytes: mib * MIB, source: "container" };
}

/** What two tasks at once, in the gateway itself, are planned on. */
export function basisOf(limit: MemoryLimit, wish: Partial<MemoryBasis> = {}): MemoryBasis {
  return {
    limit,
    heapBytes: null,
    pins: {},
    parallelTasks: 2,
    isLocal: true,
    defaultStackBytes: MIB,
    gateways: 1,
    standbyBytes: 0,
    ...wish,
  };
}

export function memoryOf(limit: MemoryLimit, wish: Partial<MemoryBasis> = {}): Memory {
  return firstMemory(basisOf(limit, wish), { kept: null, mode: "adjust", atMs: WALL_MS });
}

/** A heap fixed by Spark's configuration, in mebibytes. */
export function pinnedHeap(mib: number): { readonly pins: Pins } {
  return { pins: { heap: { bytes: mib * MIB, by: "spark.driver.memory" } } };
}

export function deathBy(cause: CauseClass, more: Partial<MemoryDeath> = {}): MemoryDeath {
  return { class: cause, generation: 1, atMs: WALL_MS, wasReady: true, fillMs: null, ...more };
}

/** One gateway's life: it starts, serves, and dies; and the next plan is made. */
export function lived(
  memory: Memory,
  death: MemoryDeath,
  policy: MemoryPolicy = ADJUST,
): MemoryChange {
  const change = afterDeath(death.wasReady ? proven(memory) : memory, death, policy);
  return { ...change, memory: renewed(change.memory, policy, death.atMs) };
}

/** The sizes of the heap in mebibytes that follow one death after another, each `gapMs` after the one before. */
export function heapsAfter(
  memory: Memory,
  causes: readonly CauseClass[],
  { policy = ADJUST, gapMs = DAY_MS } = {},
): readonly number[] {
  return causes.map((cause, index) => {
    memory = lived(memory, deathBy(cause, { atMs: WALL_MS + index * gapMs }), policy).memory;
    return memory.plan.heap.bytes / MIB;
  });
}

/** Any machine, any wish. */
export const bases: fc.Arbitrary<readonly [MemoryLimit, Partial<MemoryBasis>]> = fc.tuple(
  fc.record({
    bytes: fc.integer({ min: 256 * MIB, max: 256 * GIB }),
    source: fc.constantFrom("container", "machine", "user"),
  }),
  fc.record({
    heapBytes: fc.option(fc.integer({ min: 450 * MIB, max: 128 * GIB })),
    parallelTasks: fc.integer({ min: 1, max: 64 }),
    isLocal: fc.boolean(),
    gateways: fc.constantFrom(1, 1, 3),
    standbyBytes: fc.constantFrom(0, 1.5 * GIB),
    defaultStackBytes: fc.constantFrom(MIB, 2 * MIB),
  }),
);
