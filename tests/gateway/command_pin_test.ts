import assert from "node:assert/strict";
import { GIB, MIB } from "../../src/core/jvm_flags.ts";
import type { Pin } from "../../src/core/memory/plan.ts";
import { findPins } from "../../src/gateway/pins.ts";

/** The words before the main class, the environment, and what the user gave with `--conf`. */
interface Case {
  readonly words?: readonly string[];
  readonly env?: Record<string, string>;
  readonly conf?: readonly string[];
  readonly pin: Pin | null;
}

const CONFIGURED = "spark.driver.memory in Spark's configuration";
const CASES: Readonly<Record<string, Case>> = {
  "nothing is set": { words: ["-Xmx1048576k"], pin: null },
  "there is no heap among the words at all": { words: ["-Dx=y"], pin: null },
  "spark-defaults.conf sets it": { words: ["-Xmx3g"], pin: { bytes: 3 * GIB, by: CONFIGURED } },
  "it is set to what is Spark's default": { words: ["-Xmx1g"], pin: { bytes: GIB, by: CONFIGURED } },
  "--conf sets it": {
    words: ["-Xmx1536m"],
    conf: ["a=b", "spark.driver.memory=1536m"],
    pin: { bytes: 1536 * MIB, by: "--conf spark.driver.memory" },
  },
  "--conf sets something whose name begins like it": {
    words: ["-Xmx2g"],
    conf: ["spark.driver.memoryOverhead=1g"],
    pin: { bytes: 2 * GIB, by: CONFIGURED },
  },
  "SPARK_DRIVER_MEMORY sets it": {
    words: ["-Xmx4g"],
    env: { SPARK_DRIVER_MEMORY: "4g" },
    pin: { bytes: 4 * GIB, by: "SPARK_DRIVER_MEMORY" },
  },
  "SPARK_MEM sets it": {
    words: ["-Xmx5g"],
    env: { SPARK_MEM: "5g" },
    pin: { bytes: 5 * GIB, by: "SPARK_MEM" },
  },
  "a variable is set, but the configuration wins": {
    words: ["-Xmx3g"],
    env: { SPARK_DRIVER_MEMORY: "4g", SPARK_MEM: "5g" },
    pin: { bytes: 3 * GIB, by: CONFIGURED },
  },
  "the driver's Java options set it, which come after": {
    words: ["-Xmx1048576k", "-XX:MaxHeapSize=6g"],
    pin: { bytes: 6 * GIB, by: "-XX:MaxHeapSize in the driver's Java options" },
  },
  "conf/java-opts sets it in vain, because the default comes after": {
    words: ["-Xmx6g", "-Xmx1048576k"],
    pin: null,
  },
  "_JAVA_OPTIONS sets it, which the JVM reads last": {
    words: ["-Xmx3g"],
    env: { _JAVA_OPTIONS: "-Dx=y -Xmx700m" },
    conf: ["spark.driver.memory=3g"],
    pin: { bytes: 700 * MIB, by: "-Xmx in _JAVA_OPTIONS" },
  },
  "_JAVA_OPTIONS says nothing of it": {
    words: ["-Xmx1048576k"],
    env: { _JAVA_OPTIONS: "-Xlog:gc -Xms1g" },
    pin: null,
  },
  "JAVA_TOOL_OPTIONS sets it in vain, because the command line comes after": {
    words: ["-Xmx1048576k"],
    env: { JAVA_TOOL_OPTIONS: "-Xmx9g" },
    pin: null,
  },
};

for (const [name, { words = [], env = {}, conf = [], pin }] of Object.entries(CASES)) {
  Deno.test(`findPins() finds ${pin === null ? "no heap" : pin.by} when ${name}`, () => {
    const argv = ["java", "-cp", "x", ...words, "org.apache.spark.deploy.SparkSubmit", "-Xmx99g"];
    assert.deepEqual(findPins({ argv, env }, conf).heap ?? null, pin);
  });
}

Deno.test("findPins() finds every size that is fixed, and where the JVM reads it last", () => {
  const argv = [
    "java",
    "-Xmx1048576k",
    "-XX:MaxMetaspaceSize=300m",
    "-Xss4m",
    "org.apache.spark.deploy.SparkSubmit",
  ];
  const env = {
    JAVA_TOOL_OPTIONS: "-XX:MaxMetaspaceSize=100m -XX:MaxDirectMemorySize=2g -Xmx9g",
    JDK_JAVA_OPTIONS: "-XX:ReservedCodeCacheSize=64m",
    _JAVA_OPTIONS: "-XX:ThreadStackSize=2048",
  };
  assert.deepEqual(findPins({ argv, env }, []), {
    metaspace: { bytes: 300 * MIB, by: "-XX:MaxMetaspaceSize in the driver's Java options" },
    direct: { bytes: 2 * GIB, by: "-XX:MaxDirectMemorySize in JAVA_TOOL_OPTIONS" },
    codeCache: { bytes: 64 * MIB, by: "-XX:ReservedCodeCacheSize in JDK_JAVA_OPTIONS" },
    stack: { bytes: 2 * MIB, by: "-XX:ThreadStackSize in _JAVA_OPTIONS" },
  });
});
