/**
 * What does a start with these settings begin from? Found once, for every check.
 * @module
 */

import { join } from "@std/path";
import { nextStart } from "../cli/plan_source.ts";
import type { PlanSource } from "../cli/plan_source.ts";
import type { CommandContext } from "../cli/context.ts";
import { explainLog } from "../core/diagnosis/explain.ts";
import type { ConfigurationFacts } from "../core/doctor/configuration.ts";
import { effectiveSettings } from "../core/doctor/settings.ts";
import type { SparkSettings } from "../core/doctor/settings.ts";
import { UserError } from "../errors.ts";
import { GatewayCommand, sparkWordsOf } from "../gateway/command.ts";
import type { LauncherAnswer } from "../gateway/command.ts";
import { ownJavaHomes } from "../gateway/installation.ts";
import { findJava } from "../gateway/java_home.ts";
import type { JavaInstallation, JavaRequest } from "../gateway/java_home.ts";
import { findSpark } from "../gateway/spark_home.ts";
import type { SparkInstallation } from "../gateway/spark_home.ts";

/** Why something that was named cannot be used. */
export interface Refusal {
  readonly what: string;
  readonly fix: string;
}

/** Everything that more than one check asks for. */
export interface Surroundings {
  readonly context: CommandContext;
  readonly spark: SparkInstallation | null;
  readonly sparkRefusal: Refusal | null;
  readonly java: JavaInstallation | null;
  readonly javaRefusal: Refusal | null;
  readonly javaRequest: JavaRequest;
  /** The environment after `conf/spark-env.sh`, or the caller's own. */
  readonly env: Readonly<Record<string, string>>;
  readonly answer: LauncherAnswer | null;
  readonly refusal: ConfigurationFacts["refusal"];
  readonly settings: SparkSettings;
  readonly master: string;
  readonly plan: PlanSource;
}

/** Looks. Installs nothing, and starts nothing but Spark's launcher and `python`. */
export async function findSurroundings(context: CommandContext): Promise<Surroundings> {
  const { settings, env, cwd, own, runtime } = context;
  const search = { ...settings, env, cwd, ownPython: join(own.ownEnvironment, "bin/python") };
  const [spark, sparkRefusal] = await refusable(findSpark(search, runtime));
  const javaRequest: JavaRequest = {
    ...search,
    sparkVersion: spark?.version ?? "4",
    ownHomes: await ownJavaHomes(own, runtime),
  };
  const [java, javaRefusal] = await refusable(findJava(javaRequest, runtime));
  const plan = nextStart(context);
  const outcome = spark === null || java === null
    ? null
    : await new GatewayCommand({ spark, java, ...settings, env, cwd }, runtime).prepare();
  const answer = outcome?.kind === "ready" ? outcome.answer : null;
  const { text, file } = await defaultsOf(spark, answer, context);
  // Where the launcher gives no answer, what it was asked for is all there is.
  const words = answer === null ? settings.conf.flatMap((pair) => ["--conf", pair]) : sparkWordsOf(answer);
  const effective = effectiveSettings(words, { defaults: text, file });
  return {
    ...{ context, spark, sparkRefusal, java, javaRefusal, javaRequest, answer },
    env: answer?.env ?? env,
    refusal: outcome?.kind === "failed" ? refusalOf(outcome.stderr) : null,
    settings: effective,
    master: effective["spark.master"]?.value ?? answer?.env.MASTER ?? env.MASTER ?? "local[*]",
    plan: await plan,
  };
}

async function refusable<T>(work: Promise<T | null>): Promise<readonly [T | null, Refusal | null]> {
  try {
    return [await work, null];
  } catch (error) {
    if (error instanceof UserError) return [null, { what: error.message, fix: error.hint }];
    throw error;
  }
}

/** The file that spark-submit reads, and its text: the one it is given, or `spark-defaults.conf`. */
export async function defaultsOf(
  spark: SparkInstallation | null,
  answer: LauncherAnswer | null,
  { env, runtime: { files } }: CommandContext,
): Promise<{ readonly text: string; readonly file: string }> {
  const words = answer === null ? [] : sparkWordsOf(answer);
  const named = words[words.lastIndexOf("--properties-file") + 1];
  const given = words.includes("--properties-file") && named !== undefined ? named : null;
  const folder = answer?.env.SPARK_CONF_DIR || env.SPARK_CONF_DIR || join(spark?.home ?? "", "conf");
  const file = given ?? join(folder, "spark-defaults.conf");
  return { text: await files.readText(file).catch(() => ""), file };
}

function refusalOf(stderr: string): NonNullable<ConfigurationFacts["refusal"]> {
  const lines = stderr.split("\n").map((text, at) => ({ number: at + 1, text }));
  const { class: cause, summary, remedy, evidence } = explainLog(lines);
  const last = lines.findLast(({ text }) => text.trim() !== "");
  const line = (evidence[0] ?? last)?.text.trim() ?? "it said nothing";
  // To a reader of logs an error of the launcher looks like one of any program.
  if (cause !== "unknown" && cause !== "user-code-error") return { class: cause, summary, remedy, line };
  return {
    class: "unknown",
    summary: "The launcher makes the gateway's command: without it there is none.",
    remedy: "Correct what it says; another finding here may be its cause",
    line,
  };
}
