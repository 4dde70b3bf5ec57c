/**
 * Which of a JVM's performance data are numbers that JVM dashboards know, and by which names?
 *
 * The names are those of the JVM's own beans, compared entry by entry on JDK 17 and 25 with each collector. What is
 * used of the young generation is as new as its last region with G1, as 50 ms with Serial and Parallel up to JDK 17,
 * and as the last collection after that.
 * @module
 */

import type { JvmReading, PoolReading } from "../core/metrics/readings.ts";
import { numberOf } from "./hsperfdata.ts";
import type { PerfData } from "./hsperfdata.ts";

/** HotSpot's name of what a collector's time is, and the bean's name; JDK 8 and 11 use other words than 17 and 25. */
const COLLECTORS: Readonly<Record<string, string>> = {
  "G1 young collection pauses": "G1 Young Generation",
  "G1 incremental collections": "G1 Young Generation",
  "G1 full collection pauses": "G1 Old Generation",
  "G1 stop-the-world full collections": "G1 Old Generation",
  "G1 concurrent cycle pauses": "G1 Concurrent GC",
  "G1 stop-the-world phases": "G1 Concurrent GC",
  "Serial young collection pauses": "Copy",
  "Serial full collection pauses": "MarkSweepCompact",
  MSC: "MarkSweepCompact",
  "Parallel young collection pauses": "PS Scavenge",
  PSScavenge: "PS Scavenge",
  "Parallel full collection pauses": "PS MarkSweep",
  PSParallelCompact: "PS MarkSweep",
  "Z concurrent cycle pauses": "ZGC Pauses",
  "ZGC minor collection pauses": "ZGC Minor Pauses",
  "ZGC major collection pauses": "ZGC Major Pauses",
};

/** The pool beans of the three collectors whose generations have spaces, by `sun.gc.policy.name`. */
const POOLS:
  readonly (readonly [policy: RegExp, names: Readonly<Record<"eden" | "survivor" | "old", string>>])[] = [
    [/^GarbageFirst$/, { eden: "G1 Eden Space", survivor: "G1 Survivor Space", old: "G1 Old Gen" }],
    [/^ParScav/, { eden: "PS Eden Space", survivor: "PS Survivor Space", old: "PS Old Gen" }],
    [/^Copy/, { eden: "Eden Space", survivor: "Survivor Space", old: "Tenured Gen" }],
  ];

/** Reads what there is; what a JVM does not publish is not known. */
export function jvmReadingOf(data: PerfData): JvmReading {
  const number = (name: string) => numberOf(data, name);
  const text = (name: string) => String(data.get(name) ?? "");
  const frequency = number("sun.os.hrt.frequency");
  const ms = (ticks: number | null) => ticks === null || !frequency ? null : ticks / frequency * 1000;
  return {
    heapUsedBytes: sumOf(data, /^sun\.gc\.generation\.\d+\.space\.\d+\.used$/),
    heapCommittedBytes: pages(sumOf(data, /^sun\.gc\.generation\.\d+\.space\.\d+\.capacity$/)),
    heapMaxBytes: pages(heapMax(data)),
    pools: [...heapPools(data), ...classPools(data)],
    collectors: collectorsOf(data).map(({ name, count, ticks }) => ({
      name,
      count,
      pausedMs: ms(ticks) ?? 0,
    })),
    threads: {
      current: number("java.threads.live"),
      daemon: number("java.threads.daemon"),
      peak: number("java.threads.livePeak"),
      started: number("java.threads.started"),
    },
    // Classes from the class-data archive are counted apart.
    classes: {
      loaded: sumOf(data, /^java\.cls\.(?:sharedL|l)oadedClasses$/),
      unloaded: sumOf(data, /^java\.cls\.(?:sharedU|u)nloadedClasses$/),
    },
    compilationMs: ms(number("java.ci.totalTime")),
    runtime: {
      runtime: text("java.property.java.vm.name"),
      vendor: text("java.property.java.vm.vendor"),
      version: text("java.property.java.vm.version"),
    },
  };
}

/** G1 adds some bytes to each size so that none is 0 (`g1MonitoringSupport.cpp`). */
function pages(bytes: number | null): number | null {
  return bytes === null ? null : bytes - bytes % 4096;
}

/** Where a region may become young or old, each generation may have the whole heap; the others share it. */
function heapMax(data: PerfData): number | null {
  const maxima = [0, 1].flatMap((index) => numberOf(data, `sun.gc.generation.${index}.maxCapacity`) ?? []);
  if (maxima.length === 0) return null;
  const isShared = /^(?:ParScav|Copy|ParNew)/.test(String(data.get("sun.gc.policy.name") ?? ""));
  return isShared ? maxima.reduce((sum, bytes) => sum + bytes, 0) : Math.max(...maxima);
}

function heapPools(data: PerfData): readonly PoolReading[] {
  const policy = String(data.get("sun.gc.policy.name") ?? "");
  const names = POOLS.find(([pattern]) => pattern.test(policy))?.[1];
  if (names === undefined) return [];
  const isG1 = policy === "GarbageFirst";
  const space = (at: string, size: "used" | "capacity" | "maxCapacity") =>
    numberOf(data, `sun.gc.generation.${at}.${size}`) ?? 0;
  const pool = (name: string, spaces: readonly string[], isLimited: boolean): PoolReading => ({
    name,
    usedBytes: spaces.reduce((sum, at) => sum + space(at, "used"), 0),
    // Of two survivor spaces one is always empty, and the bean counts one.
    committedBytes: Math.max(...spaces.map((at) => pages(space(at, "capacity")) ?? 0)),
    maxBytes: isLimited ? pages(space(spaces[0] ?? "", "maxCapacity")) : null,
  });
  return [
    pool(names.eden, ["0.space.0"], !isG1),
    pool(names.survivor, ["0.space.1", "0.space.2"], !isG1),
    pool(names.old, ["1.space.0"], true),
  ];
}

/** What the metaspace uses, that of the compressed classes included, as the bean has it. */
function classPools(data: PerfData): readonly PoolReading[] {
  return [["Metaspace", "metaspace"], ["Compressed Class Space", "compressedclassspace"]].flatMap(
    ([name = "", entry]) => {
      const number = (what: string) => numberOf(data, `sun.gc.${entry}.${what}`);
      const [usedBytes, committedBytes] = [number("used"), number("capacity")];
      if (usedBytes === null || committedBytes === null) return [];
      return [{ name, usedBytes, committedBytes, maxBytes: number("maxCapacity") }];
    },
  );
}

/** Not Shenandoah's: its times hold the work done beside the program. */
function collectorsOf(data: PerfData): readonly { name: string; count: number; ticks: number }[] {
  return [0, 1, 2, 3].flatMap((index) => {
    const entry = `sun.gc.collector.${index}`;
    const name = data.get(`${entry}.name`);
    const [count, ticks] = [numberOf(data, `${entry}.invocations`), numberOf(data, `${entry}.time`)];
    if (typeof name !== "string" || count === null || ticks === null || name.startsWith("Shenandoah")) {
      return [];
    }
    return [{ name: COLLECTORS[name] ?? name, count, ticks }];
  });
}

/** `null` when there is none of these names. */
function sumOf(data: PerfData, names: RegExp): number | null {
  let sum: number | null = null;
  for (const [name, value] of data) {
    if (typeof value === "number" && names.test(name)) sum = (sum ?? 0) + value;
  }
  return sum;
}
