/**
 * Which sizes do Spark's or Java's own settings fix, and where do they?
 * @module
 */

import { splitOptions } from "../core/jvm_flags.ts";
import { sizeWordOf } from "../core/memory/plan_flags.ts";
import type { Pin, Pins } from "../core/memory/plan.ts";
import type { SizedRegion } from "../core/memory/region.ts";
import { jvmWordsOf, UNSET_HEAP } from "./command.ts";
import type { LauncherAnswer } from "./command.ts";

/** Every size that is fixed, and where. The last place that the JVM reads wins, as it does in the JVM. */
export function findPins(answer: LauncherAnswer, conf: readonly string[]): Pins {
  const { env } = answer;
  const pins: Partial<Record<SizedRegion, Pin>> = {};
  const take = (words: readonly string[], nameOf: (word: string, region: SizedRegion) => string) => {
    for (const word of words) {
      const size = sizeWordOf(word);
      // Spark's default counts for nothing, and makes nothing of what stands before it.
      if (word === `-Xmx${UNSET_HEAP}`) delete pins.heap;
      else if (size !== null) pins[size.region] = { bytes: size.bytes, by: nameOf(word, size.region) };
    }
  };
  const inVariable = (name: string) => {
    const words = splitOptions(env[name] ?? "");
    take(words, (word) => `${flagOf(word)} in ${name}`);
  };
  // Read before the command line, which always holds a heap of Spark's.
  inVariable("JAVA_TOOL_OPTIONS");
  inVariable("JDK_JAVA_OPTIONS");
  delete pins.heap;
  take(
    jvmWordsOf(answer),
    (word, region) => region === "heap" ? heapPlace(word, env, conf) : optionPlace(word),
  );
  // Read after the command line, so that it wins over everything.
  inVariable("_JAVA_OPTIONS");
  return pins;
}

/** The launcher refuses -Xmx among the driver's options, and nothing else; what it adds stands before them. */
function heapPlace(word: string, env: LauncherAnswer["env"], conf: readonly string[]): string {
  if (word.startsWith("-XX:")) return optionPlace(word);
  if (conf.some((pair) => pair.startsWith("spark.driver.memory="))) return "--conf spark.driver.memory";
  const variable = ["SPARK_DRIVER_MEMORY", "SPARK_MEM"].find((name) => word === `-Xmx${env[name]}`);
  return variable ?? "spark.driver.memory in Spark's configuration";
}

function optionPlace(word: string): string {
  return `${flagOf(word)} in the driver's Java options`;
}

/** A flag without its size: `-XX:MaxMetaspaceSize`, `-Xss`. */
function flagOf(word: string): string {
  return /^(?:-XX:\w+|-Xmaxjitcodesize|-X?[a-z]+)/.exec(word)?.[0] ?? word;
}
