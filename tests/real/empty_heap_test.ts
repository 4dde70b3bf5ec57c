import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { emptyHeap, heapSuffices } from "../../src/gateway/empty_heap.ts";
import { flagsBean } from "../../src/gateway/flags_bean.ts";
import { Py4jClient } from "../../src/gateway/py4j.ts";
import { Workbench } from "../../src/gateway/warm_up_session.ts";
import { dialer } from "../../src/runtime/net.ts";
import { PlainGateway } from "./plain_gateway.ts";
import { sparkInstallations } from "./spark_installations.ts";

const { signal } = new AbortController();

/** What Java says of its heap, in bytes, and of the flags. */
async function heapOf(bench: Workbench) {
  const runtime = await bench.get("java.lang.Runtime", "getRuntime");
  const flags = await flagsBean(bench);
  const valueOf = async (name: string) =>
    await bench.call(await bench.get(flags, "getVMOption", name), "getValue");
  const sizeBytes = Number(await bench.call(runtime, "totalMemory"));
  const usedBytes = sizeBytes - Number(await bench.call(runtime, "freeMemory"));
  return {
    sizeBytes,
    usedBytes,
    ratios: [await valueOf("MinHeapFreeRatio"), await valueOf("MaxHeapFreeRatio")],
  };
}

for (const spark of sparkInstallations()) {
  Deno.test(`emptyHeap() on PySpark ${spark.version}: the garbage goes, the heap stays or grows, its flags stay`, async () => {
    // As it grows, metaspace has G1 look through the heap and size it anew, at any time while a gateway starts.
    await using gateway = await PlainGateway.start(spark, { JDK_JAVA_OPTIONS: "-XX:MetaspaceSize=512m" });
    using client = await Py4jClient.connect({ dialer, ...gateway.way, signal });
    await using bench = new Workbench(client, signal);
    const before = await heapOf(bench);
    strictEqual(await heapSuffices(bench), true);
    await emptyHeap(bench);
    const after = await heapOf(bench);
    strictEqual(after.sizeBytes, before.sizeBytes);
    ok(after.usedBytes < before.usedBytes);
    deepStrictEqual(after.ratios, before.ratios);
    // What would have happened to a heap as empty as this one.
    await bench.call("java.lang.System", "gc");
    const plain = await heapOf(bench);
    ok(plain.sizeBytes < before.sizeBytes);
    {
      // With these G1 would mark. They are given up, as Spark does with its pages.
      await using pages = new Workbench(client, signal);
      while ((await heapOf(bench)).usedBytes < plain.sizeBytes / 2) {
        await pages.get("java.nio.ByteBuffer", "allocate", 16e6);
      }
    }
    const full = await heapOf(bench);
    strictEqual(await heapSuffices(bench), false);
    await emptyHeap(bench);
    const grown = await heapOf(bench);
    ok(grown.sizeBytes > full.sizeBytes);
    strictEqual(await heapSuffices(bench), true, "the most that was in it before is forgotten");
    deepStrictEqual(grown.ratios, before.ratios);
  });
}
