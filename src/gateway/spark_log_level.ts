/**
 * From which level on does Spark log, and how is that changed while it runs?
 * @module
 */

import type { Dialer } from "../ports.ts";
import { Py4jClient } from "./py4j.ts";
import { isReference } from "./py4j_value.ts";
import { Workbench } from "./warm_up_session.ts";

/** The levels of Log4j 2, most talkative first: what `SparkContext.setLogLevel` takes. */
export const SPARK_LOG_LEVELS = ["ALL", "TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL", "OFF"] as const;

/** One of {@linkcode SPARK_LOG_LEVELS}. */
export type SparkLogLevel = (typeof SPARK_LOG_LEVELS)[number];

/** The way to the gateway. */
export interface LogLevelOptions {
  readonly dialer: Dialer;
  readonly port: number;
  readonly secret: string;
  readonly signal: AbortSignal;
}

/**
 * Sets the level, as `SparkContext.setLogLevel` does, but without a context.
 * @returns The level before.
 * @throws {Error} When the gateway does not answer, or logs with something else than Log4j 2.
 */
export async function setSparkLogLevel(
  level: SparkLogLevel,
  options: LogLevelOptions,
): Promise<SparkLogLevel> {
  using client = await Py4jClient.connect(options);
  await using bench = new Workbench(client, options.signal);
  const before = await effectiveLevel(bench);
  const wanted = await bench.get("org.apache.logging.log4j.Level", "valueOf", level);
  await bench.call(await bench.companion("org.apache.spark.util.Utils"), "setLogLevel", wanted);
  return before;
}

/**
 * A gateway is an interpreter to Spark, which then filters its console by a threshold above the root logger's level
 * until a level is set (`Logging.initializeLogging`, `Utils.setLogLevel`). Whoever sets this level back sees the same.
 */
async function effectiveLevel(bench: Workbench): Promise<SparkLogLevel> {
  const logging = await bench.companion("org.apache.spark.internal.Logging");
  const threshold = await bench.call(logging, "sparkShellThresholdLevel");
  const root = await bench.get("org.apache.logging.log4j.LogManager", "getRootLogger");
  const level = isReference(threshold) ? threshold : await bench.get(root, "getLevel");
  const name = await bench.call(level, "toString");
  const known = SPARK_LOG_LEVELS.find((each) => each === name);
  if (known === undefined) throw new Error(`Log4j has a level of its own: ${String(name)}`);
  return known;
}
