/**
 * How does a program find an empty heap that is large enough for it? After a plain `System.gc` most of the heap would be given
 * back (300 of 480 MB stay), and in a heap of that size G1 begins to mark as soon as Spark asks for a few of its pages of
 * 16 MB: in 5 of 7 programs before their first result, for 0.3 s of processor time and a pause of 50 ms (PySpark 4.3.0,
 * Java 17, at most 1 GiB).
 * @module
 */

import { flagsBean } from "./flags_bean.ts";
import { namedBean } from "./named_bean.ts";
import { Py4jJavaError } from "./py4j_error.ts";
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
/** A heap grows by no more than this at once. */
const GROWTH = 1.5;

/**
 * Collects all garbage. The heap keeps its size, or has grown so far that G1 would not have begun to mark for what has come
 * into it since it was emptied the last time; Java keeps its flags. Does nothing where they cannot be changed.
 * @throws {Error} When the gateway does not answer.
 */
export async function emptyHeap(bench: Workbench): Promise<void> {
  try {
    const flags = await flagsBean(bench);
    const wantedBytes = await sizeWithoutMarking(bench, flags);
    const least = await valueOf(bench, flags, LEAST_FREE);
    const most = await valueOf(bench, flags, MOST_FREE);
    await bench.call(flags, "setVMOption", MOST_FREE, "100");
    try {
      await bench.call("java.lang.System", "gc");
      const { sizeBytes, usedBytes } = await heapOf(bench);
      const nextBytes = Math.min(wantedBytes, sizeBytes * GROWTH);
      if (nextBytes > sizeBytes) {
        await bench.call(
          flags,
          "setVMOption",
          LEAST_FREE,
          String(Math.ceil(100 * (1 - usedBytes / nextBytes))),
        );
        await bench.call("java.lang.System", "gc");
      }
    } finally {
      await bench.call(flags, "setVMOption", LEAST_FREE, least);
      await bench.call(flags, "setVMOption", MOST_FREE, most);
    }
  } catch (error) {
    // No HotSpot, a Java without the module jdk.management, or a py4j that does not reach the bean.
    if (!(error instanceof Py4jJavaError || error instanceof TypeError)) throw error;
  }
}

async function valueOf(bench: Workbench, flags: JavaReference, name: string): Promise<string> {
  return String(await bench.call(await bench.get(flags, "getVMOption", name), "getValue"));
}

/** The size at which G1 would not mark with what is in the heap and not young; 0 for another collector. */
async function sizeWithoutMarking(bench: Workbench, flags: JavaReference): Promise<number> {
  const pools = await bench.get("java.lang.management.ManagementFactory", "getMemoryPoolMXBeans");
  const old = await namedBean(bench, pools, "G1 Old Gen");
  if (old === null) return 0;
  // Spark's pages are in it until the next collection, though Spark has given them up.
  const usedBytes = Number(await bench.call(await bench.get(old, "getUsage"), "getUsed"));
  return usedBytes * MARGIN * 100 / Number(await valueOf(bench, flags, MARKING));
}

async function heapOf(bench: Workbench): Promise<{ readonly sizeBytes: number; readonly usedBytes: number }> {
  const runtime = await bench.get("java.lang.Runtime", "getRuntime");
  const sizeBytes = Number(await bench.call(runtime, "totalMemory"));
  return { sizeBytes, usedBytes: sizeBytes - Number(await bench.call(runtime, "freeMemory")) };
}
