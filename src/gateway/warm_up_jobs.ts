/**
 * Which work makes a JVM warm? What PySpark asks of it in most programs, in small: the first of its kind loads and
 * compiles what all later ones use.
 *
 * What each took of processor time, cold and in this order, on Java 17 (PySpark 3.5.7, 4.3.0), in seconds:
 * sql 8.3, 9.0; show 2.1, 0.5; rows 0.3, 0.4; frame 1.9, 2.2; arrow 0.4, 0.4; parquet 2.7, 3.6; pairs 0.5, 0.7;
 * window 0.8, 1.1; explode 1.3, 4.0. Making the session took 2.0 and 5.9.
 * @module
 */

import { join } from "@std/path";
import type { Dialer, Files } from "../ports.ts";
import type { JavaReference } from "./py4j_value.ts";
import { pythonWorkers, type WorkerPython } from "./warm_up_python.ts";
import { pairsFile, ROWS_SCHEMA, rowsFile } from "./warm_up_rows.ts";
import { drainServed } from "./warm_up_served.ts";
import type { WarmSession, Workbench } from "./warm_up_session.ts";
import { warmUi } from "./warm_up_ui.ts";

/** What a job works with. */
export interface JobSite {
  readonly bench: Workbench;
  readonly session: WarmSession;
  readonly dialer: Dialer;
  readonly files: Files;
  /** For files of the warm-up, which is there. */
  readonly folder: string;
  readonly worker: WorkerPython | null;
}

/** One kind of work. @throws {Error} When Spark cannot do it. */
export type Job = (site: JobSite) => Promise<void>;

/** Every job, in the order of their doing. */
export const JOBS: Readonly<Record<string, Job>> = {
  sql: (site) =>
    query(
      site,
      "select a.id % 7 k, count(*) c, sum(b.id) s from range(1000) a " +
        "join (select id from range(100)) b on a.id % 100 = b.id where a.id > 3 group by 1 order by 1",
    ),
  show,
  rows,
  frame,
  arrow,
  parquet,
  pairs,
  ui: ({ bench, session }) => warmUi(bench, session),
  workers,
  python: pythonWorkers,
  window: (site) =>
    query(
      site,
      "select k, id, row_number() over (partition by k order by id desc) r, sum(id) over (partition by k) s " +
        "from (select id, id % 7 k from range(1000)) order by r, k limit 20",
    ),
  explode: (site) =>
    query(
      site,
      "select word, count(distinct id) n from (select id, " +
        "explode(split(concat_ws(' ', 'a', upper(cast(id as string))), ' ')) word from range(200)) " +
        "where word like 'a%' or word is not null group by word having count(*) > 0 order by n desc, word limit 10",
    ),
};

const FUNCTIONS = "org.apache.spark.sql.functions";
const PYTHON_RDD = "org.apache.spark.api.python.PythonRDD";
const SERIALIZATION = "org.apache.spark.api.python.SerDeUtil";

/** `collect()` of Python. */
async function collect({ bench, dialer }: JobSite, frame: JavaReference): Promise<void> {
  await drainServed(bench, dialer, await bench.get(frame, "collectToPython"));
}

async function query(site: JobSite, text: string): Promise<void> {
  await collect(site, await site.bench.get(site.session.session, "sql", text));
}

/** `range(1000)` with a column of that name. */
async function numbers({ bench, session }: JobSite, name: string, expression: string) {
  const range = await bench.get(session.session, "range", 0, 1000, 1, 2);
  return await bench.get(range, "withColumn", name, await bench.get(FUNCTIONS, "expr", expression));
}

/** `show()`: its 20 rows, 20 characters a cell, not one below the other. */
async function show({ bench, session }: JobSite): Promise<void> {
  const text = "select id, cast(id as string) s, id / 3 d from range(30)";
  await bench.call(await bench.get(session.session, "sql", text), "showString", 20, 20, false);
}

/** `createDataFrame` of a list: PySpark hands pickled rows over in a file. */
async function localRows({ bench, session, files, folder }: JobSite): Promise<JavaReference> {
  const path = join(folder, "rows");
  await files.writeAtomic(path, rowsFile());
  const pickled = await bench.get(PYTHON_RDD, "readRDDFromFile", session.context, path, 2);
  const objects = await bench.get(SERIALIZATION, "pythonToJava", pickled, true);
  const arrays = await bench.get(SERIALIZATION, "toJavaArray", objects);
  return await bench.get(
    session.session,
    "applySchemaToPythonRDD",
    await bench.get(arrays, "rdd"),
    ROWS_SCHEMA,
  );
}

async function rows(site: JobSite): Promise<void> {
  await collect(site, await localRows(site));
}

/** A join and an aggregate in calls instead of SQL, as most programs have it: the way through Py4J counts too. */
async function frame(site: JobSite): Promise<void> {
  const { bench } = site;
  const column = (name: string) => bench.get(FUNCTIONS, "col", name);
  const id = await column("id");
  const orders = await bench.get(
    await numbers(site, "k", "id % 7"),
    "select",
    await bench.seq(id, await column("k")),
  );
  const joined = await bench.get(orders, "join", await localRows(site), await bench.seq("k"), "inner");
  const groups = await bench.get(joined, "groupBy", await bench.seq(await column("name")));
  const counts = await bench.seq(await bench.get(FUNCTIONS, "count", "*"));
  const sums = await bench.get(groups, "agg", await bench.get(FUNCTIONS, "sum", id), counts);
  await collect(site, await bench.get(sums, "orderBy", await bench.seq(await column("name"))));
}

/** `toPandas()` with Arrow. */
async function arrow(site: JobSite): Promise<void> {
  const { bench, dialer } = site;
  const squares = await numbers(site, "square", "id * id");
  await drainServed(bench, dialer, await bench.get(squares, "collectAsArrowToPython"));
}

async function parquet(site: JobSite): Promise<void> {
  const { bench, session, folder } = site;
  const path = join(folder, "table");
  await bench.call(await bench.get(await numbers(site, "k", "id % 7"), "write"), "parquet", path);
  const reader = await bench.get(session.session, "read");
  const table = await bench.get(reader, "parquet", await bench.seq(path));
  const some = await bench.get(table, "where", "k > 2");
  const groups = await bench.get(some, "groupBy", await bench.seq(await bench.get(FUNCTIONS, "col", "k")));
  await collect(site, await bench.get(groups, "count"));
}

/** The shuffle of `reduceByKey` and its kind: pairs of a number and what Python has pickled. */
async function pairs({ bench, session, dialer, files, folder }: JobSite): Promise<void> {
  const path = join(folder, "pairs");
  await files.writeAtomic(path, pairsFile());
  const read = await bench.get(PYTHON_RDD, "readRDDFromFile", session.context, path, 1);
  const paired = await bench.make("org.apache.spark.api.python.PairwiseRDD", await bench.get(read, "rdd"));
  // The second number stands for the Python function that tells where a key belongs.
  const partitioner = await bench.make("org.apache.spark.api.python.PythonPartitioner", 2, 1n);
  const shuffled = await bench.get(await bench.get(paired, "asJavaPairRDD"), "partitionBy", partitioner);
  const values = await bench.get(PYTHON_RDD, "valueOfPair", shuffled);
  await drainServed(
    bench,
    dialer,
    await bench.get(PYTHON_RDD, "collectAndServe", await bench.get(values, "rdd")),
  );
}

/**
 * What Spark loads for the first Python function and the first UDF, loaded without running one: a look-up loads and
 * initializes a class, and is harmless where there is none of that name.
 */
async function workers({ bench }: JobSite): Promise<void> {
  const places = {
    "org.apache.spark.api.python": [
      ...["BasePythonRunner$MonitorThread", "BasePythonRunner$ReaderIterator", "BasePythonRunner$Writer"],
      ...[
        "BasePythonRunner$WriterThread",
        "ChainedPythonFunctions",
        "PythonAccumulatorV2",
        "PythonEvalType$",
      ],
      ...["PythonException", "PythonRDD", "PythonRDD$", "PythonRunner", "PythonRunner$", "PythonUtils$"],
      ...["PythonWorkerFactory", "PythonWorkerFactory$MonitorThread", "PythonWorkerUtils$"],
      ...["SimplePythonFunction", "SpecialLengths$"],
    ],
    "org.apache.spark.sql.execution.python": [
      ...["ArrowEvalPythonExec", "ArrowEvalPythonEvaluatorFactory", "ArrowPythonWithNamedArgumentRunner"],
      ...["BatchEvalPythonExec", "BatchEvalPythonEvaluatorFactory", "BatchEvalPythonUDFRunner"],
      ...["EvalPythonExec$ArgumentMetadata", "ExtractPythonUDFs$", "HybridRowQueue$", "PythonSQLMetrics$"],
      ...["PythonUDFRunner", "PythonUDFRunner$", "UserDefinedPythonFunction"],
    ],
  };
  for (const [place, names] of Object.entries(places)) {
    for (const name of names) await bench.client.findClass(`${place}.${name}`, bench);
  }
}
