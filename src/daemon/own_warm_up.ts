/**
 * Which program of the user's warms gateways up, and what is it given?
 * @module
 */

import { resolve } from "@std/path";
import type { OwnWarmUp } from "../gateway/own_warm_up.ts";
import { scrub } from "../gateway/scrub.ts";
import type { SparkInstallation } from "../gateway/spark_home.ts";
import { OWNER_VARIABLE } from "../gateway/start.ts";
import { workerProgram } from "../gateway/warm_up_python.ts";
import type { DaemonOptions } from "./assembly.ts";

/** The program that was named, or `null`. Spark's workers must run its Python. */
export function ownWarmUpOf(
  { settings: { warmUp }, env, cwd }: Pick<DaemonOptions, "settings" | "env" | "cwd">,
  { spark, owner, isMissed }: Pick<OwnWarmUp, "isMissed"> & {
    readonly spark: SparkInstallation;
    readonly owner: string;
  },
): OwnWarmUp | null {
  if (warmUp === null) return null;
  const python = workerProgram(spark, env);
  const own = { PYSPARK_PYTHON: python, SPARK_HOME: spark.home, [OWNER_VARIABLE]: owner };
  return { python, path: resolve(cwd, warmUp), cwd, env: { ...scrub(env), ...own }, isMissed };
}
