/**
 * Which command starts the gateway? Spark's own launcher is asked once, and its answer is kept while the files it
 * was made from stay the same; the daemon then executes `java` itself, with exactly the flags it wants.
 * @module
 */

import { join } from "@std/path";
import { setsFlag, splitOptions } from "../core/jvm_flags.ts";
import { firstHeapOf, sizeWordOf } from "../core/memory/plan_flags.ts";
import { quickStartFlags } from "../core/quick_start.ts";
import type { QuickStart } from "../core/quick_start.ts";
import type { ExitStatus } from "../core/verdict.ts";
import type { ChildLauncher, ChildSpec, Files } from "../ports.ts";
import type { JavaInstallation } from "./java_home.ts";
import { scrub } from "./scrub.ts";
import type { SparkInstallation } from "./spark_home.ts";

/** What the gateway is to be started with. */
export interface CommandRequest {
  readonly spark: SparkInstallation;
  readonly java: JavaInstallation;
  /** `key=value` pairs for Spark. */
  readonly conf: readonly string[];
  readonly packages: string | null;
  readonly jars: string | null;
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
}

/** The launcher's answer. */
export interface LauncherAnswer {
  /** The words of the java command. */
  readonly argv: readonly string[];
  /** The environment after `conf/spark-env.sh`. */
  readonly env: Readonly<Record<string, string>>;
}

/** The answer, or what the launcher said instead of one. */
export type CommandOutcome =
  | { readonly kind: "ready"; readonly answer: LauncherAnswer }
  | { readonly kind: "failed"; readonly exit: ExitStatus; readonly stderr: string };

/** The class that ends the JVM's own options: what stands before it is read by the JVM, the rest by Spark. */
const MAIN_CLASS = "org.apache.spark.deploy.SparkSubmit";
/**
 * One gibibyte in words nobody writes. `SPARK_DRIVER_MEMORY` is the launcher's last place to look before its own
 * default, so this text comes back exactly when nothing else set the heap.
 */
export const UNSET_HEAP = "1048576k";
const LAUNCHER_TIMEOUT_MS = 60_000;
const TOO_SLOW = `\nSpark's launcher did not answer within ${LAUNCHER_TIMEOUT_MS / 1000} s\n`;

/** Asks Spark's launcher, and remembers the answer. */
export class GatewayCommand {
  readonly #request: CommandRequest;
  readonly #ports: { readonly files: Files; readonly children: ChildLauncher };
  #kept: { readonly key: string; readonly outcome: CommandOutcome } | null = null;

  constructor(request: CommandRequest, ports: { readonly files: Files; readonly children: ChildLauncher }) {
    this.#request = request;
    this.#ports = ports;
  }

  /** The command as it stands now; the launcher runs again only when a file it reads has changed. */
  async prepare(): Promise<CommandOutcome> {
    const key = await this.#fingerprint();
    if (this.#kept?.key === key) return this.#kept.outcome;
    const outcome = await this.#ask();
    if (outcome.kind === "ready") this.#kept = { key, outcome };
    return outcome;
  }

  async #fingerprint(): Promise<string> {
    const { spark, env } = this.#request;
    const conf = env.SPARK_CONF_DIR || join(spark.home, "conf");
    const places = [
      join(spark.home, "jars"),
      ...["spark-env.sh", "spark-defaults.conf", "java-opts"].map((name) => join(conf, name)),
    ];
    const stats = await Promise.all(places.map((place) => this.#ports.files.stat(place)));
    return stats.map((stat) => stat === null ? "-" : `${stat.modifiedMs}:${stat.bytes}`).join(" ");
  }

  async #ask(): Promise<CommandOutcome> {
    const { exit, stdout, stderr, timedOut } = await this.#ports.children.run(
      launcherCommand(this.#request),
      LAUNCHER_TIMEOUT_MS,
    );
    // Our own SIGKILL must not pass for somebody else's.
    if (timedOut) return { kind: "failed", exit: { code: 1, signal: null }, stderr: `${stderr}${TOO_SLOW}` };
    const answer = exit.code === 0 ? parseLauncherOutput(stdout) : null;
    if (answer === null) return { kind: "failed", exit, stderr };
    // Settings the launcher refuses make a command that only prints the usage; the reason is said here alone.
    if (answer.argv.includes("--usage-error")) {
      return { kind: "failed", exit: { code: 1, signal: null }, stderr };
    }
    return { kind: "ready", answer };
  }
}

/** The command that sources `spark-env.sh`, prints the environment, and lets the launcher print its words. */
export function launcherCommand(request: CommandRequest): ChildSpec {
  const { spark, java, conf, packages, jars, cwd } = request;
  const env = scrub(request.env);
  Object.assign(env, { SPARK_HOME: spark.home, JAVA_HOME: java.home, PYTHONHASHSEED: "0" });
  const script =
    'if [ -f "$SPARK_HOME/bin/load-spark-env.sh" ]; then . "$SPARK_HOME/bin/load-spark-env.sh"; fi; ' +
    `export SPARK_SCALA_VERSION="\${SPARK_SCALA_VERSION:-${spark.scalaVersion}}"; ` +
    // Only now: spark-env.sh may set either, or leave what it finds.
    `[ -n "$SPARK_DRIVER_MEMORY$SPARK_MEM" ] || export SPARK_DRIVER_MEMORY=${UNSET_HEAP}; ` +
    "printf '\\0rekindle-env\\0'; env -0; printf 'rekindle-argv\\0'; " +
    'exec "$JAVA_HOME/bin/java" -Xmx128m -cp "$SPARK_HOME/jars/*" org.apache.spark.launcher.Main "$@"';
  const userArgs = splitOptions(request.env.PYSPARK_SUBMIT_ARGS ?? "").filter((word) =>
    word !== "pyspark-shell"
  );
  const args = [
    // Progress bars redraw one line for ever, in a log nobody watches; any later --conf wins.
    ...["--conf", "spark.ui.showConsoleProgress=false"],
    ...userArgs,
    ...(packages === null ? [] : ["--packages", packages]),
    ...(jars === null ? [] : ["--jars", jars]),
    ...conf.flatMap((pair) => ["--conf", pair]),
    "pyspark-shell",
  ];
  return { program: "bash", args: ["-c", script, "rekindle", MAIN_CLASS, ...args], env, cwd };
}

/**
 * Reads what {@linkcode launcherCommand} prints: the environment, then NUL and newline, then each word and NUL
 * (`org.apache.spark.launcher.Main`, the same from 3.3 to 4.3). `null` when it is anything else.
 */
export function parseLauncherOutput(bytes: Uint8Array): LauncherAnswer | null {
  const text = new TextDecoder().decode(bytes);
  const parts = /\0rekindle-env\0([\s\S]*?)rekindle-argv\0[\s\S]*?\0\n([\s\S]*)\0$/.exec(text);
  const [, variables, words] = parts ?? [];
  if (variables === undefined || words === undefined) return null;
  const argv = words.split("\0");
  if (!argv.includes(MAIN_CLASS)) return null;
  const env = Object.fromEntries(
    variables.split("\0").flatMap((line) => {
      const at = line.indexOf("=");
      return at > 0 ? [[line.slice(0, at), line.slice(at + 1)]] : [];
    }),
  );
  if (env.SPARK_DRIVER_MEMORY === UNSET_HEAP) delete env.SPARK_DRIVER_MEMORY;
  return { argv, env };
}

/** The words of a command that the JVM itself reads. */
export function jvmWordsOf({ argv }: LauncherAnswer): readonly string[] {
  return argv.slice(0, argv.indexOf(MAIN_CLASS));
}

/** The words that Spark reads. */
export function sparkWordsOf({ argv }: LauncherAnswer): readonly string[] {
  return argv.slice(argv.indexOf(MAIN_CLASS));
}

/** What the daemon adds to the launcher's answer. */
export interface GatewayOptions extends Omit<QuickStart, "words"> {
  /** The flags of the memory plan. */
  readonly planFlags: readonly string[];
  readonly modules: readonly string[] | null;
  /** HotSpot's pattern for its error report; `%p` becomes the pid. */
  readonly errorFile: string;
  /** The generation's own folder for everything temporary. */
  readonly scratch: string;
  /** Where the JVM logs its collections, or `null` when it cannot. */
  readonly gcLog: string | null;
  /** Where it dumps its heap to when it runs out of memory, gzipped when the name says so; `null` for nowhere. */
  readonly heapDump: string | null;
}

/** The words to execute: the launcher's, with our flags last among the JVM's so that they win. */
export function gatewayArgv(answer: LauncherAnswer, options: GatewayOptions): readonly string[] {
  const heapBytes = heapOf(options.planFlags);
  const given = jvmWordsOf(answer).filter((arg) =>
    sizeWordOf(arg)?.region !== "heap" && !missingModule(arg, options.modules) &&
    // HotSpot starts with no heap that is to be larger at the start than ever.
    !((firstHeapOf(arg) ?? 0) > heapBytes)
  );
  const wanted: (readonly [string, string])[] = [
    // One failed allocation becomes one prompt death with its reason, instead of a JVM that answers and is damaged.
    ["ExitOnOutOfMemoryError", "-XX:+ExitOnOutOfMemoryError"],
    ["ErrorFile", `-XX:ErrorFile=${options.errorFile}`],
  ];
  // What the user has set stays as the user has set it; the plan has weighed the sizes, and names what it moves.
  const added = wanted.flatMap(([name, flag]) => setsFlag(given, name) ? [] : [flag]);
  const tmp = given.some((arg) => arg.startsWith("-Djava.io.tmpdir="))
    ? []
    : [`-Djava.io.tmpdir=${options.scratch}`];
  const gcLog = options.gcLog === null || given.some(logsCollections) ? [] : [collectionsTo(options.gcLog)];
  const words = [...given, ...optionsOf(answer.env)];
  const heapDump = options.heapDump === null || dumpsHeap(words) ? [] : dumpingTo(options.heapDump);
  const ours = [...tmp, ...added, ...gcLog, ...heapDump, ...quickStartFlags({ ...options, words })];
  return [...given, ...ours, ...options.planFlags, ...sparkWordsOf(answer)];
}

function heapOf(planFlags: readonly string[]): number {
  const sizes = planFlags.flatMap((flag) => sizeWordOf(flag) ?? []);
  return sizes.find(({ region }) => region === "heap")?.bytes ?? Infinity;
}

/** The options that the JVM itself takes from variables. */
function optionsOf(env: Readonly<Record<string, string>>): readonly string[] {
  return ["JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS"].flatMap((name) =>
    splitOptions(env[name] ?? "")
  );
}

/** Whether the user has said what becomes of heap dumps, be it that there are none. */
function dumpsHeap(given: readonly string[]): boolean {
  return ["HeapDumpOnOutOfMemoryError", "HeapDumpPath", "HeapDumpGzipLevel"].some((name) =>
    setsFlag(given, name)
  );
}

/** Level 1 is the fastest and the recommended one (JDK-8243244); Java before 17 does not start with such a flag. */
function dumpingTo(path: string): readonly string[] {
  const gzipped = path.endsWith(".gz") ? ["-XX:HeapDumpGzipLevel=1"] : [];
  return ["-XX:+HeapDumpOnOutOfMemoryError", `-XX:HeapDumpPath=${path}`, ...gzipped];
}

function logsCollections(arg: string): boolean {
  return /^-Xlog(?:gc|:(?:gc|all|safepoint))/.test(arg) || arg === "-verbose:gc";
}

/** Two files of 1 MiB, in quotes because a path may hold colons; the cost was within the noise (Java 17). */
function collectionsTo(path: string): string {
  return `-Xlog:gc*:file="${path}":time,uptime,level,tags:filecount=1,filesize=1m`;
}

/** Trimmed runtimes lack this module, die without a word about it, and do everything but one fast path without. */
function missingModule(arg: string, modules: readonly string[] | null): boolean {
  return arg === "--add-modules=jdk.incubator.vector" && modules !== null &&
    !modules.includes("jdk.incubator.vector");
}

/** What the environment is made from beside the launcher's answer. */
export interface EnvironmentOptions {
  readonly handshakePath: string;
  readonly planFlags: readonly string[];
  /** `MALLOC_ARENA_MAX`, unless the user has set it; `null` leaves it alone. */
  readonly mallocArenas: number | null;
}

/** The environment to execute it with. */
export function gatewayEnv(
  answer: LauncherAnswer,
  { handshakePath, planFlags, mallocArenas }: EnvironmentOptions,
): Record<string, string> {
  const env = scrub(answer.env);
  if (mallocArenas !== null) env.MALLOC_ARENA_MAX ??= String(mallocArenas);
  if (env._JAVA_OPTIONS) {
    const planned = planFlags.flatMap((flag) => sizeWordOf(flag)?.region ?? []);
    const isOurs = (word: string) => planned.some((region) => sizeWordOf(word)?.region === region);
    // In the text, because splitting it would lose the quotes of the other options.
    const rest = env._JAVA_OPTIONS.replace(/(?<!\S)\S+\s*/g, (word) => isOurs(word.trim()) ? "" : word)
      .trim();
    if (rest === "") delete env._JAVA_OPTIONS;
    else env._JAVA_OPTIONS = rest;
  }
  return {
    ...env,
    _PYSPARK_DRIVER_CONN_INFO_PATH: handshakePath,
    // From 4.1 on a build may connect by default; the gateway is always classic.
    SPARK_CONNECT_MODE: "0",
  };
}
