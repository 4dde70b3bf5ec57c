/**
 * How do `submit` and `shell` run a program with `spark-submit`'s options? On the running daemon's gateway when that
 * can still be given them, on one of their own otherwise.
 * @module
 */

import { join } from "@std/path";
import type { Status } from "../api/status.ts";
import { lateOptions } from "../core/submit/late_options.ts";
import type { ProgramStart, RunnerFacts } from "../core/submit/python_program.ts";
import { optionWords } from "../core/submit/submit_line.ts";
import type { SubmitOption } from "../core/submit/submit_line.ts";
import { differingVariable, parseEnviron } from "../core/submit/start_variables.ts";
import { joinOptions } from "../core/submit/words.ts";
import { EXIT, reasonOf, UserError } from "../errors.ts";
import { prepareRunner } from "../gateway/python_runner.ts";
import { sparkEnvChanges } from "../gateway/spark_env.ts";
import { secretsOf } from "../incident/redaction/known_secrets.ts";
import { findDaemon } from "./client.ts";
import { installationOf } from "./context.ts";
import type { CommandContext } from "./context.ts";
import { exec } from "./exec.ts";
import type { Ready } from "./exec.ts";
import type { ProgressView } from "./progress.ts";
import { startingFlags } from "./starting_flags.ts";

/** A command's surroundings, with the Spark that it is about. */
export interface SparkGround {
  readonly context: CommandContext;
  readonly spark: { readonly home: string; readonly version: string };
}

/** What to run. */
export interface SparkProgram {
  readonly options: readonly SubmitOption[];
  /** The name of an application that has been given none. */
  readonly defaultName: string;
  readonly retries: number;
  readonly view: ProgressView;
  /** The program on a gateway that has told what it knows. */
  readonly start: (env: ProgramStart["env"], facts: RunnerFacts) => Promise<ProgramStart>;
}

const ANSWER_MS = 20_000;
const PLACES: readonly string[] = ["python", "spark-home"];

/** The Spark that the user names, else the running daemon's, else the one that is found. */
export async function groundOf(context: CommandContext): Promise<SparkGround> {
  const { settings, env } = context;
  const isNamed = settings.sparkHome !== null || settings.python !== null || Boolean(env.SPARK_HOME);
  const daemon = isNamed ? null : await findDaemon(context);
  const status = daemon?.trusted ? daemon.first : null;
  if (status === null || status.daemon.embedded) {
    const { spark } = await installationOf(context);
    return { context, spark };
  }
  const { spark, java, programBin } = status;
  const places = programBin === null ? { sparkHome: spark.home } : { python: join(programBin, "python") };
  const javaHome = settings.javaHome ?? java.home;
  return { spark, context: { ...context, settings: { ...settings, ...places, javaHome } } };
}

/** Runs the program; the exit code is its own. */
export async function runSparkProgram(
  { context, spark }: SparkGround,
  { options, defaultName, retries, view, start }: SparkProgram,
): Promise<number> {
  const { settings, env, cwd, runtime: { children, dialer }, log } = context;
  const late = lateOptions(options);
  const changes = await sparkEnvChanges({ sparkHome: spark.home, env, cwd }, children);
  const on = async (given: ProgramStart, { status, attachment: { variables } }: Ready) => {
    const mayChange = isOwn(status);
    const properties = !status.daemon.embedded && late.kind === "settable" ? late.properties : new Map();
    const facts = await prepareRunner({
      dialer,
      port: Number(variables.PYSPARK_GATEWAY_PORT),
      secret: variables.PYSPARK_GATEWAY_SECRET ?? "",
      signal: AbortSignal.timeout(ANSWER_MS),
    }, { properties, defaultName: mayChange ? defaultName : null }).catch((cause) => {
      throw new UserError(`Cannot prepare the gateway for the program: ${reasonOf(cause)}`, {
        hint: 'Try again; "rekindle status" says how the gateway is.',
        exitCode: EXIT.tempFail,
        cause,
      });
    });
    // The gateway has had the options; a program that starts a JVM of its own would start it with them.
    const { PYSPARK_SUBMIT_ARGS: _, PYSPARK_PYTHON: workers = "python3", ...others } = given.env;
    // The workers' Python is the program's only where the user says so.
    const said = env.PYSPARK_PYTHON === undefined ? {} : { PYSPARK_PYTHON: env.PYSPARK_PYTHON };
    const started = await start({ ...others, ...said, ...changes }, facts);
    const program: ProgramStart = { ...started, env: { PYSPARK_PYTHON: workers, ...started.env } };
    if (options.some(({ name }) => name === "--verbose")) {
      const { generation, gateway } = status;
      log.info(`gateway: generation ${generation}, process ${gateway.pid}, Spark ${spark.version}`);
      // Names alone: a value may be secret, and so may the program's arguments.
      log.info(`properties set in it: ${[...properties.keys()].join(", ") || "none"}`);
      log.info(`PYTHONPATH: ${program.env.PYTHONPATH}`);
    }
    return program;
  };
  const objection = async (status: Status) => {
    if (status.cwd !== cwd) return `the daemon's gateway works in ${status.cwd}`;
    if (status.spark.home !== spark.home) return `the daemon's Spark is the one in ${status.spark.home}`;
    // Whether these lead to another Spark is compared above.
    const flag = startingFlags(settings).find((name) => !PLACES.includes(name));
    if (flag !== undefined) return `--${flag} has its effect when a JVM starts`;
    if (late.kind === "too-late") return `${late.option} has its effect when a JVM starts`;
    const variable = differingVariable(env, await environmentOf(status.daemon.pid, context) ?? env);
    if (variable !== null) return `${variable} is not what the daemon was started with`;
    if (late.properties.size === 0 || isOwn(status)) return null;
    return "what is set for it would stay in a gateway that other programs get as well";
  };
  return await exec(ownContext(context, options), { command: [], retries, objection, on }, view);
}

/** What a process was started with; `null` where that may not be seen. */
async function environmentOf(pid: number, { runtime: { files } }: CommandContext) {
  return await files.readText(`/proc/${pid}/environ`).then(parseEnviron, () => null);
}

/** Whether a gateway serves one program and ends with it. */
function isOwn({ daemon, pool }: Status): boolean {
  return daemon.embedded || pool.sharing === "exclusive" && pool.recycle === "always";
}

/** The surroundings in which a gateway is started with these options; those of the command line win. */
function ownContext(context: CommandContext, options: readonly SubmitOption[]): CommandContext {
  const { settings, env } = context;
  const { conf, packages, jars } = settings;
  const words = [
    ...conf.flatMap((pair) => ["--conf", pair]),
    ...(packages === null ? [] : ["--packages", packages]),
    ...(jars === null ? [] : ["--jars", jars]),
    ...optionWords(options),
  ];
  return {
    ...context,
    settings: { ...settings, conf: [], packages: null, jars: null },
    env: { ...env, PYSPARK_SUBMIT_ARGS: joinOptions(words) },
    secrets: [...context.secrets, ...secretsOf({ env: {}, conf: words })],
  };
}
