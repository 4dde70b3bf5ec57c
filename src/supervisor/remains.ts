/**
 * What is known of one gateway besides its process, and what becomes of it: from what was seen of it while it ran to
 * the incident of its death. Gathered late, it must not become that of the next gateway.
 * @module
 */

import { join } from "@std/path";
import type { DeathEvidence, Intent } from "../core/diagnosis/exit_cause.ts";
import type { Incident } from "../core/lifecycle.ts";
import type { MemoryPlan } from "../core/memory/plan.ts";
import type { Look } from "../core/watch/vitals.ts";
import { reasonOf } from "../errors.ts";
import type { Ending, GatewayProcess } from "../gateway/process.ts";
import { collect, collectLate, ERROR_REPORT, removeReport } from "../incident/collect.ts";
import type { Collection, CollectionPorts, DeathScene } from "../incident/collect.ts";
import { outputFindings } from "../incident/finding.ts";
import type { Finding } from "../incident/finding.ts";
import { memoryCauseOf } from "../incident/heap_dump.ts";
import type { HeapDump } from "../incident/heap_dump.ts";
import { inspect } from "../incident/inspect.ts";
import type { Facts } from "../incident/manifest.ts";
import { MemoryWitness } from "../incident/memory_witness.ts";
import { hideKnown, secretsOfWords } from "../incident/redaction/known_secrets.ts";
import type { IncidentStore } from "../incident/store.ts";
import type { UnixDialer } from "../ports.ts";

/** What gathering and keeping needs. */
export interface RemainsOptions extends CollectionPorts {
  readonly store: IncidentStore;
  readonly folders: { readonly logs: string };
  /** What must not be kept of the evidence, besides the gateway's own secret. */
  readonly secrets: readonly string[];
  /** Where a JVM's performance data was last seen; `null` when it has none. */
  readonly perfDataPath: (pid: number) => string | null;
  readonly unixDialer: UnixDialer;
  /** Told of the name each incident was saved under, and whose it is. */
  readonly onSaved: (id: string, generation: number) => void;
}

/** Two minutes of looks at the default period. */
const HISTORY_LOOKS = 60;

/** The remains of one gateway. */
export class Remains {
  readonly #gateway: GatewayProcess;
  readonly #options: RemainsOptions;
  readonly #memory: MemoryWitness;
  /** `null` as long as there is no process that could write one. */
  #heapDump: HeapDump | null = null;
  #evidence: DeathEvidence | null = null;
  /** What was found besides its outputs. */
  readonly #findings: Finding[] = [];
  /** What was seen of it at the last looks. */
  #history: readonly string[] = [];
  #heartbeatMs: number | null = null;

  constructor(gateway: GatewayProcess, plan: MemoryPlan, options: RemainsOptions) {
    this.#gateway = gateway;
    this.#options = options;
    this.#memory = new MemoryWitness(plan, options.clock);
  }

  /** How long its last heartbeat took, in milliseconds. */
  get heartbeatMs(): number | null {
    return this.#heartbeatMs;
  }

  /** Notes what becomes of its heap dump. */
  expectDump(heapDump: HeapDump): void {
    this.#heapDump = heapDump;
  }

  /** Notes an answered heartbeat. */
  beat(latencyMs: number): void {
    this.#heartbeatMs = latencyMs;
  }

  /** Notes a look. */
  look(look: Look): void {
    const seen = { at: this.#options.clock.date().toISOString(), heartbeatMs: this.#heartbeatMs, ...look };
    this.#history = [...this.#history, JSON.stringify(seen)].slice(-HISTORY_LOOKS);
    this.#memory.look(look);
    this.#gateway.noteFolders(look.spark?.folders ?? []);
  }

  /** Asks a JVM that is about to be ended; one that has no process has nothing to tell. Never rejects. */
  async inspect(intent: Intent | null): Promise<void> {
    const { files, clock, unixDialer: dialer, machine } = this.#options;
    const { jvm: target, heapDumpLine } = this.#gateway;
    if (target === null) return;
    const context = { files, clock, dialer, quit: (target: number) => machine.quit(target) };
    const jvm = { target, context };
    this.#findings.push(...await inspect(jvm));
    const cause = memoryCauseOf(intent);
    if (cause !== null) await this.#heapDump?.ask(cause, jvm, heapDumpLine);
  }

  /** Gathers what a gateway that has ended left. */
  async collect(ending: Ending): Promise<DeathEvidence> {
    const evidence = await this.#gateway.collect(ending, async ({ stdout }) => {
      const { findings, hsErr } = await this.#lookAround({ exit: ending.exit, stdout });
      this.#findings.push(...findings);
      if (this.#heapDump !== null) this.#findings.push(await this.#heapDump.finding(this.#gateway));
      return hsErr;
    });
    // Of such an end no incident is made that would take it.
    const { intent } = ending;
    if (intent !== null && ["stop", "restart", "retire"].includes(intent.kind)) {
      await this.#heapDump?.discard();
    }
    this.#evidence = evidence;
    return evidence;
  }

  #lookAround(seen: Pick<DeathScene, "exit" | "stdout">): Promise<Collection> {
    const { generation, pid, argv, gcLog } = this.#gateway;
    const { folders: { logs }, perfDataPath } = this.#options;
    const perfData = pid === null ? null : perfDataPath(pid);
    const scene = { generation, pid, argv, gcLog, logs, perfData, history: this.#history, ...seen };
    return collect(scene, this.#options);
  }

  /**
   * Keeps everything under one incident.
   * @throws {Error} When it could not be saved.
   */
  async save(incident: Incident): Promise<void> {
    const { store, clock, files, folders: { logs }, onSaved } = this.#options;
    const { generation, argv, endpoint, pid } = this.#gateway;
    const evidence = this.#evidence;
    const outputs = evidence === null ? [] : outputFindings(evidence);
    const late = evidence === null ? [] : [await collectLate({ exit: evidence.exit, pid }, this.#options)];
    const own = endpoint === null ? [] : [endpoint.secret];
    const secrets = [...this.#options.secrets, ...secretsOfWords(argv), ...own];
    const kept = hideKnown({ incident, findings: [...outputs, ...this.#findings, ...late] }, secrets);
    let id: string;
    try {
      id = await store.save(kept.incident, kept.findings, clock.date(), this.#facts());
    } catch (cause) {
      throw new Error(`the evidence of generation ${generation} could not be saved: ${reasonOf(cause)}`, {
        cause,
      });
    } finally {
      await this.#heapDump?.discard();
    }
    onSaved(id, generation);
    const isWhole = this.#findings.some(({ name, status }) => name === ERROR_REPORT && status === "saved");
    // The store leaves out what the disk has no room for.
    if (!isWhole || await files.stat(join(store.folderOf(id), ERROR_REPORT)) === null) return;
    await removeReport({ generation, logs }, files);
  }

  /** What else a reader of the incident wants to know of the gateway. */
  #facts(): Facts {
    const { generation, pid, startedMs, flags } = this.#gateway;
    const livedMs = startedMs === null ? null : Math.round(this.#options.clock.nowMs() - startedMs);
    return {
      pid,
      livedMs,
      flags,
      memory: this.#memory.facts(generation, this.#evidence?.wasReady ?? null),
      heartbeatLatencyMs: this.#heartbeatMs,
      oomKills: this.#evidence?.oomKills ?? null,
    };
  }
}
