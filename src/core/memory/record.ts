/**
 * What is remembered of memory from one gateway to the next, and from one daemon to the next.
 * @module
 */

import type { CauseClass } from "../verdict.ts";
import type { MemoryLimit } from "./budget.ts";
import type { MemoryPlan, Pins, Size } from "./plan.ts";
import { SIZED_REGIONS } from "./plan.ts";
import type { SizedRegion } from "./region.ts";

/** Sizes that are known to fail; the wall clock says since when. */
export interface Bounds {
  /** The largest that was too small, and the smallest that was too large, in bytes. */
  readonly tooSmallBytes: number | null;
  readonly tooLargeBytes: number | null;
  readonly atMs: number;
}

/** One change that a death has led to. Times are the wall clock's milliseconds since 1970. */
export interface Step {
  readonly atMs: number;
  readonly generation: number;
  readonly cause: CauseClass;
  readonly region: SizedRegion;
  readonly fromBytes: number;
  readonly toBytes: number;
  /** How long the heap took from a quarter full to that death, in milliseconds; `null` when it was not seen. */
  readonly fillMs: number | null;
}

/** The most that one gateway was seen to use, in bytes; `null` where it was not seen. */
export interface Use {
  readonly generation: number;
  /** When it was last seen, by the wall clock. */
  readonly atMs: number;
  /** The old generation as a collection left it. */
  readonly oldBytes: number | null;
  readonly metaspaceBytes: number | null;
  /** What was in memory beside the heap. */
  readonly besideBytes: number | null;
  /** Its Python workers together. */
  readonly pythonBytes: number | null;
}

/** What the sizes were chosen for: when a person wants something else, they are chosen anew. */
export interface Wish {
  readonly limitBytes: MemoryLimit["bytes"];
  readonly heapBytes: number | null;
  readonly pins: Pins;
}

/** The limit of each region that a flag sets, in bytes. */
export type Sizes = Readonly<Record<SizedRegion, number>>;

/** Everything that is remembered. */
export interface MemoryRecord {
  readonly wish: Wish;
  readonly sizes: Readonly<Partial<Record<SizedRegion, Size>>>;
  readonly bounds: Readonly<Partial<Record<SizedRegion, Bounds>>>;
  /** Oldest first. */
  readonly steps: readonly Step[];
  /** Oldest first, one a generation. */
  readonly uses: readonly Use[];
  /** The sizes of the last gateway that a program could attach to. */
  readonly lastGood: Sizes | null;
  /** When memory was last short, or a size was last taken back; by the wall clock. */
  readonly calmSinceMs: number;
  /** A heap that only delays the death, and since when that is known. */
  readonly leak: { readonly heapBytes: number; readonly atMs: number } | null;
  readonly mallocArenas: number | null;
}

/** Steps and uses that are kept. */
export const KEPT_STEPS = 40;
export const KEPT_USES = 12;

/** A record of nothing. */
export function emptyRecord(wish: Wish, atMs: number): MemoryRecord {
  return {
    wish,
    sizes: {},
    bounds: {},
    steps: [],
    uses: [],
    lastGood: null,
    calmSinceMs: atMs,
    leak: null,
    mallocArenas: null,
  };
}

/** What becomes of a record when a daemon starts: what a person has changed since counts more than what was learned. */
export function resumed(record: MemoryRecord, wish: Wish): MemoryRecord {
  const before = record.wish;
  const changed = SIZED_REGIONS.filter((region) =>
    before.pins[region]?.bytes !== wish.pins[region]?.bytes ||
    region === "heap" && before.heapBytes !== wish.heapBytes
  );
  const without = <T>(kept: Readonly<Partial<Record<SizedRegion, T>>>) =>
    Object.fromEntries(
      Object.entries(kept).filter(([region]) => !changed.some((each) => each === region)),
    ) as Partial<Record<SizedRegion, T>>;
  const own = { ...record, wish, sizes: without(record.sizes), bounds: without(record.bounds) };
  const renewed = changed.includes("heap") ? { ...own, leak: null } : own;
  return before.limitBytes === wish.limitBytes ? renewed : withoutLimits(renewed);
}

/** What was too large for another limit says nothing of this one. */
function withoutLimits(record: MemoryRecord): MemoryRecord {
  const { sizes: { heap, ...sizes }, steps, bounds } = record;
  const last = steps.findLast(({ region }) => region === "heap");
  const wasLowered = last !== undefined && last.toBytes < last.fromBytes;
  return {
    ...record,
    sizes: heap === undefined || wasLowered ? sizes : { ...sizes, heap },
    bounds: Object.fromEntries(
      Object.entries(bounds).map(([region, each]) => [region, { ...each, tooLargeBytes: null }]),
    ),
    mallocArenas: null,
  };
}

/** The sizes of a plan. */
export function sizesOf(plan: MemoryPlan): Sizes {
  return {
    heap: plan.heap.bytes,
    direct: plan.direct.bytes,
    metaspace: plan.metaspace.bytes,
    classSpace: plan.classSpace.bytes,
    codeCache: plan.codeCache.bytes,
    stack: plan.stack.bytes,
  };
}
