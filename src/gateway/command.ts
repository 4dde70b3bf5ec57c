/**
 * Which command starts the gateway? Spark's own launcher is asked once, and its answer is kept while the files it
 * was made from stay the same; the daemon then executes `java` itself, with exactly the flags it wants.
 * @module
 */

import { join } from "@std/path";
import { readMaxHeap, setsFlag, splitOptions } from "../core/jvm_flags.ts";
import type { ExitStatus } from "../core/verdict.ts";
import type { ChildLauncher, ChildSpec, Files } from "../ports.ts";
import type { JavaInstallation } from "./java_home.ts";
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

/** A heap fixed by a setting of Spark's or Java's. */
export interface HeapPin {
  readonly bytes: number;
  readonly by: string;
}

/** The answer, or what the launcher said instead of one. */
export type CommandOutcome =
  | { readonly kind: "ready"; readonly answer: LauncherAnswer; readonly pin: HeapPin | null }
  | { readonly kind: "failed"; readonly exit: ExitStatus; readonly stderr: string };

/** The class that ends the JVM's own options: what stands before it is read by the JVM, the rest by Spark. */
const MAIN_CLASS = "org.apache.spark.deploy.SparkSubmit";
/**
 * One gibibyte in words nobody writes. `SPARK_DRIVER_MEMORY` is the launcher's last place to look before its own
 * default, so this text comes back exactly when nothing else set the heap.
 */
const UNSET_HEAP = "1048576k";
const LAUNCHER_TIMEOUT_MS = 60_000;
const TOO_SLOW = `\nSpark's launcher did not answer within ${LAUNCHER_TIMEOUT_MS / 1000} s\n`;

/** Variables of an earlier attachment or another mode, and of our own service manager: not for the gateway. */
const SCRUBBED = [
  "PYSPARK_GATEWAY_PORT",
  "PYSPARK_GATEWAY_SECRET",
  "PYSPARK_SUBMIT_ARGS",
  "_PYSPARK_DRIVER_CONN_INFO_PATH",
  "SPARK_REMOTE",
  "SPARK_CONNECT_MODE_ENABLED",
  "SPARK_LOCAL_REMOTE",
  "SPARK_API_MODE",
  "SPARK_ENV_LOADED",
  "NOTIFY_SOCKET",
  "WATCHDOG_USEC",
  "WATCHDOG_PID",
  "CREDENTIALS_DIRECTORY",
];

/** The environment without what must not reach the gateway. */
export function scrub(env: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !SCRUBBED.includes(name) && !name.startsWith("REKINDLE_")),
  );
}

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
    return { kind: "ready", answer, pin: findPin(answer, this.#request.conf) };
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

/** The heap that Spark's or Java's settings fix, and where they do. */
export function findPin({ argv, env }: LauncherAnswer, conf: readonly string[]): HeapPin | null {
  // Read after the command line by the JVM itself, so it wins over everything.
  const overriding = readMaxHeap(splitOptions(env._JAVA_OPTIONS ?? ""));
  if (overriding !== null) return { bytes: overriding, by: "-Xmx in _JAVA_OPTIONS" };
  const word = argv.slice(0, argv.indexOf(MAIN_CLASS)).filter(setsHeap).at(-1);
  const bytes = word === undefined || word === `-Xmx${UNSET_HEAP}` ? null : readMaxHeap([word]);
  if (bytes === null) return null;
  // The launcher refuses -Xmx there, and nothing else; what it adds for the driver's memory stands before it.
  if (word?.startsWith("-XX:")) return { bytes, by: "-XX:MaxHeapSize in the driver's Java options" };
  if (conf.some((pair) => pair.startsWith("spark.driver.memory="))) {
    return { bytes, by: "--conf spark.driver.memory" };
  }
  const variable = ["SPARK_DRIVER_MEMORY", "SPARK_MEM"].find((name) => word === `-Xmx${env[name]}`);
  return { bytes, by: variable ?? "spark.driver.memory in Spark's configuration" };
}

function setsHeap(arg: string): boolean {
  return /^-(?:Xmx|XX:MaxHeapSize=)/.test(arg);
}

/** What the daemon adds to the launcher's answer. */
export interface GatewayOptions {
  /** The flags of the memory plan. */
  readonly planFlags: readonly string[];
  readonly modules: readonly string[] | null;
  /** HotSpot's pattern for its error report; `%p` becomes the pid. */
  readonly errorFile: string;
  /** The generation's own folder for everything temporary. */
  readonly scratch: string;
  /** Where the JVM logs its collections, or `null` when it cannot. */
  readonly gcLog: string | null;
}

/** The words to execute: the launcher's, with our flags last among the JVM's so that they win. */
export function gatewayArgv(answer: LauncherAnswer, options: GatewayOptions): readonly string[] {
  const main = answer.argv.indexOf(MAIN_CLASS);
  const given = answer.argv.slice(0, main).filter((arg) =>
    !setsHeap(arg) && !missingModule(arg, options.modules)
  );
  const wanted: (readonly [string, string])[] = [
    // One failed allocation becomes one prompt death with its reason, instead of a JVM that answers and is damaged.
    ["ExitOnOutOfMemoryError", "-XX:+ExitOnOutOfMemoryError"],
    ["ErrorFile", `-XX:ErrorFile=${options.errorFile}`],
  ];
  // What the user has set stays as the user has set it, except for the heap, which the plan has already weighed.
  const added = wanted.flatMap(([name, flag]) => setsFlag(given, name) ? [] : [flag]);
  const planned = options.planFlags.filter((flag) =>
    !flag.startsWith("-XX:") || !setsFlag(given, flag.slice("-XX:".length).split("=")[0] ?? "")
  );
  const tmp = given.some((arg) => arg.startsWith("-Djava.io.tmpdir="))
    ? []
    : [`-Djava.io.tmpdir=${options.scratch}`];
  const gcLog = options.gcLog === null || given.some(logsCollections) ? [] : [collectionsTo(options.gcLog)];
  return [...given, ...tmp, ...added, ...gcLog, ...planned, ...answer.argv.slice(main)];
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

/** The environment to execute it with. */
export function gatewayEnv(answer: LauncherAnswer, handshakePath: string): Record<string, string> {
  const env = scrub(answer.env);
  if (env._JAVA_OPTIONS) {
    // In the text, because splitting it would lose the quotes of the other options.
    const rest = env._JAVA_OPTIONS.replace(/(?<!\S)-(?:Xmx|XX:MaxHeapSize=)\S+\s*/g, "").trim();
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
