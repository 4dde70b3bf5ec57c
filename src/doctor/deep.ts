/**
 * How is a scratch gateway started, given a first program, warmed up and taken away again?
 * @module
 */

import { dirname, join } from "@std/path";
import { classifyDeath } from "../core/diagnosis/exit_cause.ts";
import { explainLog } from "../core/diagnosis/explain.ts";
import type { Explanation } from "../core/diagnosis/explain.ts";
import { WARM_UP } from "../core/doctor/deep.ts";
import type { DeepFacts } from "../core/doctor/deep.ts";
import { SHARED_PACKAGES } from "../core/doctor/python.ts";
import type { Input } from "../core/lifecycle.ts";
import type { ExitStatus } from "../core/verdict.ts";
import { EXIT, reasonOf } from "../errors.ts";
import { GatewayCommand } from "../gateway/command.ts";
import { within } from "../gateway/deadline.ts";
import { GatewayProcess } from "../gateway/process.ts";
import { OWNER_VARIABLE } from "../gateway/start.ts";
import { scrub } from "../gateway/scrub.ts";
import { warmUp } from "../gateway/warm_up.ts";
import { findWorkerPython } from "../gateway/warm_up_python.ts";
import { findProgram, programBin } from "../gateway/spark_home.ts";
import type { JavaInstallation } from "../gateway/java_home.ts";
import type { SparkInstallation } from "../gateway/spark_home.ts";
import { exitNow } from "../runtime/process.ts";
import { onSignal } from "../runtime/signal.ts";
import { FIRST_PROGRAM } from "./first_program.ts";
import type { Surroundings } from "./surroundings.ts";

/** How long the first program may take: with a cluster's master it waits for executors. */
const PROGRAM_MS = 120_000;
/** Nobody waits for this gateway but the one who asked: a slow machine is no finding. */
const STEP_MS = 180_000;
/** What an orderly end may take before it is a hard one; as the daemon's own. */
const END_MS = 5_000;

/** What a deep look needs beside the surroundings. */
export interface DeepOptions extends Surroundings {
  readonly spark: SparkInstallation;
  readonly java: JavaInstallation;
  /** Told of each step that begins. */
  readonly onStep: (name: string) => void;
}

/** Does it all in a folder of its own; nothing of it is left. */
export async function lookDeep(options: DeepOptions): Promise<DeepFacts> {
  const { context: { runtime: { files }, env } } = options;
  const folder = await files.makeTempDir(env.TMPDIR || "/tmp", "rekindle-doctor-");
  const unsubscribe = onSignal(["SIGINT", "SIGTERM", "SIGHUP"], (signal) => {
    void clear(folder, options).finally(() => exitNow(signal === "SIGINT" ? EXIT.interrupted : EXIT.failure));
  });
  try {
    return await inFolder(folder, options);
  } finally {
    unsubscribe();
    await clear(folder, options);
  }
}

/** What runs in the folder would write to it again. A JVM that is just starting does not see yet that nobody wants it. */
async function clear(folder: string, { context: { runtime } }: DeepOptions): Promise<void> {
  const { files, machine, clock } = runtime;
  const untilMs = clock.nowMs() + END_MS;
  for (;;) {
    const living = await machine.processesWith(OWNER_VARIABLE, folder);
    if (living.length === 0 || clock.nowMs() > untilMs) break;
    for (const pid of living) machine.kill(pid);
    await clock.sleep(50);
  }
  await files.remove(folder);
}

async function inFolder(folder: string, options: DeepOptions): Promise<DeepFacts> {
  const { context, spark, java, onStep } = options;
  const { runtime, cwd, env, settings } = context;
  const { clock } = runtime;
  const scratch = new ScratchGateway();
  const gateway = new GatewayProcess(1, {
    ...runtime,
    command: new GatewayCommand({ spark, java, ...settings, env, cwd }, runtime),
    modules: java.modules,
    javaMajor: java.major,
    cwd,
    folders: { runtime: folder, logs: folder, temp: folder, scratchPrefix: "gateway-" },
    owner: folder,
    archive: null,
    bytecode: null,
    report: (input) => scratch.take(input),
  });
  const steps: { name: string; ms: number }[] = [];
  let versions: DeepFacts["versions"] = null;
  let failure: { step: string; reason: string } | null = null;
  const step = async (name: string, work: () => Promise<void>) => {
    if (failure !== null) return;
    onStep(name);
    const startMs = clock.nowMs();
    try {
      await Promise.race([work(), scratch.lost]);
      steps.push({ name, ms: clock.nowMs() - startMs });
    } catch (error) {
      failure = { step: name, reason: reasonOf(error) };
    }
  };
  await step("start", async () => {
    const never = new AbortController().signal;
    const late = new Error(`no hand-shake within ${settings.startTimeoutMs / 1000} s`);
    await within({ clock, ms: settings.startTimeoutMs, signal: never, reason: late }, async (signal) => {
      const ended = new Promise<never>((_, reject) =>
        signal.addEventListener("abort", () => reject(signal.reason))
      );
      ended.catch(() => {});
      await Promise.race([
        gateway.launch({ plan: options.plan.memory.plan, heapDump: null, isAwaited: true }),
        ended,
      ]);
    });
    // The exit that explains a start that failed comes by the report.
    if (gateway.endpoint === null) await scratch.lost;
    await gateway.attach();
  });
  // Before the warm-up: most bad settings show here, and the warm-up makes its own context without them.
  await step("first program", async () => {
    versions = await runProgram(join(folder, "first_program.py"), gateway, options);
  });
  await step(WARM_UP, async () => {
    const { endpoint, scratch: temp } = gateway;
    if (endpoint === null || temp === null) throw new Error("the gateway cannot be reached");
    const signal = new AbortController().signal;
    const worker = await findWorkerPython(spark, { ...runtime, env, cwd });
    await warmUp({ ...runtime, cwd, scratch: temp, worker, ...endpoint, signal, stepMs: STEP_MS });
  });
  const asked = await end(gateway, scratch, options);
  const evidence = await gateway.collect({ exit: asked.exit, intent: null, wasReady: steps.length > 0 });
  if (failure === null) return { steps, failure: null, versions };
  const { step: at, reason } = failure as { step: string; reason: string };
  const lines = [...evidence.stdout, ...evidence.stderr];
  const verdict = asked.byItself
    ? classifyDeath(evidence)
    : explanationOf(reason, lines.map(({ text }) => text));
  const told = verdict.evidence.find((each) => !("source" in each) || each.source !== "exit");
  return { steps, versions, failure: { step: at, line: (told?.text ?? firstLine(reason)).trim(), verdict } };
}

/** What the gateway reports of itself. */
class ScratchGateway {
  readonly lost: Promise<never>;
  exit: ExitStatus | null = null;
  #reject: (error: Error) => void = () => {};

  constructor() {
    this.lost = new Promise<never>((_, reject) => this.#reject = reject);
    // Nobody may be waiting for it when it comes.
    this.lost.catch(() => {});
  }

  take(input: Input): void {
    if (input.kind === "exited") {
      this.exit = input.exit;
      this.#reject(new Error("the gateway ended"));
    } else if (input.kind === "attach-failed") this.#reject(new Error(input.reason));
  }
}

/** Ends it in order, then by force; tells whether it had ended by itself. */
async function end(
  gateway: GatewayProcess,
  scratch: ScratchGateway,
  { context: { runtime: { clock } } }: DeepOptions,
): Promise<{ readonly exit: ExitStatus; readonly byItself: boolean }> {
  // A death is told of a moment after the call that failed by it.
  await Promise.race([scratch.lost.catch(() => {}), clock.sleep(1_000)]);
  if (scratch.exit !== null) return { exit: scratch.exit, byItself: true };
  for (const step of ["close-stdin", "SIGTERM", "SIGKILL"] as const) {
    await gateway.endStep(step);
    const untilMs = clock.nowMs() + END_MS;
    while (scratch.exit === null && clock.nowMs() < untilMs) await clock.sleep(50);
    if (scratch.exit !== null) break;
  }
  return { exit: scratch.exit ?? { code: 1, signal: null }, byItself: false };
}

/** What a call failed with tells more than what the gateway wrote besides. */
function explanationOf(reason: string, lines: readonly string[]): Explanation {
  const read = (texts: readonly string[]) => explainLog(texts.map((text, at) => ({ number: at + 1, text })));
  const own = read(reason.split("\n"));
  return own.class === "unknown" ? read(lines) : own;
}

function firstLine(text: string): string {
  return text.split("\n").find((line) => line.trim() !== "") ?? "it said nothing";
}

/**
 * Runs a first program, as `exec` would run one of the user's: with the user's settings and master.
 * @throws {Error} With what it wrote, when it fails.
 */
async function runProgram(
  path: string,
  { endpoint }: GatewayProcess,
  { context, spark, env }: DeepOptions,
): Promise<DeepFacts["versions"]> {
  const { runtime: { files, children }, cwd, settings, own } = context;
  if (endpoint === null) throw new Error("the gateway cannot be reached");
  await files.writeAtomic(path, FIRST_PROGRAM);
  const bin = programBin(spark, { ...settings, ...own });
  const PATH = bin === null ? env.PATH ?? "" : `${bin}:${env.PATH ?? ""}`;
  const python3 = await findProgram("python3", { env: { ...env, PATH }, cwd }, files) ?? "python3";
  const full: Record<string, string> = {
    ...scrub(context.env),
    PATH,
    PYSPARK_PYTHON: context.env.PYSPARK_PYTHON || python3,
    PYSPARK_GATEWAY_PORT: String(endpoint.port),
    PYSPARK_GATEWAY_SECRET: endpoint.secret,
    [OWNER_VARIABLE]: dirname(path),
  };
  if (spark.python === null) {
    const lib = join(spark.home, "python/lib");
    const zips = (await files.list(lib)).filter((name) => name.endsWith("-src.zip")).map((name) =>
      join(lib, name)
    );
    full.SPARK_HOME = spark.home;
    full.PYTHONPATH = [join(spark.home, "python"), ...zips, context.env.PYTHONPATH].filter(Boolean).join(":");
  }
  const spec = { program: spark.python ?? python3, args: [path, ...SHARED_PACKAGES], env: full, cwd };
  const { exit, stdout, stderr, timedOut } = await children.run(spec, PROGRAM_MS);
  if (timedOut) {
    throw new Error(`it had not ended after ${PROGRAM_MS / 1000} s: no executor came?\n${stderr}`);
  }
  const answer = new TextDecoder().decode(stdout).trim().split("\n").at(-1) ?? "";
  if (exit.code !== 0 || !answer.startsWith("{")) {
    throw new Error(lastWords(stderr));
  }
  return JSON.parse(answer);
}

/** A Python traceback ends with its reason, and that of Py4J with Java's stack: the first line of the reason counts. */
function lastWords(stderr: string): string {
  const lines = stderr.split("\n");
  const at = lines.findLastIndex((line) => /^[\w.]+(?:Error|Exception|Exit)\b/.test(line));
  return [...lines.slice(Math.max(0, at)), ...lines.slice(0, Math.max(0, at))].join("\n");
}
