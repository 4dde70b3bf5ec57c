/**
 * Carries out what the machine decides: processes, heartbeats, evidence, and the file programs attach by.
 * @module
 */

import { join } from "@std/path";
import type { DeathEvidence } from "../core/diagnosis/exit_cause.ts";
import type { Effect, Incident, Input } from "../core/lifecycle.ts";
import type { LedgerRecord } from "../core/ledger/ledger_record.ts";
import type { GcVitals, Look } from "../core/watch/vitals.ts";
import { reasonOf } from "../errors.ts";
import { GatewayProcess } from "../gateway/process.ts";
import type { Endpoint, ProcessOptions } from "../gateway/process.ts";
import type { MemoryPlan } from "../core/memory_plan.ts";
import { collect, ERROR_REPORT, removeReport } from "../incident/collect.ts";
import type { Collection, DeathScene } from "../incident/collect.ts";
import { outputFindings } from "../incident/finding.ts";
import type { Finding } from "../incident/finding.ts";
import type { Facts } from "../incident/manifest.ts";
import { inspect } from "../incident/inspect.ts";
import type { IncidentStore } from "../incident/store.ts";
import { examineUntil } from "./examination.ts";
import type { Probe } from "./examination.ts";
import { beatUntil } from "./heartbeat.ts";
import { removeJvmTraces } from "./leftovers.ts";
import type { UnixDialer } from "../ports.ts";
import type { GatewayDriver } from "./supervisor.ts";

/** What driving needs. */
export interface DriverOptions extends ProcessOptions {
  readonly heartbeatPeriodMs: number;
  readonly store: IncidentStore;
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
}

/** Two minutes of looks at the default period. */
const HISTORY_LOOKS = 60;

/** The name of the environment file in the runtime folder. */
export const ENVIRONMENT_FILE = "gateway.env";

/** Drives real gateways. */
export class RealDriver implements GatewayDriver {
  readonly #options: DriverOptions;
  #current: GatewayProcess | null = null;
  #remains: Remains = { evidence: null, findings: [], history: [] };
  #beating = new AbortController();
  #latencyMs: number | null = null;
  #environment: Promise<void> = Promise.resolve();
  /** What is under way and must end before the daemon may. */
  readonly #work = new Set<Promise<void>>();

  constructor(options: DriverOptions) {
    this.#options = options;
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
    return join(this.#options.folders.runtime, ENVIRONMENT_FILE);
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
          await this.#inTurn(() => this.#writeEnvironment());
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
        await this.#inspect();
        return report({ kind: "inspected", generation: effect.generation });
      case "collect": {
        this.#beating.abort();
        const current = this.#current;
        const remains = this.#remains;
        // Evidence is worth more than a file that cannot be removed.
        await this.#removeEnvironment().catch(this.#options.onError);
        const { exit, intent, wasReady, generation } = effect;
        if (current === null) return;
        const evidence = await current.collect({ exit, intent, wasReady }, async ({ stdout }) => {
          const { history } = remains;
          const { findings, hsErr } = await this.#lookAround(current, { exit, stdout, history });
          remains.findings.push(...findings);
          return hsErr;
        });
        const { files, machine } = this.#options;
        await removeJvmTraces({ files, machine, gone: current.pid === null ? [] : [current.pid] });
        remains.evidence = evidence;
        return report({ kind: "collected", generation, evidence });
      }
      case "record":
        return await this.#save(effect.incident);
      case "finish":
        return;
    }
  }

  async #launch(generation: number, plan: MemoryPlan, report: (input: Input) => void): Promise<void> {
    this.#remains = { evidence: null, findings: [], history: [] };
    this.#latencyMs = null;
    const current = this.#current = new GatewayProcess(generation, { ...this.#options, report });
    const { ledger, clock } = this.#options;
    const at = clock.date().toISOString();
    const { heap: { bytes: heapBytes }, direct: { bytes: directBytes } } = plan;
    // Before the process is made: whatever becomes of the daemon, no number is given twice.
    await ledger?.append({ kind: "launched", at, generation, heapBytes, directBytes });
    await current.launch(plan);
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
    const { pid = null, startedMs = null } = this.#current ?? {};
    if (pid === null || startedMs === null) return;
    const context = { files, clock, dialer, quit: (target: number) => machine.quit(target) };
    const { findings } = this.#remains;
    findings.push(...await inspect({ target: { pid, startedMs }, context }));
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
    const { evidence, findings } = this.#remains;
    const outputs = evidence === null ? [] : outputFindings(evidence);
    let id: string;
    try {
      id = await store.save(incident, [...outputs, ...findings], clock.date(), this.#facts(evidence));
    } catch (cause) {
      throw new Error(`the evidence of generation ${generation} could not be saved: ${reasonOf(cause)}`, {
        cause,
      });
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
      heartbeatLatencyMs: this.#latencyMs,
      oomKills: evidence?.oomKills ?? null,
    };
  }

  /** One change of the environment file after the other: a late write must not outlive the removal after it. */
  #inTurn(change: () => Promise<void>): Promise<void> {
    const changed = this.#environment.then(change);
    this.#environment = changed.catch(() => {});
    return changed;
  }

  #removeEnvironment(): Promise<void> {
    return this.#inTurn(() => this.#options.files.remove(this.environmentFile));
  }

  /** In the form that a shell, systemd's `EnvironmentFile=` and `docker --env-file` all read. */
  async #writeEnvironment(): Promise<void> {
    const current = this.#current;
    if (!current?.endpoint) return;
    const { port, secret } = current.endpoint;
    const lines = [
      `PYSPARK_GATEWAY_PORT=${port}`,
      `PYSPARK_GATEWAY_SECRET=${secret}`,
      `PYSPARK_PIN_THREAD=${this.#options.pinThread}`,
      `REKINDLE_GENERATION=${current.generation}`,
    ];
    await this.#options.files.writeAtomic(this.environmentFile, `${lines.join("\n")}\n`);
  }
}
