/**
 * How is a Python program started on a gateway? As Spark's `PythonRunner` starts one, and `bin/pyspark` the shell.
 * @module
 */

import { splitOptions } from "../jvm_flags.ts";

/** What `PythonRunner` reads in its JVM. */
export interface RunnerFacts {
  /** Spark's own part of the path, as it puts it together itself. */
  readonly sparkPythonPath: string;
  /** `spark.pyspark.driver.python` and `spark.pyspark.python`. */
  readonly driverPython: string | null;
  readonly workerPython: string | null;
  /** `spark.driver.cores`, unless `OMP_NUM_THREADS` is set for the cluster's manager. */
  readonly ompThreads: string | null;
  readonly master: string | null;
  /** `spark.submit.pyFiles`: absolute paths. */
  readonly pyFiles: readonly string[];
}

/** A program and its environment. */
export interface ProgramStart {
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** What the program is, on which Spark. */
export interface PythonRequest {
  readonly path: string;
  readonly args: readonly string[];
  /** What of the files for Python belongs on the path: archives as they are, modules in a folder of their own. */
  readonly pathElements: readonly string[];
  /** From 4.0 on the master is told to the program as well. */
  readonly sparkVersion: string;
}

/** The program as `PythonRunner` starts it; what it writes to standard error goes to standard output as well. */
export function pythonProgram(
  env: Readonly<Record<string, string>>,
  facts: RunnerFacts,
  { path, args, pathElements, sparkVersion }: PythonRequest,
): ProgramStart {
  const python = facts.driverPython ?? facts.workerPython ??
    (env.PYSPARK_DRIVER_PYTHON || env.PYSPARK_PYTHON ||
      "python3");
  const tellsMaster = facts.master !== null && Number.parseInt(sparkVersion) >= 4;
  return {
    // A process has no other way to be started with one stream for both.
    command: ["sh", "-c", 'exec "$@" 2>&1', "sh", python, pathOf(path), ...args],
    env: {
      ...env,
      PYTHONPATH: joinPaths([...pathElements, facts.sparkPythonPath, env.PYTHONPATH ?? ""]),
      PYTHONUNBUFFERED: "YES",
      PYTHONHASHSEED: "0",
      ...(tellsMaster ? { MASTER: facts.master } : {}),
      ...(facts.workerPython === null ? {} : { PYSPARK_PYTHON: facts.workerPython }),
      ...(facts.ompThreads === null ? {} : { OMP_NUM_THREADS: facts.ompThreads }),
    },
  };
}

/** The shell as `bin/pyspark` starts it. */
export function shellProgram(
  env: Readonly<Record<string, string>>,
  facts: RunnerFacts,
  { sparkHome, py4jZip }: { readonly sparkHome: string; readonly py4jZip: string },
): ProgramStart {
  const workers = facts.workerPython ?? (env.PYSPARK_PYTHON || "python3");
  const python = facts.driverPython ?? facts.workerPython ?? (env.PYSPARK_DRIVER_PYTHON || workers);
  return {
    command: [python, ...splitOptions(env.PYSPARK_DRIVER_PYTHON_OPTS ?? "")],
    env: {
      ...env,
      PYSPARK_PYTHON: workers,
      PYSPARK_DRIVER_PYTHON: python,
      PYTHONPATH: joinPaths([py4jZip, `${sparkHome}/python/`, env.PYTHONPATH ?? ""]),
      PYTHONHASHSEED: "0",
      OLD_PYTHONSTARTUP: env.PYTHONSTARTUP ?? "",
      PYTHONSTARTUP: `${sparkHome}/python/pyspark/shell.py`,
      // The gateway is classic Spark's; a build that connects by default would start a server of its own.
      SPARK_CONNECT_MODE: "0",
    },
  };
}

/** `file:///a/b.py` is `/a/b.py`. */
function pathOf(resource: string): string {
  return resource.replace(/^(?:file|local):(?:\/\/)?/, "");
}

function joinPaths(paths: readonly string[]): string {
  return paths.filter((path) => path !== "").join(":");
}
