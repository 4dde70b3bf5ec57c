/**
 * Carries out what the machine decides: processes, heartbeats, evidence, and the file programs attach by.
 * @module
 */

import type { Intent } from "../core/diagnosis/exit_cause.ts";
import type { Effect } from "../core/lifecycle.ts";
import type { LedgerRecord } from "../core/ledger/ledger_record.ts";
import { sizesOf } from "../core/memory/record.ts";
import type { PoolInput } from "../core/pool/step.ts";
import type { GcVitals } from "../core/watch/vitals.ts";
import { reasonOf } from "../errors.ts";
import { awaitAtMost } from "../gateway/deadline.ts";
import { GatewayProcess } from "../gateway/process.ts";
import type { Endpoint } from "../gateway/process.ts";
import type { ProcessOptions } from "../gateway/process_options.ts";
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
import { Rest } from "./rest.ts";
import type { RestOptions } from "./rest.ts";
import type { GatewayDriver } from "./supervisor.ts";

/** What driving needs. */
export interface DriverOptions
  extends
    ProcessOptions,
    Pick<RestOptions, "ownWarmUp" | "workerPython" | "onWarmedUp">,
    Omit<RemainsOptions, keyof ProcessOptions> {
  readonly heartbeatPeriodMs: number;
  readonly memoryFile: MemoryFile;
  readonly heapDumps: HeapDumps;
  /** Why a gateway is being ended; `null` when it is not. */
  readonly intent: (generation: number) => Intent | null;
  /** Appends durably; `null` for a daemon that keeps none. */
  readonly ledger: { append(record: LedgerRecord): Promise<void> } | null;
  /** By what programs reach a gateway; `null` when they cannot yet. */
  readonly wayIn: (endpoint: Endpoint | null) => Promise<Endpoint | null>;
  /** Connections of programs to a gateway, beside those that reach it directly. */
  readonly relayed: (generation: number) => number;
  /** Asks the Spark behind an endpoint. */
  readonly probe: (endpoint: Endpoint) => Probe;
  /** Reads what a JVM publishes of its collector. */
  readonly readGc: (pid: number) => Promise<GcVitals | null>;
  /** Whether something is wrong with a gateway, so that a closer look is worth its price. */
  readonly troubled: (generation: number) => boolean;
  /** Whether gateways are searched for what their programs have left. */
  readonly searches: boolean;
  /** Whether programs that come while no gateway is ready wait for one: then the file stays for them. */
  readonly holdsPrograms: boolean;
  /** Told of what fails beside the gateway itself. */
  readonly onError: (error: unknown) => void;
  /** The value of `PYSPARK_PIN_THREAD` the gateway was started with: both sides must agree. */
  readonly pinThread: string;
}

/** What belongs to one gateway. */
interface Charge {
  readonly gateway: GatewayProcess;
  readonly remains: Remains;
  readonly rest: Rest;
  /** Aborted when it serves no more. */
  serving: AbortController;
  /** Whether it has ended, and its evidence has been asked for. */
  over: boolean;
}

/** A start is prepared in 15 ms; one that asks Spark's launcher anew takes a second or more. */
const PREPARATION_MS = 250;

type Report = (input: PoolInput) => void;
type Launch = Extract<Effect, { kind: "launch" }>;

/** Drives real gateways. */
export class RealDriver implements GatewayDriver {
  readonly #options: DriverOptions;
  readonly #environment: EnvironmentFile;
  readonly #charges = new Map<number, Charge>();
  /** The gateways for whose programs the way in is to stand in the file. */
  readonly #inFile = new Set<number>();
  /** Bytes that gateways which have been forgotten could not write to the logs. */
  #lostBefore = 0;
  /** Whether the file stands, whatever becomes of the gateways. */
  #stands = false;
  /** Resolves when the newest gateway has its process, or will have none. */
  #prepared: Promise<void> = Promise.resolve();
  /** What is under way and must end before the daemon may. */
  readonly #work = new Set<Promise<void>>();

  constructor(options: DriverOptions) {
    this.#options = options;
    this.#environment = new EnvironmentFile(options.folders.runtime, options.files);
  }

  /** A gateway by its number; `null` when it has been forgotten. */
  gateway(generation: number): GatewayProcess | null {
    return this.#charges.get(generation)?.gateway ?? null;
  }

  /** How long a gateway's last heartbeat took, in milliseconds. */
  latencyMs(generation: number): number | null {
    return this.#charges.get(generation)?.remains.heartbeatMs ?? null;
  }

  /** Bytes of the gateways' output that could not be written to the logs. */
  get lostLogBytes(): number {
    return [...this.#charges.values()].reduce((sum, { gateway }) => sum + gateway.lostLogBytes, 0);
  }

  /** The same, with those of gateways that have been forgotten: this number only grows. */
  get everLostLogBytes(): number {
    return this.#lostBefore + this.lostLogBytes;
  }

  /** Where programs find the way in while a gateway is ready. */
  get environmentFile(): string {
    return this.#environment.path;
  }

  /** Waits for everything under way. */
  async settled(): Promise<void> {
    while (this.#work.size > 0) await Promise.all(this.#work);
  }

  perform(effect: Effect, report: Report): void {
    const work = this.#act(effect, report).catch(this.#options.onError).finally(() =>
      this.#work.delete(work)
    );
    this.#work.add(work);
  }

  async #act(effect: Effect, report: Report): Promise<void> {
    const charge = "generation" in effect ? this.#charges.get(effect.generation) : undefined;
    switch (effect.kind) {
      case "launch":
        return await this.#launch(effect, report);
      case "attach":
        try {
          await this.#enter(effect.generation);
        } catch (error) {
          return report({ kind: "attach-failed", generation: effect.generation, reason: reasonOf(error) });
        }
        return await charge?.gateway.attach();
      case "begin-heartbeat":
        return await this.#watch(effect.generation, report);
      case "end-heartbeat":
        charge?.serving.abort();
        return await this.#leave(effect.generation);
      case "end-step":
        if (effect.step !== "inspect") return await charge?.gateway.endStep(effect.step);
        await charge?.remains.inspect(this.#options.intent(effect.generation));
        return report({ kind: "inspected", generation: effect.generation });
      case "collect": {
        if (charge === undefined) return;
        charge.serving.abort();
        charge.over = true;
        const { exit, intent, wasReady, generation } = effect;
        const { gateway: { pid }, remains } = charge;
        // Evidence is worth more than a file that cannot be removed.
        await this.#leave(generation).catch(this.#options.onError);
        const evidence = await remains.collect({ exit, intent, wasReady });
        const { files, machine } = this.#options;
        await removeJvmTraces({ files, machine, gone: pid === null ? [] : [pid] });
        return report({ kind: "collected", generation, evidence });
      }
      case "warm-up":
        return await charge?.rest.warmUp(charge.serving.signal, report);
      case "search":
        return await charge?.rest.search(charge.serving.signal, report);
      case "record": {
        // The start that may follow in the same turn forgets the gateway.
        const remains = this.#charges.get(effect.incident.generation)?.remains;
        await Promise.resolve();
        // What takes milliseconds of the processor and the disk comes behind the start that somebody may wait for.
        await awaitAtMost({ clock: this.#options.clock, ms: PREPARATION_MS }, this.#prepared);
        return await remains?.save(effect.incident);
      }
      case "remember":
        return await this.#options.memoryFile.keep(effect.record);
      case "finish":
        return await this.#environment.remove();
    }
  }

  /** Programs that come by the file get another way in from now on; harmless while there is none. */
  renewEnvironment(): void {
    if (this.#inFile.size === 0 && !this.#stands) return;
    void this.#environment.write(() => this.#wayIn()).catch(this.#options.onError);
  }

  async #wayIn(): Promise<WayIn | null> {
    const generation = Math.max(0, ...this.#inFile);
    const way = await this.#options.wayIn(this.gateway(generation)?.endpoint ?? null);
    // It may have been lost meanwhile.
    if (way === null || !this.#inFile.has(generation) && !this.#stands) return null;
    return { ...way, generation, pinThread: this.#options.pinThread };
  }

  async #enter(generation: number): Promise<void> {
    this.#inFile.add(generation);
    if (this.#inFile.size > 1 || this.#stands) return;
    await this.#environment.write(() => this.#wayIn());
    this.#stands = this.#options.holdsPrograms;
  }

  async #leave(generation: number): Promise<void> {
    this.#inFile.delete(generation);
    if (this.#inFile.size === 0 && !this.#options.holdsPrograms) await this.#environment.remove();
  }

  async #launch({ generation, plan, isAwaited }: Launch, report: Report): Promise<void> {
    for (const [each, { over, gateway }] of this.#charges) {
      if (!over) continue;
      this.#lostBefore += gateway.lostLogBytes;
      this.#charges.delete(each);
    }
    const prepared = Promise.withResolvers<void>();
    this.#prepared = prepared.promise;
    const gateway = new GatewayProcess(generation, { ...this.#options, report });
    const remains = new Remains(gateway, plan, this.#options);
    const rest = new Rest(gateway, this.#options);
    this.#charges.set(generation, { gateway, remains, rest, serving: new AbortController(), over: false });
    const { ledger, clock, heapDumps } = this.#options;
    const at = clock.date().toISOString();
    const sizes = sizesOf(plan);
    const { heap: heapBytes, direct: directBytes } = sizes;
    // No process is made before this is on disk: whatever becomes of the daemon, no number is given twice.
    const recorded = ledger?.append({ kind: "launched", at, generation, heapBytes, directBytes, sizes });
    const heapDump = await heapDumps.begin(generation, heapBytes);
    remains.expectDump(heapDump);
    const onPrepared = () => prepared.resolve();
    await gateway.launch({ plan, heapDump: heapDump.target, isAwaited, recorded, onPrepared });
  }

  /** Watches a gateway from inside and outside until its heartbeat is ended. */
  async #watch(generation: number, report: Report): Promise<void> {
    const charge = this.#charges.get(generation);
    const { endpoint, pid } = charge?.gateway ?? {};
    if (charge === undefined || !endpoint || !pid) return;
    const { remains, rest, serving: { signal } } = charge;
    const {
      clock,
      dialer,
      machine,
      troubled,
      probe,
      readGc,
      relayed,
      searches,
      heartbeatPeriodMs: periodMs,
    } = this.#options;
    await Promise.all([
      searches ? rest.remember(signal) : null,
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
        ...{ pid, port: endpoint.port, periodMs, clock, machine, signal },
        troubled: () => troubled(generation),
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
