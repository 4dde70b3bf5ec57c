import assert from "node:assert/strict";
import fc from "fast-check";
import { GIB, MIB } from "../../../src/core/jvm_flags.ts";
import { firstHeapOf, renderPlan, sizeWordOf } from "../../../src/core/memory/plan_flags.ts";
import { SIZED_REGIONS } from "../../../src/core/memory/plan.ts";
import { bases, MACHINE, memoryOf, pinnedHeap } from "./memories.ts";

Deno.test("a plan becomes one flag for each region", () => {
  assert.deepEqual(renderPlan(memoryOf(MACHINE).plan), [
    "-Xmx1g",
    "-XX:MaxDirectMemorySize=256m",
    "-XX:MaxMetaspaceSize=512m",
    "-XX:ReservedCodeCacheSize=240m",
    "-XX:CompressedClassSpaceSize=256m",
    "-Xss1m",
  ]);
});

Deno.test("what the user has fixed is not said again, except for the heap", () => {
  const pins = { ...pinnedHeap(3000).pins, stack: { bytes: 640 * 1024, by: "-Xss" } };
  const flags = renderPlan(memoryOf(MACHINE, { pins }).plan);
  assert.equal(flags[0], "-Xmx3000m");
  assert.ok(!flags.some((flag) => flag.startsWith("-Xss")));
});

Deno.test("rendered flags are read as the sizes they were made from", () => {
  fc.assert(fc.property(bases, ([limit, wish]) => {
    const { plan } = memoryOf(limit, wish);
    const words = renderPlan(plan).map(sizeWordOf);
    assert.deepEqual(
      words.map((word) => word?.region),
      SIZED_REGIONS,
    );
    for (const word of words) {
      assert.ok(word !== null);
      const lost = plan[word.region].bytes - word.bytes;
      assert.ok(lost >= 0 && lost < 1024, `${word.region}: ${lost}`);
    }
  }));
});

Deno.test("every way to write a size is known, and nothing else", () => {
  const table: readonly (readonly [string, string, number])[] = [
    ["-Xmx2g", "heap", 2 * GIB],
    ["-XX:MaxHeapSize=1073741824", "heap", GIB],
    ["-XX:ThreadStackSize=2048", "stack", 2 * MIB],
    ["-Xss512k", "stack", MIB / 2],
    ["-XX:MaxMetaspaceSize=256M", "metaspace", 256 * MIB],
    ["-Xmaxjitcodesize64m", "codeCache", 64 * MIB],
  ];
  for (const [word, region, bytes] of table) assert.deepEqual(sizeWordOf(word), { region, bytes });
  for (
    const word of [
      "-Xms1g",
      "-Xmn1g",
      "-XX:MaxDirectMemorySize=0",
      "-XX:MaxRAMPercentage=50",
      "-Xmxlots",
      "2g",
    ]
  ) {
    assert.equal(sizeWordOf(word), null);
  }
  assert.deepEqual(["-Xms2g", "-XX:InitialHeapSize=64m", "-Xmx1g"].map(firstHeapOf), [
    2 * GIB,
    64 * MIB,
    null,
  ]);
});
