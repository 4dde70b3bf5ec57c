/**
 * One generation of the gateway, from its folders to its last traces: started, attached to, ended, cleaned up.
 * @module
 */

import { join } from "@std/path";
import type { DeathEvidence } from "../core/diagnosis/exit_cause.ts";
import type { Input, StopStep } from "../core/lifecycle.ts";
import type { MemoryPlan } from "../core/memory/plan.ts";
import type { ExitStatus, OutputLine } from "../core/verdict.ts";
import { reasonOf } from "../errors.ts";
import type { ChildHandle, OomKills } from "../ports.ts";
import { attach, type RunningFlags } from "./attach.ts";
import { awaitAtMost } from "./deadline.ts";
import type { ProcessOptions } from "./process_options.ts";
import { awaitHandshake } from "./handshake.ts";
import { killsBetween } from "./oom_kills.ts";
import { GatewayOutputs, type LastLines } from "./outputs.ts";
import { startOf } from "./start.ts";
import { sweep } from "./sweep.ts";

/** Where a gateway listens. The secret opens everything: it goes to programs, never to a log. */
export interface Endpoint {
  readonly port: number;
  readonly secret: string;
}

/** How a gateway is to be started. */
export interface Launch {
  readonly plan: MemoryPlan;
  /** Where it dumps its heap to when it runs out of memory; `null` for nowhere. */
  readonly heapDump: string | null;
  /** Whether somebody waits for it, so that being there soon is worth more than what its code is compiled to. */
  readonly isAwaited: boolean;
  /** Its process is made when this has resolved, which never rejects. */
  readonly recorded?: Promise<void> | undefined;
  /** Told when there is a process, or will be none. */
  readonly onPrepared?: () => void;
}

/** How a gateway came to its end. */
export type Ending = Pick<DeathEvidence, "exit" | "intent" | "wasReady">;

/** What closing outputs are waited for after the exit. */
const LAST_OUTPUT_MS = 2_000;

/** One JVM and everything that belongs to it. */
export class GatewayProcess {
  readonly generation: number;
  readonly #options: ProcessOptions;
  readonly #report: (input: Input) => void;
  readonly #abandoned = new AbortController();
  readonly #outputs: GatewayOutputs;
  #child: ChildHandle | null = null;
  #scratch: string | null = null;
  #endpoint: Endpoint | null = null;
  #oomKillsBefore: OomKills = { group: null, machine: null };
  #flags: RunningFlags | null = null;
  readonly #sparkFolders = new Set<string>();
  #argv: readonly string[] = [];
  #startedMs: number | null = null;
  #gcLog: string | null = null;

  constructor(
    generation: number,
    { report, ...options }: ProcessOptions & { report: (input: Input) => void },
  ) {
    this.generation = generation;
    this.#options = options;
    this.#report = report;
    this.#outputs = new GatewayOutputs(generation, report);
  }

  /** Where it listens, once the hand-shake is there. */
  get endpoint(): Endpoint | null {
    return this.#endpoint;
  }

  /** Its own temporary folder, once there is one. */
  get scratch(): string | null {
    return this.#scratch;
  }

  /** The JVM's process, once there is one. */
  get pid(): number | null {
    return this.#child?.pid ?? null;
  }

  /** The words it was started with; empty before. */
  get argv(): readonly string[] {
    return this.#argv;
  }

  /** When the process was made, by the clock; `null` before. */
  get startedMs(): number | null {
    return this.#startedMs;
  }

  /** What whoever asks the JVM from outside must know of it; `null` before there is one. */
  get jvm(): { readonly pid: number; readonly startedMs: number; readonly runsJava: boolean } | null {
    const pid = this.pid, startedMs = this.#startedMs;
    return pid === null || startedMs === null ? null : { pid, startedMs, runsJava: this.#endpoint !== null };
  }

  /** Where the JVM logs its collections; `null` when it was not told to. */
  get gcLog(): string | null {
    return this.#gcLog;
  }

  /** Bytes of output that could not be written. */
  get lostLogBytes(): number {
    return this.#outputs.lostBytes;
  }

  /** The newest line of its outputs that tells of a heap dump, or `null`. */
  get heapDumpLine(): string | null {
    return this.#outputs.heapDumpLine;
  }

  /** Remembers folders that Spark has made and removes only at an orderly exit. */
  noteFolders(folders: readonly string[]): void {
    for (const folder of folders) this.#sparkFolders.add(folder);
  }

  /** The flags read back from the running JVM, once attached. */
  get flags(): RunningFlags | null {
    return this.#flags;
  }

  /** Starts the JVM and waits for its hand-shake; reports every outcome, never rejects. */
  async launch(launch: Launch): Promise<void> {
    try {
      const handshakePath = await this.#start(launch).finally(launch.onPrepared);
      if (handshakePath !== null) await this.#shakeHands(handshakePath);
    } catch (error) {
      // What went wrong before there was a child is the evidence of its death.
      if (this.#child === null) this.#endWithout({ code: 1, signal: null }, reasonOf(error));
      else this.#refuse(error);
    }
  }

  /** A hand-shake that is no use leaves a JVM without calls: whoever ends it must know why. */
  #refuse(error: unknown): void {
    const { generation } = this;
    if (this.#abandoned.signal.aborted) return;
    this.#report({ kind: "handshake", generation });
    this.#report({ kind: "attach-failed", generation, reason: reasonOf(error) });
  }

  async #start({ plan, heapDump, isAwaited, recorded }: Launch): Promise<string | null> {
    const { command, files, children, folders, machine, cwd, archive, bytecode } = this.#options;
    const [outcome, sparkHome = null] = await Promise.all([command.prepare(), bytecode?.home()]);
    if (outcome.kind === "failed") {
      this.#endWithout(outcome.exit, outcome.stderr);
      return null;
    }
    const scratch = this.#scratch = await files.makeTempDir(folders.temp, folders.scratchPrefix);
    const name = `g${this.generation}`;
    const { answer } = outcome;
    const awaitedOn = isAwaited ? machine.processor().processors : null;
    const start = startOf({
      ...this.#options,
      ...{ name, answer, plan, scratch, heapDump, sparkHome, awaitedOn },
    });
    const { folder, handshakePath, env } = start;
    await files.remove(folder);
    await files.makeDir(folder);
    await files.makeDir(folders.logs);
    const argv = await archive?.apply(this.generation, start) ?? start.argv;
    this.#argv = argv;
    const [program = "", ...args] = argv;
    this.#gcLog = start.gcLog;
    this.#oomKillsBefore = await machine.oomKills(0);
    await recorded;
    if (this.#abandoned.signal.aborted) {
      this.#endWithout({ code: 0, signal: null }, "");
      return null;
    }
    const child = children.spawn({ program, args, env, cwd });
    this.#child = child;
    this.#startedMs = this.#options.clock.nowMs();
    this.#outputs.drain(child, folders.logs, files);
    const vitals = await machine.process(child.pid);
    const startTicks = vitals?.startTicks ?? null;
    this.#report({ kind: "spawned", generation: this.generation, pid: child.pid, startTicks });
    void machine.preferAsVictim(child.pid);
    void child.exited.then((exit) => {
      this.#abandoned.abort();
      this.#report({ kind: "exited", generation: this.generation, exit });
    });
    return handshakePath;
  }

  async #shakeHands(path: string): Promise<void> {
    const handshake = await awaitHandshake(path, this.#options, this.#abandoned.signal);
    if (handshake === null) return;
    this.#endpoint = { port: handshake.port, secret: handshake.secret() };
    // The secret has been read: it need not lie about.
    await this.#options.files.remove(path);
    this.#report({ kind: "handshake", generation: this.generation });
  }

  /** Makes the first calls; reports the outcome, never rejects. */
  async attach(): Promise<void> {
    const { generation } = this;
    const endpoint = this.#endpoint;
    if (endpoint === null) return;
    try {
      const { dialer } = this.#options;
      this.#flags = await attach({
        dialer,
        ...endpoint,
        scratch: this.#scratch,
        signal: this.#abandoned.signal,
      });
      this.#report({ kind: "attached", generation });
    } catch (error) {
      // An exit explains itself; only a living JVM that does not answer needs words.
      if (!this.#abandoned.signal.aborted) {
        this.#report({ kind: "attach-failed", generation, reason: reasonOf(error) });
      }
    }
  }

  /** Takes one step towards the end; whoever inspects a JVM does so from outside. */
  async endStep(step: Exclude<StopStep, "inspect">): Promise<void> {
    const child = this.#child;
    if (child === null) {
      this.#abandoned.abort();
      return;
    }
    switch (step) {
      case "close-stdin":
        // The gateway reads its standard input for ever and exits at its end (PythonGatewayServer.scala).
        return await child.closeStdin();
      case "SIGTERM":
      case "SIGKILL":
        child.signal(step);
        return;
    }
  }

  /**
   * Gathers the evidence of the death, then removes every process and folder of this generation.
   * @param beforeSweep Looks at what is about to be removed; returns HotSpot's error report.
   */
  async collect(
    { exit, intent, wasReady }: Ending,
    beforeSweep: (outputs: LastLines) => Promise<readonly OutputLine[]> = () => Promise.resolve([]),
  ): Promise<DeathEvidence> {
    const { clock, machine, archive } = this.#options;
    await archive?.ended(this.generation, { exit, served: this.#endpoint !== null });
    await awaitAtMost({ clock, ms: LAST_OUTPUT_MS }, this.#outputs.drained);
    const after = await machine.oomKills(0);
    const outputs = this.#outputs.lines;
    const hsErr = await beforeSweep(outputs);
    const { folders: { runtime }, files } = this.#options;
    const scratch = this.#scratch === null ? [] : [this.#scratch];
    await sweep({
      ...{ clock, machine, files, session: this.#child?.pid ?? null },
      folders: [join(runtime, `g${this.generation}`), ...scratch, ...this.#sparkFolders],
    });
    return {
      exit,
      intent,
      wasReady,
      ...{ ...outputs, argv: this.#argv },
      hsErr,
      oomKills: killsBetween(this.#oomKillsBefore, after),
    };
  }

  #endWithout(exit: ExitStatus, stderr: string): void {
    this.#outputs.tell(stderr);
    this.#report({ kind: "exited", generation: this.generation, exit });
  }
}
