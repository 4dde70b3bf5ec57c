/**
 * How is a class-data archive made? A gateway of its own is started, warmed up and ended; at its exit the JVM writes
 * the classes it has loaded. What it wrote is tried before anybody starts from it.
 * @module
 */

import { join } from "@std/path";
import { ADDRESS_BYTES, baseAddress, useFlags, wordsToShare } from "../core/archive.ts";
import { firstHeapOf } from "../core/memory/plan_flags.ts";
import { reasonOf } from "../errors.ts";
import type { ChildHandle, ChildLauncher, Clock, Dialer, Files } from "../ports.ts";
import type { ArchiveFolder, Training } from "./archive.ts";
import { attach } from "./attach.ts";
import { within } from "./deadline.ts";
import { awaitHandshake } from "./handshake.ts";
import { lastOf } from "./last_output.ts";
import { warmUp } from "./warm_up.ts";
import type { WorkerPython } from "./warm_up_python.ts";

/** What the archive is for, and what making it needs. */
export interface TrainingOptions {
  readonly archives: ArchiveFolder;
  /** Of the decision that asked for it. */
  readonly key: string;
  /** The command of a gateway. */
  readonly command: GatewayWords;
  readonly env: Readonly<Record<string, string>>;
  /** A folder for this alone, which is there: temporary files, the hand-shake, the working folder. */
  readonly scratch: string;
  readonly clock: Clock;
  readonly files: Files;
  readonly children: ChildLauncher;
  readonly dialer: Dialer;
  /** The Python of Spark's workers, if there is one. */
  readonly workerPython: () => Promise<WorkerPython | null>;
  /** Random ones. */
  readonly randomBytes: (count: number) => Uint8Array;
  /** Ends the training and its JVM. */
  readonly signal: AbortSignal;
}

/** A gateway's command in its parts. Its paths for temporary files and error reports are the training's own. */
export interface GatewayWords {
  readonly program: string;
  /** What the JVM reads. */
  readonly jvm: readonly string[];
  /** What Spark reads, its main class first. */
  readonly spark: readonly string[];
}

/** How it went. */
export type TrainingOutcome =
  | { readonly kind: "made"; readonly bytes: number }
  /** Somebody else is making one. */
  | { readonly kind: "busy" }
  /** None was made, and none will be for this key. */
  | { readonly kind: "failed"; readonly reason: string };

/** Enough for the warm-up, and all that the JVM takes beside the gateway that serves. */
const HEAP_BYTES = 640 * 2 ** 20;
const HANDSHAKE_MS = 120_000;
/** Writing took 7 to 14 s on a busy machine (PySpark 3.5.7 to 4.3.0). */
const EXIT_MS = 180_000;
const CHECK_MS = 60_000;

/**
 * Makes the archive. Takes a JVM, 640 MiB of heap and, on two idle cores, half a minute: for the background.
 * @throws The signal's reason, when it is aborted; the JVM has ended then.
 */
export async function trainArchive(options: TrainingOptions): Promise<TrainingOutcome> {
  const { archives, key, files, signal } = options;
  await using training = await archives.beginTraining(key);
  if (training === null) return { kind: "busy" };
  try {
    const { bytes = null } = await files.stat(archives.pathOf(key)) ?? {};
    // Another has made it since it was decided on.
    if (bytes !== null) return { kind: "made", bytes };
    const staysInPlace = await writeBase(options, training);
    await write(options, training, staysInPlace ? [`-XX:SharedArchiveFile=${training.basePath}`] : []);
    await check(options, useFlags(training.partialPath, { staysInPlace }));
    await training.keep();
    return { kind: "made", bytes: (await files.stat(archives.pathOf(key)))?.bytes ?? 0 };
  } catch (error) {
    await files.remove(training.partialPath);
    signal.throwIfAborted();
    await archives.drop(key, reasonOf(error));
    return { kind: "failed", reason: reasonOf(error) };
  }
}

/** The options of a JVM that is to write an archive: with a small heap, which an archive does not remember. */
function trainingWords(jvm: readonly string[], path: string): readonly string[] {
  const fitting = jvm.filter((word) => (firstHeapOf(word) ?? 0) <= HEAP_BYTES);
  return [...fitting, `-Xmx${HEAP_BYTES / 2 ** 20}m`, `-XX:ArchiveClassesAtExit=${path}`];
}

/**
 * Archives the JDK's own classes anew, which takes half a second, for an address that nobody else knows: an archive lies right
 * behind what it was made on, and that of the JDK is made for the same address everywhere. Makes none, which does no harm, where
 * the JDK does not have what it takes.
 * @returns Whether there is one now.
 */
async function writeBase(
  { command, env, scratch, files, children, randomBytes }: TrainingOptions,
  { basePath }: Training,
): Promise<boolean> {
  const args = [
    ...wordsToShare(command.jvm),
    `-Xmx${HEAP_BYTES / 2 ** 20}m`,
    `-XX:SharedBaseAddress=${baseAddress(randomBytes(ADDRESS_BYTES))}`,
    `-XX:SharedArchiveFile=${basePath}`,
    "-Xshare:dump",
  ];
  const { exit } = await children.run({ program: command.program, args, env, cwd: scratch }, CHECK_MS);
  if (exit.code === 0 && await files.stat(basePath) !== null) return true;
  await files.remove(basePath);
  return false;
}

async function write(
  options: TrainingOptions,
  training: Training,
  base: readonly string[],
): Promise<void> {
  const { command, env, scratch, clock, files, children, dialer, signal } = options;
  const handshakePath = join(scratch, "handshake");
  await files.remove(handshakePath);
  const child = children.spawn({
    program: command.program,
    args: [...trainingWords(command.jvm, training.partialPath), ...base, ...command.spark],
    env: { ...env, _PYSPARK_DRIVER_CONN_INFO_PATH: handshakePath },
    cwd: scratch,
  });
  const output = Promise.all([child.stdout, child.stderr].map(lastOf));
  const ended = new AbortController();
  void child.exited.then(() => ended.abort(new Error("the JVM has ended")));
  const alive = AbortSignal.any([signal, ended.signal]);
  try {
    const handshake = await within(
      { clock, ms: HANDSHAKE_MS, signal: alive },
      (until) => awaitHandshake(handshakePath, options, until),
    );
    if (handshake === null) throw new Error(`the gateway did not start: ${await wordsOf(child, output)}`);
    const way = { dialer, port: handshake.port, secret: handshake.secret() };
    await files.remove(handshakePath);
    await attach({ ...way, scratch, signal: alive });
    const worker = await options.workerPython();
    await warmUp({ ...way, clock, files, scratch, cwd: scratch, worker, signal: alive });
    await child.closeStdin();
    const wait = AbortSignal.any([signal, ended.signal]);
    await clock.sleep(EXIT_MS, wait);
    signal.throwIfAborted();
    if (!ended.signal.aborted) throw new Error(`it was not written within ${EXIT_MS / 1000} s`);
    const { code } = await child.exited;
    if (code !== 0 || await files.stat(training.partialPath) === null) {
      throw new Error(`the JVM did not write it: ${await wordsOf(child, output)}`);
    }
  } finally {
    child.signal("SIGKILL");
    await Promise.all([child.exited, output]);
  }
}

/** Lets a JVM start from it that does not start without: a third of a second. */
async function check(
  { command, env, children }: TrainingOptions,
  flags: readonly string[],
): Promise<void> {
  const args = [
    ...command.jvm,
    ...flags.map((flag) => flag === "-Xshare:auto" ? "-Xshare:on" : flag),
    "-version",
  ];
  const { exit, stderr, timedOut } = await children.run(
    // The JVM that wrote the archive has removed its own folder.
    { program: command.program, args, env, cwd: "/" },
    CHECK_MS,
  );
  if (exit.code === 0) return;
  const said = stderr.trim().split("\n").at(-1) || "it said nothing";
  throw new Error(timedOut ? "a JVM that starts from it hangs" : `no JVM starts from it: ${said}`);
}

async function wordsOf(child: ChildHandle, output: Promise<readonly string[]>): Promise<string> {
  child.signal("SIGKILL");
  const lines = (await output).join("\n").trim().split("\n");
  // Hundreds of classes that cannot be archived are named on the way to every archive.
  return lines.findLast((line) => !/\[warning\]\[cds/.test(line)) || lines.at(-1) || "it said nothing";
}
