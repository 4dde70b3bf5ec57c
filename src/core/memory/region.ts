/**
 * Which parts of a JVM's memory are sized, by which flag, and what does each need at least?
 * @module
 */

import { GIB, MIB } from "../jvm_flags.ts";

/** Everything a JVM's memory is made of. The class space is a part of the metaspace. */
export const REGIONS = [
  "heap",
  "direct",
  "metaspace",
  "classSpace",
  "codeCache",
  "stack",
  "overhead",
] as const;

/** One of {@linkcode REGIONS}. */
export type Region = (typeof REGIONS)[number];

/** The regions that a flag limits. */
export type SizedRegion = Exclude<Region, "overhead">;

/** HotSpot's name of each limit, as its diagnostic bean and `-XX:+PrintFlagsFinal` know it. */
export const FLAG_OF: Readonly<Record<SizedRegion, string>> = {
  heap: "MaxHeapSize",
  direct: "MaxDirectMemorySize",
  metaspace: "MaxMetaspaceSize",
  classSpace: "CompressedClassSpaceSize",
  codeCache: "ReservedCodeCacheSize",
  stack: "ThreadStackSize",
};

/** What a person calls a region. */
export const TITLE_OF: Readonly<Record<Region, string>> = {
  heap: "heap",
  direct: "direct buffers",
  metaspace: "metaspace",
  classSpace: "class space",
  codeCache: "code cache",
  stack: "thread stacks",
  overhead: "JVM itself",
};

/** Spark makes no context in less: 1.5 times its reserve of 300 MiB (UnifiedMemoryManager, 2.0 to 4.3). */
export const SPARK_LEAST_HEAP_BYTES = 450 * MIB;
/** A JVM counts a survivor space less than its -Xmx, so Spark's own least would not do. */
export const HEAP_FLOOR_BYTES = 512 * MIB;
/** Spark's own default for `spark.driver.memory`. */
export const DEFAULT_HEAP_BYTES = GIB;

/** Heaps are whole multiples of this, the other regions of the smaller one. */
export const HEAP_STEP_BYTES = 64 * MIB;
export const STEP_BYTES = 16 * MIB;

/**
 * The largest limit that is ever set: beyond it the region is not what is wrong. A class space is at most 3 GiB
 * (`CompressedClassSpaceSize`), and half of the metaspace. Spark's deepest plans were well with 4 MiB of stack.
 */
export const MOST_BYTES: Readonly<Record<SizedRegion, number>> = {
  heap: Infinity,
  direct: Infinity,
  metaspace: 4 * GIB,
  classSpace: 3 * GIB,
  codeCache: 2 * GIB,
  stack: 8 * MIB,
};

/** A size that is wanted, and the least it may be squeezed to where the budget is small. */
export interface Range {
  readonly wantedBytes: number;
  readonly leastBytes: number;
}

/** The regions beside the heap that have a limit of their own. */
export type SideRegion = "direct" | "metaspace" | "codeCache";
export const SIDE_REGIONS: readonly SideRegion[] = ["direct", "metaspace", "codeCache"];

/**
 * What the regions beside a heap are given. A session of SQL with joins, Python and pandas functions, Arrow and
 * Parquet used 140 (Spark 3.5.7) and 172 MiB (4.3.0) of metaspace, 52 and 59 MiB of code cache and 31 MiB of direct
 * buffers (measured, Java 17, two cores). 240 MiB is HotSpot's own code cache. Direct buffers default to the size of
 * the heap, which would let a full gateway grow to twice its heap.
 */
export function rangeOf(region: SideRegion, heapBytes: number): Range {
  switch (region) {
    case "direct":
      return {
        wantedBytes: Math.max(256 * MIB, heapBytes / 4),
        leastBytes: Math.max(48 * MIB, heapBytes / 16),
      };
    case "metaspace":
      return { wantedBytes: 512 * MIB, leastBytes: 192 * MIB };
    case "codeCache":
      return { wantedBytes: 240 * MIB, leastBytes: 80 * MIB };
  }
}

/**
 * What all stacks together need: 320 to 840 threads were seen, an idle one has 25 to 55 KiB in memory; and each task
 * that runs may go as deep as it can.
 */
export function stacksBytes(stackBytes: number, parallelTasks: number): number {
  return 32 * MIB + parallelTasks * stackBytes;
}

/**
 * What the JVM needs for itself: G1 keeps books of 2 to 6 % of the heap, and 64 MiB go to the compilers, symbols and
 * libraries (measured with touched heaps of 256 MiB to 4 GiB on Java 17 and 25).
 */
export function overheadBytes(heapBytes: number): number {
  return 64 * MIB + 0.06 * heapBytes;
}

/** Rounds a heap down to a size that is worth having: references of a heap of 32 to 40 GiB hold less than 31 GiB do. */
export function usefulHeap(bytes: number): number {
  const whole = Math.floor(bytes / HEAP_STEP_BYTES) * HEAP_STEP_BYTES;
  return whole > COMPRESSED_OOPS_BYTES && whole < UNCOMPRESSED_USEFUL_BYTES ? COMPRESSED_OOPS_BYTES : whole;
}

/** From 32 GiB on, references take twice the room: such a heap holds less than one of 31 GiB until about 40. */
const COMPRESSED_OOPS_BYTES = 31 * GIB;
const UNCOMPRESSED_USEFUL_BYTES = 40 * GIB;
