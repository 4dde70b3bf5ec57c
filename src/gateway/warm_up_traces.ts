/**
 * What a program would notice of a warm-up before it: must be as if there had been none.
 * @module
 */

import type { Files } from "../ports.ts";
import { Py4jJavaError } from "./py4j_error.ts";
import { sessionClass } from "./warm_up_session.ts";
import type { Workbench } from "./warm_up_session.ts";

/** What the JVM and its working folder look like, apart from contexts and sessions. */
export interface Traces {
  /** What every new context starts from, a line each: the system properties `spark.*`. Spark leaves out secrets. */
  readonly settings: readonly string[];
  /** The level of the root logger; `null` where Spark logs with something else than Log4j 2. */
  readonly logLevel: string | null;
  /** What of {@linkcode MADE_BY_SPARK} is in the working folder. */
  readonly names: readonly string[];
}

/** What a Spark makes in its working folder unless told otherwise. Other new names there are others' doing. */
const MADE_BY_SPARK = ["artifacts", "derby.log", "metastore_db", "spark-warehouse"];

/** Where to look. */
export interface TraceSite {
  readonly bench: Workbench;
  readonly files: Files;
  readonly cwd: string;
}

/** Looks. @throws {Error} When the gateway does not answer. */
export async function findTraces({ bench, files, cwd }: TraceSite): Promise<Traces> {
  const conf = await bench.make("org.apache.spark.SparkConf", true);
  return {
    settings: String(await bench.call(conf, "toDebugString")).split("\n"),
    logLevel: await logLevelOf(bench),
    names: (await files.list(cwd)).filter((name) => MADE_BY_SPARK.includes(name)),
  };
}

/**
 * Compares with how it was before the warm-up, and looks for a context and for sessions.
 * @throws {Error} Naming everything that is left; a setting by its name only.
 */
export async function checkTraces(site: TraceSite, before: Traces): Promise<void> {
  const after = await findTraces(site);
  const names = (lines: readonly string[], others: readonly string[]) =>
    lines.filter((line) => !others.includes(line)).map((line) => line.split("=")[0] ?? "");
  const settings = new Set([
    ...names(after.settings, before.settings),
    ...names(before.settings, after.settings),
  ]);
  const left = [
    ...await contextsLeft(site.bench),
    ...[...settings].map((name) => `the setting ${name}`),
    ...after.logLevel === before.logLevel ? [] : [`the log level ${after.logLevel} for ${before.logLevel}`],
    ...after.names.filter((name) => !before.names.includes(name)).map((name) =>
      `${name} in the working folder`
    ),
  ];
  if (left.length > 0) throw new Error(`it has left ${left.join(", ")}`);
}

async function contextsLeft(bench: Workbench): Promise<readonly string[]> {
  const sessions = await sessionClass(bench);
  const companion = await bench.companion("org.apache.spark.SparkContext");
  const places = [
    ["a context", await bench.get(companion, "getActive")],
    ["an active session", await bench.get(sessions, "getActiveSession")],
    ["a default session", await bench.get(sessions, "getDefaultSession")],
  ] as const;
  const left: string[] = [];
  for (const [what, option] of places) {
    if (await bench.call(option, "isDefined") !== false) left.push(what);
  }
  return left;
}

async function logLevelOf(bench: Workbench): Promise<string | null> {
  try {
    const root = await bench.get("org.apache.logging.log4j.LogManager", "getRootLogger");
    return String(await bench.call(await bench.get(root, "getLevel"), "toString"));
  } catch (error) {
    if (error instanceof Py4jJavaError) return null;
    throw error;
  }
}
