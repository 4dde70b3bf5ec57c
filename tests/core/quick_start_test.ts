import assert from "node:assert/strict";
import { quickStartFlags } from "../../src/core/quick_start.ts";
import type { QuickStart } from "../../src/core/quick_start.ts";

const LATER = [
  "-XX:CompileThresholdScaling=3",
  "-XX:Tier4InvocationThreshold=20000",
  "-XX:Tier4MinInvocationThreshold=2400",
  "-XX:Tier4CompileThreshold=60000",
  "-XX:Tier4BackEdgeThreshold=160000",
];
const NO_BEANS = "-Dlog4j2.disableJmx=true";
/** Somebody waits, on a small machine. */
const AWAITED: QuickStart = { words: [], javaMajor: 17, awaitedOn: 2 };

Deno.test("quickStartFlags() has code compiled later where somebody waits and the compilers have no processor of their own", () => {
  for (const awaitedOn of [1, 2]) {
    assert.deepEqual(quickStartFlags({ ...AWAITED, awaitedOn }), [...LATER, NO_BEANS]);
  }
  for (const awaitedOn of [null, 3, 64]) {
    assert.deepEqual(quickStartFlags({ ...AWAITED, awaitedOn }), [NO_BEANS]);
  }
  for (const javaMajor of [8, 11]) {
    assert.deepEqual(quickStartFlags({ ...AWAITED, javaMajor }), [NO_BEANS]);
  }
});

Deno.test("quickStartFlags() leaves it to the user who says when code is compiled", () => {
  for (
    const word of [
      ...["-Xint", "-Xcomp", "-XX:CompileThresholdScaling=1", "-XX:CompileThreshold=100"],
      ...["-XX:Tier4InvocationThreshold=1", "-XX:-TieredCompilation", "-XX:TieredStopAtLevel=1"],
      "-XX:AOTCache=/x.aot",
    ]
  ) {
    assert.deepEqual(quickStartFlags({ ...AWAITED, words: ["-Dx=y", word] }), [NO_BEANS], word);
  }
  for (const word of ["-Xint2", "-Dx=-Xint", "-XX:+PrintCompilation", "-XX:CompileCommand=quiet"]) {
    assert.deepEqual(quickStartFlags({ ...AWAITED, words: [word] }), [...LATER, NO_BEANS], word);
  }
});

Deno.test("quickStartFlags() leaves Log4j's beans to whoever may look at them", () => {
  for (
    const word of [
      ...[
        "-Dlog4j2.disableJmx=false",
        "-Dlog4j2.disable.jmx=false",
        "-Dcom.sun.management.jmxremote.port=9010",
      ],
      ...["-Dcom.sun.management.jmxremote", "-javaagent:/opt/jmx_exporter.jar=9404"],
    ]
  ) {
    assert.deepEqual(quickStartFlags({ ...AWAITED, words: [word] }), [...LATER], word);
  }
  assert.deepEqual(quickStartFlags({ ...AWAITED, words: ["-Dlog4j2.level=INFO"] }), [...LATER, NO_BEANS]);
});
