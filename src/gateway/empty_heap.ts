/**
 * How does a program find an empty heap that is still as large as the work before it has made it? After a plain
 * `System.gc` most of it would be given back (300 of 480 MB stay), and in a heap of that size G1 begins to mark as soon as
 * Spark asks for a few of its pages of 16 MB: in 5 of 7 programs before their first result, for 0.3 s of processor time
 * and a pause of 50 ms (PySpark 4.3.0, Java 17, at most 1 GiB).
 * @module
 */

import { flagsBean } from "./flags_bean.ts";
import { Py4jJavaError } from "./py4j_error.ts";
import type { Workbench } from "./warm_up_session.ts";

/** How much of a heap may stay free after a full collection, in percent; 70 unless told otherwise. Java lets it be changed. */
const RATIO = "MaxHeapFreeRatio";

/**
 * Collects all garbage; the heap keeps its size, and Java its flags. Does nothing where they cannot be changed.
 * @throws {Error} When the gateway does not answer.
 */
export async function emptyHeap(bench: Workbench): Promise<void> {
  try {
    const flags = await flagsBean(bench);
    const ratio = await bench.call(await bench.get(flags, "getVMOption", RATIO), "getValue");
    await bench.call(flags, "setVMOption", RATIO, "100");
    try {
      await bench.call("java.lang.System", "gc");
    } finally {
      await bench.call(flags, "setVMOption", RATIO, ratio);
    }
  } catch (error) {
    // No HotSpot, a Java without the module jdk.management, or a py4j that does not reach the bean.
    if (!(error instanceof Py4jJavaError || error instanceof TypeError)) throw error;
  }
}
