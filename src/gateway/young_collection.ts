/**
 * How is garbage collected without Java forgetting what it has compiled? A full collection unloads the classes that nothing
 * needs any more, such as those that Spark has generated for a context that is gone, and each compiled method that knows one.
 * @module
 */

import { namedBean } from "./named_bean.ts";
import { orUnknown } from "./or_unknown.ts";
import type { JavaReference } from "./py4j_value.ts";
import { Workbench } from "./warm_up_session.ts";

/**
 * With its header just half of G1's smallest region: what is larger is not young. G1 may as well collect when it is asked for
 * something large, but not while it marks, or between a marking and the next collection: 512 MB went into a gateway without
 * one, and 350 MB of them came from the machine (PySpark 4.3.0, Java 17).
 */
const BUFFER_BYTES = 2 ** 19 - 64;
/** 512 MiB: with so much room a program needs no collection before it, and pages that nobody has used yet cost memory. */
const BUFFERS = 1024;

/**
 * Fills the heap with garbage until G1 collects its young generation, and with it the large pages that nobody uses, or
 * there is room for much more.
 * @returns Whether this Java collects with G1, and tells of it.
 * @throws {Error} When the gateway does not answer.
 */
export async function collectYoung(bench: Workbench): Promise<boolean> {
  const collector = await youngCollector(bench);
  if (collector === null) return false;
  const count = () => bench.call(collector, "getCollectionCount");
  const before = await count();
  for (let each = 0; each < BUFFERS && await count() === before; each++) {
    await using one = new Workbench(bench.client, bench.signal);
    await one.get("java.nio.ByteBuffer", "allocate", BUFFER_BYTES);
  }
  return true;
}

/** `null` as well for a Java without the module java.management. */
async function youngCollector(bench: Workbench): Promise<JavaReference | null> {
  return await orUnknown(null, async () => {
    const beans = await bench.get("java.lang.management.ManagementFactory", "getGarbageCollectorMXBeans");
    return await namedBean(bench, beans, "G1 Young Generation");
  });
}
