/**
 * What does Spark's `PythonRunner` know in its JVM that a program beside it has to be started with?
 * @module
 */

import type { RunnerFacts } from "../core/submit/python_program.ts";
import type { Dialer } from "../ports.ts";
import { Py4jClient } from "./py4j.ts";

/** The way to the gateway. */
export interface RunnerOptions {
  readonly dialer: Dialer;
  readonly port: number;
  readonly secret: string;
  readonly signal: AbortSignal;
}

/** What is to be set first: properties, and the name of an application that has been given none. */
export interface RunnerSettings {
  readonly properties: ReadonlyMap<string, string>;
  /** `null` leaves it without one. */
  readonly defaultName: string | null;
}

/** The name that SparkSubmit gives an application without one, when it starts a gateway for Python. */
const NAMELESS = "pyspark-shell";
const OMP_ELSEWHERE = [
  "spark.yarn.appMasterEnv.OMP_NUM_THREADS",
  "spark.kubernetes.driverEnv.OMP_NUM_THREADS",
];

/**
 * Sets what the command line asks for, where SparkSubmit would have set it, and reads what its runner reads.
 * @throws {Error} When the gateway does not answer.
 */
export async function prepareRunner(
  options: RunnerOptions,
  { properties, defaultName }: RunnerSettings,
): Promise<RunnerFacts> {
  using client = await Py4jClient.connect(options);
  const set = (key: string, value: string) =>
    client.call("java.lang.System", "setProperty", { ...options, args: [key, value] });
  const get = async (key: string) => {
    const value = await client.call("java.lang.System", "getProperty", { ...options, args: [key] });
    return typeof value === "string" && value !== "" ? value : null;
  };
  for (const [key, value] of properties) await set(key, value);
  if (defaultName !== null && !properties.has("spark.app.name") && await get("spark.app.name") === NAMELESS) {
    await set("spark.app.name", defaultName);
  }
  const isElsewhere = (await Promise.all(OMP_ELSEWHERE.map(get))).some((value) => value !== null);
  return {
    sparkPythonPath: String(
      await client.call("org.apache.spark.api.python.PythonUtils", "sparkPythonPath", options),
    ),
    driverPython: await get("spark.pyspark.driver.python"),
    workerPython: await get("spark.pyspark.python"),
    ompThreads: isElsewhere ? null : await get("spark.driver.cores"),
    master: await get("spark.master"),
    pyFiles: (await get("spark.submit.pyFiles") ?? "").split(",").filter((path) => path !== ""),
  };
}
