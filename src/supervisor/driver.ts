/**
 * Carries out what the machine decides: processes, heartbeats, evidence, and the file programs attach by.
 * @module
 */

import { join } from "@std/path";
import type { DeathEvidence, Intent } from "../core/diagnosis/exit_cause.ts";
import type { Effect, Incident, Input } from "../core/lifecycle.ts";
import type { LedgerRecord } from "../core/ledger/ledger_record.ts";
import type { GcVitals, Look } from "../core/watch/vitals.ts";
import { reasonOf } from "../errors.ts";
import { GatewayProcess } from "../gateway/process.ts";
import type { Endpoint, ProcessOptions } from "../gateway/process.ts";
import type { MemoryPlan } from "../core/memory/plan.ts";
import { sizesOf } from "../core/memory/record.ts";
import { collect, ERROR_REPORT, removeReport } from "../incident/collect.ts";
import type { Collection, DeathScene } from "../incident/collect.ts";
import { outputFindings } from "../incident/finding.ts";
import type { Finding } from "../incident/finding.ts";
import { memoryCauseOf } from "../incident/heap_dump.ts";
import type { HeapDump } from "../incident/heap_dump.ts";
import type { HeapDumps } from "../incident/heap_dumps.ts";
import type { Facts } from "../incident/manifest.ts";
import { MemoryWitness } from "../incident/memory_witness.ts";
import { inspect } from "../incident/inspect.ts";
import { hideKnown, secretsOfWords } from "../incident/redaction/known_secrets.ts";
import type { IncidentStore } from "../incident/store.ts";
import { EnvironmentFile } from "./environment_file.ts";
import type { WayIn } from "./environment_file.ts";
import { examineUntil } from "./examination.ts";
import type { Probe } from "./examination.ts";
import { beatUntil } from "./heartbeat.ts";
import { removeJvmTraces } from "./leftovers.ts";
import type { MemoryFile } from "./memory_file.ts";
import type { UnixDialer } from "../ports.ts";
import type { GatewayDriver } from "./supervisor.ts";

/** What driving needs. */
export interface DriverOptions extends ProcessOptions {
  readonly heartbeatPeriodMs: number;
  readonly memoryFile: MemoryFile;
  readonly store: IncidentStore;
  /** What must not be kept of the evidence, besides the gateway's own secret. */
  readonly secrets: readonly string[];
  readonly heapDumps: HeapDumps;
  /** Why the newest gateway is being ended; `null` when it is not. */
  readonly intent: () => Intent | null;
  /** Appends durably; `null` for a daemon that keeps none. */
  readonly ledger: { append(record: LedgerRecord): Promise<void> } | null;
  /** Asks the Spark behind an endpoint. */
  readonly probe: (endpoint: Endpoint) => Probe;
  /** Reads what a JVM publishes of its collector. */
  readonly readGc: (pid: number) => Promise<GcVitals | null>;
  /** Where a JVM's performance data was last seen; `null` when it has none. */
  readonly perfDataPath: (pid: number) => string | null;
  readonly unixDialer: UnixDialer;
  /** Whether something is wrong with the newest gateway, so that a closer look is worth its price. */
  readonly troubled: () => boolean;
  /** Told of what fails beside the gateway itself. */
  readonly onError: (error: unknown) => void;
  /** Told of the name each incident was saved under, and whose it is. */
  readonly onSaved: (id: string, generation: number) => void;
  /** The value of `PYSPARK_PIN_THREAD` the gateway was started with: both sides must agree. */
  readonly pinThread: string;
}

/** What is known of a gateway besides its process: gathered late, it must not become that of the next one. */
interface Remains {
  evidence: DeathEvidence | null;
  /** What was found besides its outputs. */
  readonly findings: Finding[];
  /** What was seen of it at the last looks. */
  history: readonly string[];
  heapDump: HeapDump | null;
  memory: MemoryWitness | null;
}

function nothingYet(): Remains {
  return { evidence: null, findings: [], history: [], heapDump: null, memory: null };
}

/** Two minutes of looks at the default period. */
const HISTORY_LOOKS = 60;

/** Drives real gateways. */
export class RealDriver implements GatewayDriver {
  readonly #options: DriverOptions;
  readonly #environment: EnvironmentFile;
  #current: GatewayProcess | null = null;
  #remains = nothingYet();
  #beating = new AbortController();
  #latencyMs: number | null = null;
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
    return this.#latencyMs;
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
          await this.#environment.write(() => this.#wayIn());
        } catch (error) {
          return report({ kind: "attach-failed", generation: effect.generation, reason: reasonOf(error) });
        }
        return await this.#current?.attach();
      case "begin-heartbeat":
        return await this.#watch(effect.generation, report);
      case "end-heartbeat":
        this.#beating.abort();
        return await this.#environment.remove();
      case "end-step":
        if (effect.step !== "inspect") return await this.#current?.endStep(effect.step);
        await this.#inspect();
        return report({ kind: "inspected", generation: effect.generation });
      case "collect": {
        this.#beating.abort();
        const current = this.#current;
        const remains = this.#remains;
        // Evidence is worth more than a file that cannot be removed.
        await this.#environment.remove().catch(this.#options.onError);
        const { exit, intent, wasReady, generation } = effect;
        if (current === null) return;
        const evidence = await current.collect({ exit, intent, wasReady }, async ({ stdout }) => {
          const { history } = remains;
          const { findings, hsErr } = await this.#lookAround(current, { exit, stdout, history });
          remains.findings.push(...findings);
          if (remains.heapDump !== null) remains.findings.push(await remains.heapDump.finding(current));
          return hsErr;
        });
        // Of such an end no incident is made that would take it.
        if (intent?.kind === "stop" || intent?.kind === "restart") await remains.heapDump?.discard();
        const { files, machine } = this.#options;
        await removeJvmTraces({ files, machine, gone: current.pid === null ? [] : [current.pid] });
        remains.evidence = evidence;
        return report({ kind: "collected", generation, evidence });
      }
      case "record":
        return await this.#save(effect.incident);
      case "remember":
        return await this.#options.memoryFile.keep(effect.record);
      case "finish":
        return;
    }
  }

  #wayIn(): WayIn | null {
    const { endpoint = null, generation = 0 } = this.#current ?? {};
    return endpoint && { ...endpoint, generation, pinThread: this.#options.pinThread };
  }

  async #launch(generation: number, plan: MemoryPlan, report: (input: Input) => void): Promise<void> {
    const remains = this.#remains = nothingYet();
    this.#latencyMs = null;
    const current = this.#current = new GatewayProcess(generation, { ...this.#options, report });
    const { ledger, clock } = this.#options;
    const at = clock.date().toISOString();
    const sizes = sizesOf(plan);
    const { heap: heapBytes, direct: directBytes } = sizes;
    // Before the process is made: whatever becomes of the daemon, no number is given twice.
    await ledger?.append({ kind: "launched", at, generation, heapBytes, directBytes, sizes });
    remains.memory = new MemoryWitness(plan, clock);
    remains.heapDump = await this.#options.heapDumps.begin(generation, heapBytes);
    await current.launch(plan, remains.heapDump.target);
  }

  /** Watches a gateway from inside and outside until its heartbeat is ended. */
  async #watch(generation: number, report: (input: Input) => void): Promise<void> {
    const current = this.#current;
    const endpoint = current?.endpoint;
    const pid = current?.pid;
    if (!current || !endpoint || !pid) return;
    const { clock, dialer, machine, troubled, probe, readGc, heartbeatPeriodMs: periodMs } = this.#options;
    this.#beating = new AbortController();
    const { signal } = this.#beating;
    await Promise.all([
      beatUntil({
        ...endpoint,
        ...{ periodMs, clock, dialer, signal },
        onBeat: (way, latencyMs) => {
          if (way === "kept") this.#latencyMs = latencyMs;
          report({ kind: "heartbeat", generation, way });
        },
        onMiss: (way) => report({ kind: "missed", generation, way }),
      }),
      examineUntil({
        ...{ pid, port: endpoint.port, periodMs, clock, machine, troubled, signal },
        probe: probe(endpoint),
        readGc: () => readGc(pid),
        onLook: (look) => {
          current.noteFolders(look.spark?.folders ?? []);
          this.#remember(look);
          this.#remains.memory?.look(look);
          report({ kind: "looked", generation, look });
        },
      }),
    ]);
  }

  #remember(look: Look): void {
    const seen = { at: this.#options.clock.date().toISOString(), heartbeatMs: this.#latencyMs, ...look };
    this.#remains.history = [...this.#remains.history, JSON.stringify(seen)].slice(-HISTORY_LOOKS);
  }

  /** Asks a JVM that is about to be ended; one that has no process has nothing to tell. */
  async #inspect(): Promise<void> {
    const { files, clock, unixDialer: dialer, machine } = this.#options;
    const current = this.#current;
    const { pid = null, startedMs = null } = current ?? {};
    if (current === null || pid === null || startedMs === null) return;
    const cause = memoryCauseOf(this.#options.intent());
    const context = { files, clock, dialer, quit: (target: number) => machine.quit(target) };
    const { findings, heapDump } = this.#remains;
    const jvm = { target: { pid, startedMs }, context };
    findings.push(...await inspect(jvm));
    if (cause !== null) await heapDump?.ask(cause, jvm, current.heapDumpLine);
  }

  #lookAround(
    current: GatewayProcess,
    seen: Pick<DeathScene, "exit" | "stdout" | "history">,
  ): Promise<Collection> {
    const { generation, pid, argv, gcLog } = current;
    const { folders: { logs }, perfDataPath } = this.#options;
    const perfData = pid === null ? null : perfDataPath(pid);
    return collect({ generation, pid, argv, gcLog, logs, perfData, ...seen }, this.#options);
  }

  async #save(incident: Incident): Promise<void> {
    const { store, clock, files, folders: { logs }, onSaved } = this.#options;
    const { generation } = incident;
    const { evidence, findings, heapDump } = this.#remains;
    const outputs = evidence === null ? [] : outputFindings(evidence);
    const { argv = [], endpoint = null } = this.#current ?? {};
    const own = endpoint === null ? [] : [endpoint.secret];
    const secrets = [...this.#options.secrets, ...secretsOfWords(argv), ...own];
    const kept = hideKnown({ incident, findings: [...outputs, ...findings] }, secrets);
    let id: string;
    try {
      id = await store.save(kept.incident, kept.findings, clock.date(), this.#facts(evidence));
    } catch (cause) {
      throw new Error(`the evidence of generation ${generation} could not be saved: ${reasonOf(cause)}`, {
        cause,
      });
    } finally {
      await heapDump?.discard();
    }
    onSaved(id, generation);
    const isWhole = findings.some(({ name, status }) => name === ERROR_REPORT && status === "saved");
    // The store leaves out what the disk has no room for.
    if (!isWhole || await files.stat(join(store.folderOf(id), ERROR_REPORT)) === null) return;
    await removeReport({ generation, logs }, files);
  }

  /** What else a reader of the incident wants to know of the gateway. */
  #facts(evidence: DeathEvidence | null): Facts {
    const { pid = null, startedMs = null, flags = null } = this.#current ?? {};
    const livedMs = startedMs === null ? null : Math.round(this.#options.clock.nowMs() - startedMs);
    return {
      pid,
      livedMs,
      flags,
      memory: this.#remains.memory?.facts(this.#current?.generation ?? 0, evidence?.wasReady ?? null) ?? null,
      heartbeatLatencyMs: this.#latencyMs,
      oomKills: evidence?.oomKills ?? null,
    };
  }
}
