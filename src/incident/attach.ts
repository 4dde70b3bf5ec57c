/**
 * What a running JVM tells of itself when HotSpot's attach mechanism asks it: what `jcmd` and `jstack` print, without
 * a JDK's tools and without starting a second JVM.
 *
 * The protocol is the same from JDK 8 to 25 (`attachListener_linux.cpp`, `attachListener_posix.cpp`): a file
 * `/tmp/.attach_pid<pid>` and a SIGQUIT make the JVM listen on `/tmp/.java_pid<pid>`, which takes one command per
 * connection. Without the file, a SIGQUIT prints all threads to the JVM's output; to a JVM that does not handle it
 * (`-Xrs`, its first milliseconds) it is deadly.
 * @module
 */

import { join } from "@std/path";
import { reasonOf } from "../errors.ts";
import type { Clock, Connection, Files, UnixDialer } from "../ports.ts";
import { AttachError, encodeRequest, readAnswer, textOf } from "./attach_protocol.ts";

/** HotSpot on Linux looks here, whatever `java.io.tmpdir` and `TMPDIR` say. */
const TEMPORARY = "/tmp";
/** A younger JVM may not have its signal handlers yet: they took up to 30 ms. */
const MIN_AGE_MS = 1000;
/** How long a JVM gets to open its socket: 5 ms when idle, but not before a collection has ended. */
const OPEN_TIMEOUT_MS = 5000;
const OPEN_POLL_MS = 10;
/** How long one command gets. A class histogram takes 5 ms in a small heap, and has to wait for a collection too. */
const RUN_TIMEOUT_MS = 10_000;
/** SIGQUIT is signal 3: its bit in the masks of `/proc/<pid>/status` (proc(5)). */
const SIGQUIT_BIT = 1n << 2n;

/** The JVM to ask: a child of this process that is not reaped yet, so that its pid means no other process. */
export interface AttachTarget {
  readonly pid: number;
  /** When it was started, by the clock that goes with it. */
  readonly startedMs: number;
  /** Whether Java code is known to run in it, before which a JVM sets its signal handlers. @default false */
  readonly runsJava?: boolean;
}

/** What asking needs. */
export interface AttachContext {
  readonly files: Files;
  readonly clock: Clock;
  readonly dialer: UnixDialer;
  /** Sends SIGQUIT to this one process, not to its group; `false` when it is not there. */
  readonly quit: (pid: number) => boolean;
  /** Where HotSpot keeps its sockets; only a test has another. */
  readonly folder?: string;
}

/** Asks one JVM. */
export class AttachClient {
  readonly #pid: number;
  readonly #context: AttachContext;

  private constructor(pid: number, context: AttachContext) {
    this.#pid = pid;
    this.#context = context;
  }

  /**
   * Makes the JVM listen unless it does already. At most one SIGQUIT is sent, and none to a JVM that would die of it
   * or that is stopped; of what is made for it in the folder nothing is left.
   * @throws {AttachError} When the JVM cannot be asked, does not listen in time, or `signal` is aborted.
   */
  static async open(
    { pid, startedMs, runsJava = false }: AttachTarget,
    context: AttachContext,
    signal: AbortSignal,
  ): Promise<AttachClient> {
    const client = new AttachClient(pid, context);
    const { clock, files, quit } = context;
    await client.#mayAnswer();
    if (await client.#listens(signal)) return client;
    if (!runsJava && clock.nowMs() - startedMs < MIN_AGE_MS) {
      throw new AttachError(
        "too-young",
        `JVM ${pid} was started less than a second ago and is not asked yet.`,
      );
    }
    await client.#mayBeSignalled();
    const [trigger] = client.#paths();
    const deadlineMs = clock.nowMs() + OPEN_TIMEOUT_MS;
    try {
      // A fresh file moved there: whatever somebody else has put in its place is not followed.
      await files.writeAtomic(trigger, "");
      if (!quit(pid)) throw new AttachError("gone", `JVM ${pid} has ended.`);
      while (!await client.#listens(signal)) {
        if (signal.aborted) {
          throw new AttachError("silent", `JVM ${pid} had not opened its socket when it was given up.`);
        }
        if (clock.nowMs() >= deadlineMs) {
          const why = `JVM ${pid} did not open its socket within ${OPEN_TIMEOUT_MS / 1000} s`;
          throw new AttachError("silent", `${why}: it hangs, or has -XX:+DisableAttachMechanism.`);
        }
        await clock.sleep(OPEN_POLL_MS, signal);
      }
      return client;
    } finally {
      await files.remove(trigger);
    }
  }

  /**
   * Sends one command and returns its whole answer; longer than 4 MiB it ends with a line that says so.
   * @param command Such as `threaddump`, or `jcmd` with what `jcmd <pid>` takes as its one argument.
   * @throws {AttachError} When the JVM does not answer in time, refuses, or `signal` is aborted. What it does for the
   *   command it goes on with.
   */
  async run(
    command: string,
    args: readonly string[],
    signal: AbortSignal,
    timeoutMs: number = RUN_TIMEOUT_MS,
  ): Promise<string> {
    const request = encodeRequest(command, args);
    await this.#mayAnswer();
    const what = [command, ...args].join(" ");
    const connection = await this.#dial(signal);
    const ended = new AbortController();
    let given: string | null = null;
    const giveUp = (why: string) => {
      given = why;
      connection.close();
    };
    const onAbort = () => giveUp("before it was given up");
    signal.addEventListener("abort", onAbort);
    const deadline = this.#context.clock.sleep(timeoutMs, ended.signal).then(() => {
      if (!ended.signal.aborted) giveUp(`within ${timeoutMs / 1000} s`);
    });
    try {
      if (signal.aborted) onAbort();
      await connection.write(request);
      const answer = await readAnswer(connection);
      if (given === null) return textOf(answer, `JVM ${this.#pid}`, what);
    } catch (error) {
      if (error instanceof AttachError) throw error;
      if (given === null) {
        throw new AttachError("gone", `JVM ${this.#pid} hung up at "${what}": ${String(error)}.`);
      }
    } finally {
      signal.removeEventListener("abort", onAbort);
      ended.abort();
      await deadline;
      connection.close();
    }
    throw new AttachError("silent", `JVM ${this.#pid} did not answer "${what}" ${given}.`);
  }

  /** All threads with their stacks and who waits for whom, as `jstack` prints them. */
  threadDump(signal: AbortSignal): Promise<string> {
    return this.run("threaddump", [], signal);
  }

  /** The sizes of the heap's parts. */
  heapInfo(signal: AbortSignal): Promise<string> {
    return this.run("jcmd", ["GC.heap_info"], signal);
  }

  /**
   * How many objects of each class there are. Those that are garbage count too: without them the JVM would collect
   * the whole heap first, which a sick one may be at for minutes.
   */
  classHistogram(signal: AbortSignal): Promise<string> {
    return this.run("jcmd", ["GC.class_histogram -all"], signal);
  }

  /** What an error report would hold. It has the command line and environment in it: not to be shown as it is. */
  vmInfo(signal: AbortSignal): Promise<string> {
    return this.run("jcmd", ["VM.info"], signal);
  }

  /** Where native memory goes; one line that says so unless `-XX:NativeMemoryTracking` is on. */
  nativeMemory(signal: AbortSignal): Promise<string> {
    return this.run("jcmd", ["VM.native_memory"], signal);
  }

  /**
   * Writes the live objects of the heap to a file that does not exist yet, after a full collection; gzipped when its
   * name says so, which Java 17 and later can (JDK-8256450: the third argument).
   * @param path Absolute; the JVM writes it, with its own rights.
   * @param timeoutMs 10 s for each GiB are enough, gzipped 15 s. A JVM that is given up goes on writing.
   * @throws {AttachError} As `run` does, and when the file could not be written: of that, the JVM reports success.
   */
  async heapDump(path: string, signal: AbortSignal, timeoutMs: number): Promise<void> {
    const args = [path, "-live", ...path.endsWith(".gz") ? ["1"] : []];
    const answer = await this.run("dumpheap", args, signal, timeoutMs);
    if (answer.includes("Heap dump file created")) return;
    const reason = answer.trim().split("\n").at(-1);
    throw new AttachError("refused", `JVM ${this.#pid} wrote no heap dump: ${reason}`);
  }

  /** The file that asks for the socket, and the socket. */
  #paths(): readonly [string, string] {
    const [trigger = "", socket = ""] = attachPaths(this.#pid, this.#context.folder);
    return [trigger, socket];
  }

  async #dial(signal: AbortSignal): Promise<Connection> {
    const [, socket] = this.#paths();
    try {
      return await this.#context.dialer.dialUnix(socket, signal);
    } catch (error) {
      throw new AttachError(
        "gone",
        `JVM ${this.#pid} does not listen: ${reasonOf(error)}`,
      );
    }
  }

  /** Its file alone says nothing: a JVM that was killed leaves it, for the next one with this pid. */
  async #listens(signal: AbortSignal): Promise<boolean> {
    const [, socket] = this.#paths();
    if (await this.#context.files.stat(socket) === null) return false;
    try {
      (await this.#context.dialer.dialUnix(socket, signal)).close();
      return true;
    } catch {
      return false;
    }
  }

  async #mayAnswer(): Promise<void> {
    const state = /^State:\t(.)/m.exec(await this.#status())?.[1];
    if (state === "T" || state === "t") {
      throw new AttachError("stopped", `JVM ${this.#pid} is stopped and answers nobody.`);
    }
    if (state === "Z" || state === "X") throw new AttachError("gone", `JVM ${this.#pid} has ended.`);
  }

  async #mayBeSignalled(): Promise<void> {
    const status = await this.#status();
    const own = await this.#context.files.readText("/proc/self/status");
    if (effectiveUser(status) !== effectiveUser(own)) {
      throw new AttachError("not-ours", `JVM ${this.#pid} belongs to another user.`);
    }
    const caught = BigInt(`0x${/^SigCgt:\t([\da-f]+)/m.exec(status)?.[1] ?? "0"}`);
    if ((caught & SIGQUIT_BIT) === 0n) {
      throw new AttachError(
        "deaf",
        `JVM ${this.#pid} does not handle SIGQUIT (-Xrs?): to ask it would end it.`,
      );
    }
  }

  async #status(): Promise<string> {
    try {
      return await this.#context.files.readText(`/proc/${this.#pid}/status`);
    } catch {
      throw new AttachError("gone", `JVM ${this.#pid} has ended, or this machine tells nothing of it.`);
    }
  }
}

/**
 * The files of the attach mechanism for a pid: the one that asks for the socket, and the socket. A JVM that was killed
 * leaves its socket, to be removed by whoever reaps it.
 */
export function attachPaths(pid: number, folder: string = TEMPORARY): readonly string[] {
  return [join(folder, `.attach_pid${pid}`), join(folder, `.java_pid${pid}`)];
}

function effectiveUser(status: string): string | null {
  return /^Uid:\t\d+\t(\d+)/m.exec(status)?.[1] ?? null;
}
