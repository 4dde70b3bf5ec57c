/**
 * How the daemon's own children run: each in a session of its own, every stream a pipe, nothing inherited.
 * @module
 */

import type { ExitStatus } from "../core/verdict.ts";
import type { ChildHandle, ChildLauncher, ChildResult, ChildSpec, Signal } from "../ports.ts";
import { sendSignal } from "./signal.ts";
import { exitOf, spawnProcess } from "./spawn.ts";

/** What `run` keeps of standard output: the beginning, enough for a dump of some thousand threads. */
const KEPT_STDOUT_BYTES = 4 * 2 ** 20;
/** What `run` keeps of standard error: the end, because the reason of a failure is written last. */
const KEPT_STDERR_BYTES = 64 * 2 ** 10;

/** Starts real processes. */
export const children: ChildLauncher = { spawn: (spec) => new Child(spec), run };

class Child implements ChildHandle {
  readonly pid: number;
  readonly stdout: ReadableStream<Uint8Array>;
  readonly stderr: ReadableStream<Uint8Array>;
  readonly exited: Promise<ExitStatus>;
  readonly #stdin: WritableStream<Uint8Array>;
  #reaped = false;

  constructor(spec: ChildSpec) {
    // `detached` is setsid(2), and also keeps Deno from killing the child after an uncaught error of ours.
    const child = spawnProcess(spec, { stdin: "piped", stdout: "piped", stderr: "piped", detached: true });
    this.pid = child.pid;
    this.stdout = child.stdout;
    this.stderr = child.stderr;
    this.#stdin = child.stdin;
    this.exited = this.#end(child);
  }

  async #end(child: Deno.ChildProcess): Promise<ExitStatus> {
    const status = await exitOf(child);
    this.#reaped = true;
    // Or the pipe stays open until a garbage collection.
    await this.closeStdin();
    return status;
  }

  async closeStdin(): Promise<void> {
    try {
      await this.#stdin.close();
    } catch {
      // Closed before, or broken because the child is gone: closed either way.
    }
  }

  signal(signal: Signal): boolean {
    // The group outlives its leader while it has members; the leader's pid may be somebody else's by then.
    return sendSignal(-this.pid, signal) || (!this.#reaped && sendSignal(this.pid, signal));
  }
}

/**
 * A program has ended when it has been reaped and both its outputs are closed. At the deadline its group is
 * killed and the outputs are let go of: a grandchild in a session of its own may hold them open for ever.
 */
async function run(spec: ChildSpec, timeoutMs: number): Promise<ChildResult> {
  const child = spawnProcess(spec, { stdin: "null", stdout: "piped", stderr: "piped", detached: true });
  const exited = exitOf(child);
  const outputs = new AbortController();
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    sendSignal(-child.pid, "SIGKILL");
    void exited.then(() => outputs.abort());
  }, timeoutMs);
  try {
    const [exit, stdout, stderr] = await Promise.all([
      exited,
      firstBytes(chunksOf(child.stdout, outputs.signal), KEPT_STDOUT_BYTES),
      lastBytes(chunksOf(child.stderr, outputs.signal), KEPT_STDERR_BYTES),
    ]);
    return { exit, stdout, stderr: new TextDecoder().decode(stderr), timedOut };
  } finally {
    clearTimeout(timer);
  }
}

async function* chunksOf(stream: ReadableStream<Uint8Array>, until: AbortSignal): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader();
  until.addEventListener("abort", () => void reader.cancel());
  for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
}

/** Reads to the end, or the writer would block on a full pipe, and keeps the beginning. */
async function firstBytes(chunks: AsyncIterable<Uint8Array>, limit: number): Promise<Uint8Array> {
  const kept: Uint8Array[] = [];
  let room = limit;
  for await (const chunk of chunks) {
    const part = chunk.subarray(0, room);
    if (part.length > 0) kept.push(part);
    room -= part.length;
  }
  return concat(kept);
}

async function lastBytes(chunks: AsyncIterable<Uint8Array>, limit: number): Promise<Uint8Array> {
  let tail = new Uint8Array();
  for await (const chunk of chunks) tail = concat([tail, chunk]).slice(-limit);
  return tail;
}

function concat(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
