import assert from "node:assert/strict";
import { jvmReadingOf } from "../../src/incident/jvm_reading.ts";

const MIB = 2 ** 20;

/** What a JVM publishes of itself whatever its collector is. */
const COMMON = {
  "sun.os.hrt.frequency": 1_000_000_000,
  "java.threads.live": 40,
  "java.threads.daemon": 36,
  "java.threads.livePeak": 41,
  "java.threads.started": 55,
  "java.cls.loadedClasses": 6_000,
  "java.cls.sharedLoadedClasses": 1_200,
  "java.cls.unloadedClasses": 10,
  "java.cls.sharedUnloadedClasses": 2,
  "java.ci.totalTime": 8_500_000_000,
  "java.property.java.vm.name": "OpenJDK 64-Bit Server VM",
  "java.property.java.vm.vendor": "Debian",
  "java.property.java.vm.version": "17.0.15+6-Debian-1deb12u1",
  "sun.gc.metaspace.used": 22 * MIB,
  "sun.gc.metaspace.capacity": 23 * MIB,
  "sun.gc.metaspace.maxCapacity": 320 * MIB,
  "sun.gc.compressedclassspace.used": 3 * MIB,
  "sun.gc.compressedclassspace.capacity": 4 * MIB,
  "sun.gc.compressedclassspace.maxCapacity": 256 * MIB,
};

function generations(
  sizes: Readonly<Record<string, readonly [used: number, capacity: number, maxCapacity: number]>>,
): Record<string, number> {
  return Object.fromEntries(
    Object.entries(sizes).flatMap(([at, values]) =>
      ["used", "capacity", "maxCapacity"].map((name, nth) => [
        `sun.gc.generation.${at}.${name}`,
        values[nth] ?? 0,
      ])
    ),
  );
}

function collectors(...all: readonly (readonly [name: string, count: number, ticks: number])[]) {
  return Object.fromEntries(
    all.flatMap(([name, count, ticks], index) => {
      const entry = `sun.gc.collector.${index}`;
      return [[`${entry}.name`, name], [`${entry}.invocations`, count], [`${entry}.time`, ticks]];
    }),
  );
}

function reading(data: Readonly<Record<string, number | string>>) {
  return jvmReadingOf(new Map(Object.entries({ ...COMMON, ...data })));
}

Deno.test("jvmReadingOf() reads G1, whose sizes have some bytes more than the pages they are", () => {
  // As JDK 17 publishes it for -Xmx1g.
  const { pools, collectors: found, ...rest } = reading({
    "sun.gc.policy.name": "GarbageFirst",
    ...generations({
      "0": [0, 69 * MIB + 24, 1024 * MIB + 24],
      "0.space.0": [21 * MIB, 65 * MIB + 8, 1024 * MIB + 8],
      "0.space.1": [0, 8, 8],
      "0.space.2": [3 * MIB, 4 * MIB + 8, 1024 * MIB + 8],
      "1": [0, 45 * MIB + 8, 1024 * MIB + 8],
      "1.space.0": [27 * MIB, 45 * MIB + 8, 1024 * MIB + 8],
    }),
    ...collectors(
      ["G1 young collection pauses", 5, 209_000_000],
      ["G1 full collection pauses", 0, 0],
      ["G1 concurrent cycle pauses", 2, 3_500_000],
    ),
  });
  assert.deepEqual(rest, {
    heapUsedBytes: 51 * MIB,
    heapCommittedBytes: 114 * MIB,
    heapMaxBytes: 1024 * MIB,
    threads: { current: 40, daemon: 36, peak: 41, started: 55 },
    classes: { loaded: 7_200, unloaded: 12 },
    compilationMs: 8_500,
    runtime: {
      runtime: "OpenJDK 64-Bit Server VM",
      vendor: "Debian",
      version: "17.0.15+6-Debian-1deb12u1",
    },
  });
  assert.deepEqual(pools, [
    { name: "G1 Eden Space", usedBytes: 21 * MIB, committedBytes: 65 * MIB, maxBytes: null },
    { name: "G1 Survivor Space", usedBytes: 3 * MIB, committedBytes: 4 * MIB, maxBytes: null },
    { name: "G1 Old Gen", usedBytes: 27 * MIB, committedBytes: 45 * MIB, maxBytes: 1024 * MIB },
    { name: "Metaspace", usedBytes: 22 * MIB, committedBytes: 23 * MIB, maxBytes: 320 * MIB },
    { name: "Compressed Class Space", usedBytes: 3 * MIB, committedBytes: 4 * MIB, maxBytes: 256 * MIB },
  ]);
  assert.deepEqual(found, [
    { name: "G1 Young Generation", count: 5, pausedMs: 209 },
    { name: "G1 Old Generation", count: 0, pausedMs: 0 },
    { name: "G1 Concurrent GC", count: 2, pausedMs: 3.5 },
  ]);
});

/** -Xmx200m, as JDK 17 and 25 publish it. */
const YOUNG_AND_OLD = generations({
  "0": [0, 68_224 * 1024, 68_224 * 1024],
  "0.space.0": [1_654_792, 54_656 * 1024, 54_656 * 1024],
  "0.space.1": [0, 6_784 * 1024, 6_784 * 1024],
  "0.space.2": [0, 6_784 * 1024, 6_784 * 1024],
  "1": [0, 136_576 * 1024, 136_576 * 1024],
  "1.space.0": [32_409_752, 136_576 * 1024, 136_576 * 1024],
});

for (
  const [policy, words, names, beans] of [
    [
      "Copy:MSC",
      ["Serial young collection pauses", "Serial full collection pauses"],
      ["Eden Space", "Survivor Space", "Tenured Gen"],
      ["Copy", "MarkSweepCompact"],
    ],
    [
      "ParScav:MSC",
      ["Parallel young collection pauses", "Parallel full collection pauses"],
      ["PS Eden Space", "PS Survivor Space", "PS Old Gen"],
      ["PS Scavenge", "PS MarkSweep"],
    ],
  ] as const
) {
  Deno.test(`jvmReadingOf() adds the two generations of ${policy} up to the heap, and names what their beans name`, () => {
    const { heapMaxBytes, heapUsedBytes, pools, collectors: found } = reading({
      "sun.gc.policy.name": policy,
      ...YOUNG_AND_OLD,
      ...collectors([words[0], 2, 1e6], [words[1], 1, 2e6]),
    });
    assert.equal(heapMaxBytes, 200 * MIB);
    assert.equal(heapUsedBytes, 1_654_792 + 32_409_752);
    assert.deepEqual(pools.map(({ name }) => name).slice(0, 3), names);
    assert.equal(pools[1]?.committedBytes, 6_784 * 1024);
    assert.deepEqual(found.map(({ name }) => name), beans);
  });
}

Deno.test("jvmReadingOf() takes the greater of two generations that share the heap, and no time that is no pause", () => {
  const { heapMaxBytes, heapUsedBytes, collectors: found } = reading({
    ...generations({ "0": [0, 0, 0], "1": [0, 200 * MIB, 200 * MIB], "1.space.0": [33 * MIB, 0, 0] }),
    ...collectors(["Shenandoah partial", 0, 0], ["Shenandoah full", 66, 334e6]),
  });
  assert.deepEqual([heapMaxBytes, heapUsedBytes, found], [200 * MIB, 33 * MIB, []]);
});

Deno.test("jvmReadingOf() knows nothing of a JVM that publishes nothing", () => {
  const empty = jvmReadingOf(new Map());
  assert.deepEqual([empty.heapUsedBytes, empty.heapMaxBytes, empty.compilationMs], [null, null, null]);
  assert.deepEqual([empty.pools, empty.collectors], [[], []]);
});
