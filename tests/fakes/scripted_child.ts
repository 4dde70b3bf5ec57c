/**
 * Child processes that do what a test says: write, exit, refuse to die, hold their outputs open, or never start.
 * @module
 */

import type { ExitStatus } from "../../src/core/verdict.ts";
import type { ChildHandle, ChildLauncher, ChildResult, ChildSpec, Signal } from "../../src/ports.ts";

/** Which endings of the daemon's a child obeys, and how it exits then; it ignores the others. */
export type Obedience = Partial<Readonly<Record<"close-stdin" | Signal, ExitStatus>>>;

/** A JVM that ends as it should. */
export const OBEDIENT: Obedience = {
  "close-stdin": { code: 0, signal: null },
  SIGTERM: { code: 143, signal: null },
  SIGKILL: { code: 137, signal: "SIGKILL" },
};

/** A process whose doings are commands of the test. */
export class ScriptedChild implements ChildHandle {
  readonly pid: number;
  readonly stdout: ReadableStream<Uint8Array>;
  readonly stderr: ReadableStream<Uint8Array>;
  readonly exited: Promise<ExitStatus>;
  /** What the daemon has done to it, in order. */
  readonly received: ("close-stdin" | Signal)[] = [];
  readonly #obeys: Obedience;
  readonly #outputs = new Map<"stdout" | "stderr", ReadableStreamDefaultController<Uint8Array>>();
  readonly #exit = Promise.withResolvers<ExitStatus>();
  #living = true;

  constructor(options: { readonly pid?: number; readonly obeys?: Obedience } = {}) {
    this.pid = options.pid ?? 4242;
    this.#obeys = options.obeys ?? OBEDIENT;
    this.stdout = this.#output("stdout");
    this.stderr = this.#output("stderr");
    this.exited = this.#exit.promise;
  }

  /** Writes to an output; text in UTF-8. */
  write(output: "stdout" | "stderr", data: string | Uint8Array): void {
    this.#outputs.get(output)?.enqueue(typeof data === "string" ? new TextEncoder().encode(data) : data);
  }

  /** Exits, and closes its outputs unless a child of its own is to hold them. */
  exit(status: ExitStatus, { outputsStayOpen = false } = {}): void {
    if (!this.#living) return;
    this.#living = false;
    if (!outputsStayOpen) this.closeOutputs();
    this.#exit.resolve(status);
  }

  /** Closes both outputs. */
  closeOutputs(): void {
    for (const output of this.#outputs.values()) output.close();
    this.#outputs.clear();
  }

  closeStdin(): Promise<void> {
    this.#receive("close-stdin");
    return Promise.resolve();
  }

  signal(signal: Signal): boolean {
    this.#receive(signal);
    return true;
  }

  #receive(ending: "close-stdin" | Signal): void {
    this.received.push(ending);
    const status = this.#obeys[ending];
    if (status !== undefined) this.exit(status);
  }

  #output(name: "stdout" | "stderr"): ReadableStream<Uint8Array> {
    return new ReadableStream({ start: (controller) => void this.#outputs.set(name, controller) });
  }
}

/** What a program that is run to its end leaves. */
export type Outcome = Partial<Omit<ChildResult, "stdout">> & { readonly stdout?: string };

/** Starts children that do as they are told. */
export class ScriptedLauncher implements ChildLauncher {
  /** What was started and run so far. */
  readonly spawned: ChildSpec[] = [];
  readonly ran: ChildSpec[] = [];
  /** What the next process to start is; throws when it cannot be started. */
  onSpawn: (spec: ChildSpec) => ChildHandle = () => new ScriptedChild();
  /** What a program that is run to its end leaves; throws when it cannot be started. */
  onRun: (spec: ChildSpec) => Outcome | Promise<Outcome> = () => ({});

  spawn(spec: ChildSpec): ChildHandle {
    this.spawned.push(spec);
    return this.onSpawn(spec);
  }

  async run(spec: ChildSpec): Promise<ChildResult> {
    this.ran.push(spec);
    const { stdout = "", ...outcome } = await this.onRun(spec);
    const silent = { exit: { code: 0, signal: null }, stderr: "", timedOut: false };
    return { ...silent, ...outcome, stdout: new TextEncoder().encode(stdout) };
  }
}
