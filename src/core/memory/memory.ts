/**
 * The memory of a gateway as its supervisor keeps it: the ground it is planned on, what is remembered, and the plan
 * of the newest start.
 * @module
 */

import type { CauseClass } from "../verdict.ts";
import type { MemoryBasis, MemoryMode, MemoryPolicy } from "./basis.ts";
import { budgetOf } from "./budget.ts";
import { calmed } from "./calm.ts";
import { planOf } from "./plan.ts";
import type { MemoryPlan, PlanRequest } from "./plan.ts";
import { emptyRecord, KEPT_USES, resumed, sizesOf } from "./record.ts";
import type { MemoryRecord, Use, Wish } from "./record.ts";
import { needsOf, pythonPeakOf } from "./use.ts";

/** All of it. */
export interface Memory {
  readonly basis: MemoryBasis;
  readonly record: MemoryRecord;
  /** The plan of the newest start, or of the first one to come. */
  readonly plan: MemoryPlan;
}

/** A death as far as memory is concerned. */
export interface MemoryDeath {
  readonly class: CauseClass;
  readonly generation: number;
  /** The wall clock, in milliseconds since 1970. */
  readonly atMs: number;
  /** Whether a program could have used that gateway. */
  readonly wasReady: boolean;
  /** How long the heap took from a quarter full to the end, in milliseconds; `null` when it was not seen. */
  readonly fillMs: number | null;
}

/** What it has changed. */
export interface MemoryChange {
  readonly memory: Memory;
  readonly changed: boolean;
  /** What was changed, or why nothing was, in words. */
  readonly reason: string;
}

/**
 * The memory of a daemon that begins.
 * @param kept What an earlier daemon remembered, or `null`.
 * @param atMs The wall clock, in milliseconds since 1970.
 */
export function firstMemory(
  basis: MemoryBasis,
  { kept, mode, atMs }: {
    readonly kept: MemoryRecord | null;
    readonly mode: MemoryMode;
    readonly atMs: number;
  },
): Memory {
  const wish = wishOf(basis);
  const fresh = emptyRecord(wish, atMs);
  // What was learned under another mode is kept, and not used.
  const record = kept === null ? fresh : resumed(kept, wish);
  return { basis, record, plan: planOf(requestOf(basis, mode === "adjust" ? record : fresh)) };
}

/** The plan of what is remembered now. */
export function replanned(memory: Memory, record: MemoryRecord): Memory {
  return { ...memory, record, plan: planOf(requestOf(memory.basis, record)) };
}

/** The memory of the next start: with what was learned meanwhile. `atMs` is the wall clock. */
export function renewed(memory: Memory, { mode }: MemoryPolicy, atMs: number): Memory {
  return mode === "adjust" ? replanned(memory, calmed(memory.record, memory.basis, atMs)) : memory;
}

/** The memory when a program could attach for the first time: these sizes work. */
export function proven(memory: Memory): Memory {
  return { ...memory, record: { ...memory.record, lastGood: sizesOf(memory.plan) } };
}

/** The memory when a gateway has ended: what it was seen to use is remembered. */
export function used(memory: Memory, use: Use | null): Memory {
  if (use === null) return memory;
  const { record } = memory;
  return { ...memory, record: { ...record, uses: [...record.uses, use].slice(-KEPT_USES) } };
}

/** What a plan is to be made from. */
export function requestOf(basis: MemoryBasis, record: MemoryRecord): PlanRequest {
  const { limit, heapBytes, pins, parallelTasks, defaultStackBytes } = basis;
  return {
    budget: budgetOf(limit, { ...basis, pythonPeakBytes: pythonPeakOf(record.uses) }),
    ...{ heapBytes, pins, parallelTasks, defaultStackBytes },
    sizes: record.sizes,
    needs: needsOf(record.uses),
    mallocArenas: record.mallocArenas,
  };
}

function wishOf({ limit, heapBytes, pins }: MemoryBasis): Wish {
  return { limitBytes: limit.bytes, heapBytes, pins };
}
