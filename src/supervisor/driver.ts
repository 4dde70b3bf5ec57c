/**
 * Carries out what the machine decides: processes, heartbeats, evidence, and the file programs attach by.
 * @module
 */

import type { Intent } from "../core/diagnosis/exit_cause.ts";
import type { Effect, Input } from "../core/lifecycle.ts";
import type { LedgerRecord } from "../core/ledger/ledger_record.ts";
import type { MemoryPlan } from "../core/memory/plan.ts";
import { sizesOf } from "../core/memory/record.ts";
import type { GcVitals } from "../core/watch/vitals.ts";
import { reasonOf } from "../errors.ts";
import { GatewayProcess } from "../gateway/process.ts";
import type { Endpoint, ProcessOptions } from "../gateway/process.ts";
import type { HeapDumps } from "../incident/heap_dumps.ts";
import { EnvironmentFile } from "./environment_file.ts";
import type { WayIn } from "./environment_file.ts";
import { examineUntil } from "./examination.ts";
import type { Probe } from "./examination.ts";
import { beatUntil } from "./heartbeat.ts";
import { removeJvmTraces } from "./leftovers.ts";
import type { MemoryFile } from "./memory_file.ts";
import { Remains } from "./remains.ts";
import type { RemainsOptions } from "./remains.ts";
import type { GatewayDriver } from "./supervisor.ts";

/** What driving needs. */
export interface DriverOptions extends ProcessOptions, Omit<RemainsOptions, keyof ProcessOptions> {
  readonly heartbeatPeriodMs: number;
  readonly memoryFile: MemoryFile;
  readonly heapDumps: HeapDumps;
  /** Why the newest gateway is being ended; `null` when it is not. */
  readonly intent: () => Intent | null;
  /** Appends durably; `null` for a daemon that keeps none. */
  readonly ledger: { append(record: LedgerRecord): Promise<void> } | null;
  /** By what programs reach a gateway; `null` when they cannot yet. */
  readonly wayIn: (endpoint: Endpoint) => Promise<Endpoint | null>;
  /** Connections of programs to a gateway, beside those that reach it directly. */
  readonly relayed: (generation: number) => number;
  /** Asks the Spark behind an endpoint. */
  readonly probe: (endpoint: Endpoint) => Probe;
  /** Reads what a JVM publishes of its collector. */
  readonly readGc: (pid: number) => Promise<GcVitals | null>;
  /** Whether something is wrong with the newest gateway, so that a closer look is worth its price. */
  readonly troubled: () => boolean;
  /** Told of what fails beside the gateway itself. */
  readonly onError: (error: unknown) => void;
  /** The value of `PYSPARK_PIN_THREAD` the gateway was started with: both sides must agree. */
  readonly pinThread: string;
}

/** Drives real gateways. */
export class RealDriver implements GatewayDriver {
  readonly #options: DriverOptions;
  readonly #environment: EnvironmentFile;
  #current: GatewayProcess | null = null;
  #remains: Remains | null = null;
  #beating = new AbortController();
  /** Whether the way in is to stand in the file. */
  #inFile = false;
  /** What is under way and must end before the daemon may. */
  readonly #work = new Set<Promise<void>>();

  constructor(options: DriverOptions) {
    this.#options = options;
    this.#environment = new EnvironmentFile(options.folders.runtime, options.files);
  }

  /** The newest gateway. */
  get current(): GatewayProcess | null {
    return this.#current;
  }

  /** How long the last heartbeat took, in milliseconds. */
  get latencyMs(): number | null {
    return this.#remains?.heartbeatMs ?? null;
  }

  /** Where programs find the way in while the gateway is ready. */
  get environmentFile(): string {
    return this.#environment.path;
  }

  /** Waits for everything under way. */
  async settled(): Promise<void> {
    while (this.#work.size > 0) await Promise.all(this.#work);
  }

  perform(effect: Effect, report: (input: Input) => void): void {
    const work = this.#act(effect, report).catch(this.#options.onError).finally(() =>
      this.#work.delete(work)
    );
    this.#work.add(work);
  }

  async #act(effect: Effect, report: (input: Input) => void): Promise<void> {
    switch (effect.kind) {
      case "launch":
        return await this.#launch(effect.generation, effect.plan, report);
      case "attach":
        try {
          this.#inFile = true;
          await this.#environment.write(() => this.#wayIn());
        } catch (error) {
          return report({ kind: "attach-failed", generation: effect.generation, reason: reasonOf(error) });
        }
        return await this.#current?.attach();
      case "begin-heartbeat":
        return await this.#watch(effect.generation, report);
      case "end-heartbeat":
        this.#beating.abort();
        return await this.#removeEnvironment();
      case "end-step":
        if (effect.step !== "inspect") return await this.#current?.endStep(effect.step);
        await this.#remains?.inspect(this.#options.intent());
        return report({ kind: "inspected", generation: effect.generation });
      case "collect": {
        this.#beating.abort();
        const { exit, intent, wasReady, generation } = effect;
        const [pid, remains] = [this.#current?.pid ?? null, this.#remains];
        // Evidence is worth more than a file that cannot be removed.
        await this.#removeEnvironment().catch(this.#options.onError);
        if (remains === null) return;
        const evidence = await remains.collect({ exit, intent, wasReady });
        const { files, machine } = this.#options;
        await removeJvmTraces({ files, machine, gone: pid === null ? [] : [pid] });
        return report({ kind: "collected", generation, evidence });
      }
      case "record":
        return await this.#remains?.save(effect.incident);
      case "remember":
        return await this.#options.memoryFile.keep(effect.record);
      case "finish":
        return;
    }
  }

  /** Programs that come by the file get another way in from now on; harmless while there is none. */
  renewEnvironment(): void {
    if (!this.#inFile) return;
    void this.#environment.write(() => this.#wayIn()).catch(this.#options.onError);
  }

  async #wayIn(): Promise<WayIn | null> {
    const { endpoint = null, generation = 0 } = this.#current ?? {};
    const way = endpoint && await this.#options.wayIn(endpoint);
    // It may have been lost meanwhile.
    if (way === null || endpoint !== this.#current?.endpoint) return null;
    return { ...way, generation, pinThread: this.#options.pinThread };
  }

  #removeEnvironment(): Promise<void> {
    this.#inFile = false;
    return this.#environment.remove();
  }

  async #launch(generation: number, plan: MemoryPlan, report: (input: Input) => void): Promise<void> {
    const current = this.#current = new GatewayProcess(generation, { ...this.#options, report });
    const { ledger, clock, heapDumps } = this.#options;
    const at = clock.date().toISOString();
    const sizes = sizesOf(plan);
    const { heap: heapBytes, direct: directBytes } = sizes;
    const remains = this.#remains = new Remains(current, plan, this.#options);
    // Before the process is made: whatever becomes of the daemon, no number is given twice.
    await ledger?.append({ kind: "launched", at, generation, heapBytes, directBytes, sizes });
    const heapDump = await heapDumps.begin(generation, heapBytes);
    remains.expectDump(heapDump);
    await current.launch(plan, heapDump.target);
  }

  /** Watches a gateway from inside and outside until its heartbeat is ended. */
  async #watch(generation: number, report: (input: Input) => void): Promise<void> {
    const current = this.#current;
    const remains = this.#remains;
    const endpoint = current?.endpoint;
    const pid = current?.pid;
    if (!remains || !endpoint || !pid) return;
    const { clock, dialer, machine, troubled, probe, readGc, relayed, heartbeatPeriodMs: periodMs } =
      this.#options;
    this.#beating = new AbortController();
    const { signal } = this.#beating;
    await Promise.all([
      beatUntil({
        ...endpoint,
        ...{ periodMs, clock, dialer, signal },
        onBeat: (way, latencyMs) => {
          if (way === "kept") remains.beat(latencyMs);
          report({ kind: "heartbeat", generation, way });
        },
        onMiss: (way) => report({ kind: "missed", generation, way }),
      }),
      examineUntil({
        ...{ pid, port: endpoint.port, periodMs, clock, machine, troubled, signal },
        probe: probe(endpoint),
        relayed: () => relayed(generation),
        readGc: () => readGc(pid),
        onLook: (look) => {
          remains.look(look);
          report({ kind: "looked", generation, look });
        },
      }),
    ]);
  }
}
