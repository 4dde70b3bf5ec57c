/**
 * How does a program find an empty heap that is large enough for it? After a plain `System.gc` most of the heap would be given
 * back (300 of 480 MB stay), and in a heap of that size G1 begins to mark as soon as Spark asks for a few of its pages of
 * 16 MB: in 5 of 7 programs before their first result, for 0.3 s of processor time and a pause of 50 ms (PySpark 4.3.0,
 * Java 17, at most 1 GiB).
 * @module
 */

import { flagsBean } from "./flags_bean.ts";
import { namedBean } from "./named_bean.ts";
import { orUnknown } from "./or_unknown.ts";
import type { JavaReference } from "./py4j_value.ts";
import type { Workbench } from "./warm_up_session.ts";

/** How much of a heap must be free after a full collection, in percent; 40 unless told otherwise. Java lets it be changed. */
const LEAST_FREE = "MinHeapFreeRatio";
/** How much may; 70 unless told otherwise. Java lets it be changed, too. */
const MOST_FREE = "MaxHeapFreeRatio";
/** How full of what is not young G1 lets a heap become before it marks, in percent; 45 unless told otherwise. */
const MARKING = "InitiatingHeapOccupancyPercent";
/** The next run of the same program may need a little more. */
const MARGIN = 1.15;
/** A heap grows by no more than this at once, and by as much when G1 has marked: how much it lacks is not known then. */
const GROWTH = 1.5;

/**
 * Whether the heap is so large that G1 has not marked since it was emptied the last time; `true` when Java does not tell.
 * @throws {Error} When the gateway does not answer.
 */
export async function heapSuffices(bench: Workbench): Promise<boolean> {
  return await orUnknown(true, async () => {
    const [flags, old, heap] = [await flagsBean(bench), await oldGeneration(bench), await heapOf(bench)];
    return old === null || await sizeWithoutMarking(bench, { flags, old, heap }) <= heap.sizeBytes;
  });
}

/**
 * Collects all garbage. The heap keeps its size, or has grown so far that G1 would not have begun to mark for what has come
 * into it since it was emptied the last time; Java keeps its flags. Does nothing where they cannot be changed.
 * @throws {Error} When the gateway does not answer.
 */
export async function emptyHeap(bench: Workbench): Promise<void> {
  // No HotSpot, a Java without the module jdk.management, or a py4j that does not reach the bean.
  await orUnknown(undefined, () => collectAndGrow(bench));
}

async function collectAndGrow(bench: Workbench): Promise<void> {
  const [flags, old, heap] = [await flagsBean(bench), await oldGeneration(bench), await heapOf(bench)];
  const wantedBytes = old === null ? 0 : await sizeWithoutMarking(bench, { flags, old, heap });
  const least = await valueOf(bench, flags, LEAST_FREE);
  const most = await valueOf(bench, flags, MOST_FREE);
  await bench.call(flags, "setVMOption", MOST_FREE, "100");
  try {
    await bench.call("java.lang.System", "gc");
    const { sizeBytes, usedBytes } = await heapOf(bench);
    const nextBytes = Math.min(wantedBytes, sizeBytes * GROWTH);
    if (nextBytes > sizeBytes) {
      const freePercent = Math.ceil(100 * (1 - usedBytes / nextBytes));
      await bench.call(flags, "setVMOption", LEAST_FREE, String(freePercent));
      await bench.call("java.lang.System", "gc");
    }
    if (old !== null) await bench.call(old, "resetPeakUsage");
  } finally {
    await bench.call(flags, "setVMOption", LEAST_FREE, least);
    await bench.call(flags, "setVMOption", MOST_FREE, most);
  }
}

async function valueOf(bench: Workbench, flags: JavaReference, name: string): Promise<string> {
  return String(await bench.call(await bench.get(flags, "getVMOption", name), "getValue"));
}

/** The size, as far as it may have it, at which G1 would not have marked for the most that has been in it and not young. */
async function sizeWithoutMarking(
  bench: Workbench,
  { flags, old, heap: { sizeBytes, limitBytes } }: {
    readonly flags: JavaReference;
    readonly old: JavaReference;
    readonly heap: Heap;
  },
): Promise<number> {
  // Spark's pages are in it until the next collection, though Spark has given them up.
  const mostBytes = Number(await bench.call(await bench.get(old, "getPeakUsage"), "getUsed"));
  const share = Number(await valueOf(bench, flags, MARKING)) / 100;
  const wantedBytes = mostBytes < sizeBytes * share ? mostBytes * MARGIN / share : sizeBytes * GROWTH;
  return Math.min(wantedBytes, limitBytes);
}

/** `null` for another collector. */
async function oldGeneration(bench: Workbench): Promise<JavaReference | null> {
  const pools = await bench.get("java.lang.management.ManagementFactory", "getMemoryPoolMXBeans");
  return await namedBean(bench, pools, "G1 Old Gen");
}

interface Heap {
  readonly sizeBytes: number;
  readonly usedBytes: number;
  readonly limitBytes: number;
}

async function heapOf(bench: Workbench): Promise<Heap> {
  const runtime = await bench.get("java.lang.Runtime", "getRuntime");
  const sizeBytes = Number(await bench.call(runtime, "totalMemory"));
  return {
    sizeBytes,
    usedBytes: sizeBytes - Number(await bench.call(runtime, "freeMemory")),
    limitBytes: Number(await bench.call(runtime, "maxMemory")),
  };
}
