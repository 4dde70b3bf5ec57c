import { ok, strictEqual } from "node:assert/strict";
import { namedBean } from "../../src/gateway/named_bean.ts";
import { Py4jClient } from "../../src/gateway/py4j.ts";
import { Workbench } from "../../src/gateway/warm_up_session.ts";
import { collectYoung } from "../../src/gateway/young_collection.ts";
import { dialer } from "../../src/runtime/net.ts";
import { PlainGateway } from "./plain_gateway.ts";
import { sparkInstallations } from "./spark_installations.ts";

const { signal } = new AbortController();

/** How often G1 has collected, and what is in use of its large pages and older objects. */
async function collectionsOf(bench: Workbench) {
  const beans = await bench.get("java.lang.management.ManagementFactory", "getGarbageCollectorMXBeans");
  const countOf = async (name: string) => {
    const bean = await namedBean(bench, beans, name);
    ok(bean);
    return Number(await bench.call(bean, "getCollectionCount"));
  };
  const pools = await bench.get("java.lang.management.ManagementFactory", "getMemoryPoolMXBeans");
  const old = await namedBean(bench, pools, "G1 Old Gen");
  ok(old);
  const oldBytes = Number(await bench.call(await bench.get(old, "getUsage"), "getUsed"));
  return { young: await countOf("G1 Young Generation"), full: await countOf("G1 Old Generation"), oldBytes };
}

/**
 * G1 marks when `System.gc()` is called, and at no other time: not for what is in use, and not for its classes, of which
 * Java 17 allows 21 MB before it does (PySpark 3.5.7 comes to that here, within these few calls).
 */
const MARKS_WHEN_TOLD = [
  "-XX:+ExplicitGCInvokesConcurrent",
  "-XX:InitiatingHeapOccupancyPercent=100",
  "-XX:MetaspaceSize=256m",
];

for (const spark of sparkInstallations()) {
  for (const collector of ["G1", "Parallel"]) {
    Deno.test(`collectYoung() on PySpark ${spark.version} with ${collector}`, async () => {
      const JDK_JAVA_OPTIONS = [`-XX:+Use${collector}GC`, ...(collector === "G1" ? MARKS_WHEN_TOLD : [])]
        .join(" ");
      await using gateway = await PlainGateway.start(spark, { JDK_JAVA_OPTIONS });
      using client = await Py4jClient.connect({ dialer, ...gateway.way, signal });
      await using bench = new Workbench(client, signal);
      if (collector === "Parallel") return strictEqual(await collectYoung(bench), false);
      // As at the end of a warm-up: G1 has marked, and does not collect for something large before it has collected again.
      await bench.call("java.lang.System", "gc");
      {
        await using pages = new Workbench(client, signal);
        for (let each = 0; each < 4; each++) await pages.get("java.nio.ByteBuffer", "allocate", 16e6);
      }
      const before = await collectionsOf(bench);
      strictEqual(await collectYoung(bench), true);
      const after = await collectionsOf(bench);
      ok(after.young > before.young);
      strictEqual(after.full, before.full);
      ok(after.oldBytes < before.oldBytes, "the pages that nobody uses are gone");
    });
  }
}
