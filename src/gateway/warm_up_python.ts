/**
 * How is the way to Python's workers warmed up? By running workers: nothing else loads and compiles what starts one, feeds
 * it and reads from it. Their functions are Python's own, pickled by name, so that no program of ours is needed.
 *
 * What it saved a program with a Python function and one with a UDF: see `docs/BENCHMARKS.md`.
 * @module
 */

import { reasonOf } from "../errors.ts";
import type { ChildLauncher } from "../ports.ts";
import { isNotThere, Py4jJavaError } from "./py4j_error.ts";
import type { JavaReference } from "./py4j_value.ts";
import type { SparkInstallation } from "./spark_home.ts";
import type { JobSite } from "./warm_up_jobs.ts";
import { rowsFile } from "./warm_up_rows.ts";
import { drainServed } from "./warm_up_served.ts";

/** The Python that Spark's workers are to be. */
export interface WorkerPython {
  readonly path: string;
  /** Such as `3.11`: a worker refuses a function that was pickled by another. */
  readonly version: string;
}

/** What finding it needs. */
export interface PythonSearch {
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly children: ChildLauncher;
}

/** Interpreters behind version-manager shims were seen to take up to a second. */
const PYTHON_TIMEOUT_MS = 20_000;

/** The interpreter of Spark's workers: where nothing else is said, PySpark takes `python3`. */
export function workerProgram(
  { python }: Pick<SparkInstallation, "python">,
  env: Readonly<Record<string, string>>,
): string {
  return env.PYSPARK_PYTHON || python || "python3";
}

/** Asks the workers' interpreter for its version. @returns `null` when it cannot be run, or says nothing of the kind. */
export async function findWorkerPython(
  spark: Pick<SparkInstallation, "python">,
  { env, cwd, children }: PythonSearch,
): Promise<WorkerPython | null> {
  const path = workerProgram(spark, env);
  try {
    const words = ["-c", "import sys; print('%d.%d' % sys.version_info[:2])"];
    const { exit, stdout } = await children.run({ program: path, args: words, env, cwd }, PYTHON_TIMEOUT_MS);
    const version = new TextDecoder().decode(stdout).trim();
    return exit.code === 0 && /^\d+\.\d+$/.test(version) ? { path, version } : null;
  } catch {
    return null;
  }
}

/** Python's workers cannot be run here: nothing a gateway must be ended for, since many programs never need one. */
export class NoWorkersError extends Error {
  override readonly name = "NoWorkersError";
}

/**
 * `pickle.dumps(({}.get, None, s, s), 5)` with `s = NoOpSerializer()`: what a task of an RDD does. `{}.get(split, rows)`
 * has no such key and gives the rows back. The same bytes from 3.5.7 and 4.3.0.
 */
const SAME_ROWS = Uint8Array.fromBase64(
  "gAWVVgAAAAAAAAAojAhidWlsdGluc5SMB2dldGF0dHKUk5R9lIwDZ2V0lIaUUpROjBNweXNwYXJrLnNlcmlhbGl6ZXJzlIwOTm9PcFNlcmlhbGl6" +
    "ZXKUk5QpgZRoCnSULg==",
);

/** `pickle.dumps((operator.neg, LongType()), 5)`: a UDF's function and what it returns. */
const NEGATIVE = Uint8Array.fromBase64(
  "gAWVOwAAAAAAAACMCV9vcGVyYXRvcpSMA25lZ5STlIwRcHlzcGFyay5zcWwudHlwZXOUjAhMb25nVHlwZZSTlCmBlIaULg==",
);

const PYTHON = "org.apache.spark.api.python";

/** `PythonEvalType.SQL_BATCHED_UDF` and `SQL_ARROW_BATCHED_UDF` (`pyspark/util.py`). */
const BATCHED = 100;
const ARROW_BATCHED = 101;

/**
 * A function on an RDD, and a UDF the way this Spark runs one by default.
 * @throws {NoWorkersError} When there is no Python, or Spark cannot work with it.
 */
export async function pythonWorkers(site: JobSite): Promise<void> {
  if (site.worker === null) throw new NoWorkersError("there is no Python for them");
  try {
    await rdd(site, await functionOf(site, site.worker, SAME_ROWS));
    await udf(site, await functionOf(site, site.worker, NEGATIVE));
  } catch (error) {
    if (error instanceof Py4jJavaError && !isNotThere(error)) {
      throw new NoWorkersError(reasonOf(error), { cause: error });
    }
    throw error;
  }
}

/** As `pyspark.rdd._wrap_function` makes it, but without accumulators: those would need a server of Python's. */
async function functionOf(
  { bench }: JobSite,
  { path, version }: WorkerPython,
  pickled: Uint8Array,
): Promise<JavaReference> {
  const [environment, includes, broadcasts] = [
    await bench.make("java.util.HashMap"),
    await bench.make("java.util.ArrayList"),
    await bench.make("java.util.ArrayList"),
  ];
  return await bench.make(
    `${PYTHON}.SimplePythonFunction`,
    ...[pickled, environment, includes, path, version, broadcasts, null],
  );
}

async function rdd({ bench, session, dialer, files, folder }: JobSite, task: JavaReference): Promise<void> {
  const path = `${folder}/python-rows`;
  await files.writeAtomic(path, rowsFile());
  const read = await bench.get(`${PYTHON}.PythonRDD`, "readRDDFromFile", session.context, path, 2);
  const worked = await bench.make(`${PYTHON}.PythonRDD`, await bench.get(read, "rdd"), task, false, false);
  const values = await bench.get(await bench.get(worked, "asJavaRDD"), "rdd");
  await drainServed(bench, dialer, await bench.get(`${PYTHON}.PythonRDD`, "collectAndServe", values));
}

async function udf(site: JobSite, task: JavaReference): Promise<void> {
  const { bench, session, dialer } = site;
  const arrow = await bench.call(
    await bench.get(session.session, "conf"),
    "get",
    "spark.sql.execution.pythonUDF.arrow.enabled",
    "false",
  );
  const type = await bench.get("org.apache.spark.sql.types.DataType", "fromJson", '"long"');
  const words = ["neg", task, type, arrow === "true" ? ARROW_BATCHED : BATCHED, true] as const;
  const name = "org.apache.spark.sql.execution.python.UserDefinedPythonFunction";
  const negative = await bench.make(name, ...words).catch(async (error) => {
    if (!isNotThere(error)) throw error;
    // From 4.3 on, columns it is bound to and their names come last.
    return await bench.make(
      name,
      ...words,
      await bench.make("java.util.ArrayList"),
      await bench.make("java.util.ArrayList"),
    );
  });
  const id = await bench.get("org.apache.spark.sql.functions", "col", "id");
  const column = await bench.get(negative, "apply", await bench.seq(id));
  const range = await bench.get(session.session, "range", 0, 100, 1, 2);
  const groups = await bench.get(
    await bench.get(range, "select", await bench.seq(await bench.get(column, "as", "n"))),
    "groupBy",
    "n",
    await bench.seq(),
  );
  await drainServed(bench, dialer, await bench.get(await bench.get(groups, "count"), "collectToPython"));
}
