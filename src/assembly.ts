/**
 * How are the loop, the driver, the status and the memory plan put together for one installation of Spark?
 * @module
 */

import { join } from "@std/path";
import { planDocumentOf } from "./api/plan.ts";
import type { PlanDocument } from "./api/plan.ts";
import { statusOf } from "./api/status.ts";
import type { Status } from "./api/status.ts";
import type { Settings } from "./config.ts";
import { formatSize } from "./core/jvm_flags.ts";
import { recordsOf } from "./core/ledger/ledger_step.ts";
import { DEFAULT_SETTINGS, initialState } from "./core/lifecycle.ts";
import type { Incident, LifecycleSettings, SupervisorState } from "./core/lifecycle.ts";
import { LIMIT_OF } from "./core/memory/budget.ts";
import { firstMemory } from "./core/memory/memory.ts";
import type { Memory } from "./core/memory/memory.ts";
import type { MemoryPlan } from "./core/memory/plan.ts";
import { SPARK_LEAST_HEAP_BYTES } from "./core/memory/region.ts";
import { isTroubled } from "./core/watch/watching.ts";
import { EXIT, reasonOf, UserError } from "./errors.ts";
import { GatewayCommand } from "./gateway/command.ts";
import type { Installation } from "./gateway/installation.ts";
import { binFolder } from "./gateway/spark_home.ts";
import { SparkProbe } from "./gateway/spark_probe.ts";
import { heapDumpMs } from "./incident/heap_dump.ts";
import { HeapDumps } from "./incident/heap_dumps.ts";
import { PerfDataReader } from "./incident/hsperfdata.ts";
import { IncidentStore } from "./incident/store.ts";
import type { Folders } from "./folders.ts";
import type { Runtime } from "./runtime/deno.ts";
import type { Logger } from "./log.ts";
import { narrate, tellRelay } from "./narration.ts";
import { openRelay } from "./open_relay.ts";
import { Programs } from "./programs.ts";
import type { Relay } from "./relay/relay.ts";
import { memoryBasisOf } from "./memory_basis.ts";
import { RealDriver } from "./supervisor/driver.ts";
import type { Ledger } from "./supervisor/ledger.ts";
import { MEMORY_FILE, MemoryFile } from "./supervisor/memory_file.ts";
import { Supervisor } from "./supervisor/supervisor.ts";
import { VERSION } from "./version.ts";

/** What a daemon is made of. */
export interface DaemonOptions {
  readonly settings: Settings;
  readonly folders: Folders;
  /** Finds Spark and Java; may take its time. */
  readonly install: () => Promise<Installation>;
  readonly runtime: Runtime;
  readonly log: Logger;
  readonly env: Readonly<Record<string, string>>;
  /** What is known to be secret of the environment and the settings. */
  readonly secrets: readonly string[];
  readonly cwd: string;
  readonly pid: number;
  /** The folder of the project's own environment. */
  readonly own: { readonly ownEnvironment: string };
  /** Brought up by one `exec` for its own life: not to be found by others, its runtime folder its own. */
  readonly embedded: boolean;
  /** Ends this process: its loop stands still and nothing else can be done about it. */
  readonly onStuck: (lagMs: number) => void;
}

/** By what a daemon's processes and temporary folders are known to a later one. */
export interface Mark {
  readonly owner: string;
  readonly scratchPrefix: string;
}

/** The parts of a daemon that live with its gateways. */
export interface Assembly {
  readonly supervisor: Supervisor;
  readonly driver: RealDriver;
  /** `null` when programs attach to the gateway itself. */
  readonly relay: Relay | null;
  readonly programs: Programs | null;
  readonly heapDumps: HeapDumps;
  readonly ledger: Ledger | null;
  readonly status: () => Status;
  readonly plan: () => PlanDocument;
  /** The death after which there was no hope, if any. */
  readonly hopeless: () => Incident | null;
}

/** What the parts are made from beside the options. */
export interface AssemblyParts {
  readonly installation: Installation;
  readonly ledger: Ledger | null;
  readonly mark: Mark;
}

/** A gateway that never worked and waits for nothing: the caller must correct something and start again. */
function isHopeless({ gateway, everReady, ending }: SupervisorState): boolean {
  return gateway.phase === "failed" && gateway.deadlineMs === null && !everReady && !ending;
}

/** Puts a daemon's parts together; nothing is started yet. */
export async function assemble(
  options: DaemonOptions,
  { installation, ledger, mark }: AssemblyParts,
): Promise<Assembly> {
  const { settings, folders, runtime, log, env, cwd, embedded } = options;
  const { clock } = runtime;
  const command = new GatewayCommand({ ...installation, ...settings, env, cwd }, runtime);
  const onError = (error: unknown) => log.warn(`something beside the gateway failed: ${reasonOf(error)}`);
  const memoryFile = new MemoryFile({
    ...{ path: join(folders.state, MEMORY_FILE), files: runtime.files },
    onError: (error) => log.warn(reasonOf(error)),
  });
  const memory = firstMemory(await memoryBasisOf(options, { installation, command }), {
    kept: await memoryFile.read(),
    mode: settings.memoryMode,
    atMs: clock.date().getTime(),
  });
  refuseTooSmall(memory.plan);
  describe({ installation, memory, log });
  let saved: { id: string; at: string; generation: number } | null = null;
  let perfData: { readonly pid: number; readonly reader: PerfDataReader } | null = null;
  const lifecycle = lifecycleSettings(settings, memory.plan);
  const bootId = await runtime.machine.bootId();
  const store = new IncidentStore(join(folders.state, "incidents"), runtime.files);
  const heapDumps = new HeapDumps({
    ...{ ...runtime, store, wanted: settings.heapDump, gzips: installation.java.major >= 17 },
    folder: join(folders.state, "dumps"),
  });
  await heapDumps.sweep();
  const pinThread = env.PYSPARK_PIN_THREAD ?? "true";
  const relay = openRelay(options, (event) => {
    if (event.kind === "bound") programs?.bound(event.lease);
    tellRelay(event, log);
  });
  const programs = relay && new Programs(relay, pinThread);
  const driver: RealDriver = new RealDriver({
    ...runtime,
    command,
    modules: installation.java.modules,
    logsCollections: installation.java.major >= 9,
    cwd,
    folders: { ...folders, scratchPrefix: mark.scratchPrefix },
    owner: mark.owner,
    ledger,
    probe: (endpoint) => new SparkProbe({ ...endpoint, dialer: runtime.dialer }),
    readGc: (pid) => {
      if (perfData?.pid !== pid) perfData = { pid, reader: new PerfDataReader(pid, runtime.files) };
      return perfData.reader.read();
    },
    perfDataPath: (pid) => perfData?.pid === pid ? perfData.reader.path : null,
    unixDialer: runtime.unixDialer,
    troubled: () => isTroubled(supervisor.state, clock.nowMs(), lifecycle),
    heartbeatPeriodMs: settings.heartbeatMs,
    store,
    memoryFile,
    heapDumps,
    intent: () => {
      const { gateway } = supervisor.state;
      return gateway.phase === "stopping" ? gateway.intent : null;
    },
    pinThread,
    wayIn: (endpoint) => programs?.forFile() ?? Promise.resolve(endpoint),
    relayed: (generation) => programs?.connections(generation) ?? 0,
    secrets: options.secrets,
    onError,
    onSaved: (id, generation) => {
      saved = { id, at: clock.date().toISOString(), generation };
      log.info(`evidence is in ${store.folderOf(id)}`);
    },
  });
  if (programs !== null) programs.onFileTaken = () => driver.renewEnvironment();
  let hopeless: Incident | null = null;
  const supervisor: Supervisor = new Supervisor({
    initial: initialState(memory, ledger?.contents.lastGeneration),
    settings: lifecycle,
    clock,
    driver,
    random: Math.random,
    onChange: (change) => {
      programs?.follow(change, driver.current?.endpoint ?? null);
      narrate(change, { log, clock, flags: () => driver.current?.flags ?? null });
      const stamp = { at: clock.date().toISOString(), bootId, flags: driver.current?.flags ?? null };
      for (const record of recordsOf(change, stamp)) {
        void ledger?.append(record);
      }
      if (!isHopeless(change.after)) return;
      hopeless = change.after.lastIncident;
      supervisor.post({ kind: "shutdown", by: "a start that cannot succeed" });
    },
    onError,
  });
  const status = () =>
    statusOf(supervisor.state, {
      nowMs: clock.nowMs(),
      date: clock.date(),
      lagMs: supervisor.lagMs,
      unrecorded: unrecorded(driver, ledger),
      daemon: { pid: options.pid, version: VERSION, embedded },
      spark: installation.spark,
      java: installation.java,
      environmentFile: driver.environmentFile,
      programBin: bringsPython(options, installation) ? binFolder(installation.spark) : null,
      cwd,
      flags: driver.current?.flags ?? null,
      heartbeatLatencyMs: driver.latencyMs,
      // Until the newest incident has been saved, it has no name; the one before has another.
      lastIncident: saved?.generation === supervisor.state.lastIncident?.generation ? saved : null,
    });
  const plan = () => planDocumentOf(supervisor.state, lifecycle.memory, driver.current?.flags ?? null);
  return { supervisor, driver, programs, relay, heapDumps, ledger, status, plan, hopeless: () => hopeless };
}

/** Spark itself would say so to every program, and the gateway would look well. */
function refuseTooSmall({ heap, pinnedBy }: MemoryPlan): void {
  if (heap.bytes >= SPARK_LEAST_HEAP_BYTES) return;
  throw new UserError(
    `Cannot use a heap of ${formatSize(heap.bytes)}: Spark makes no SparkContext in less than ` +
      formatSize(SPARK_LEAST_HEAP_BYTES),
    { hint: `Raise ${pinnedBy ?? "--heap"}: 512m is the least that works.`, exitCode: EXIT.config },
  );
}

function unrecorded(driver: RealDriver, ledger: Ledger | null): string | null {
  const lost = driver.current?.lostLogBytes ?? 0;
  if (lost > 0) {
    return `${lost} bytes of the gateway's output could not be written to the logs: is the disk full?`;
  }
  return ledger?.failing ? "the ledger cannot be written: is the disk full?" : null;
}

/** A PySpark that a plain `python` on the PATH would not find: one that was named, or the project's own. */
function bringsPython({ settings, own }: DaemonOptions, { spark: { python } }: Installation): boolean {
  return python !== null && (settings.python !== null || python.startsWith(`${own.ownEnvironment}/`));
}

function lifecycleSettings(settings: Settings, { budget }: MemoryPlan): LifecycleSettings {
  const { startTimeoutMs, heartbeatMs, restart, memoryMode, heapDump, origins } = settings;
  return {
    ...DEFAULT_SETTINGS,
    startTimeoutMs,
    // Who asks seldom must also wait longer, by the same ratio as the defaults.
    suspectAfterMs: Math.max(DEFAULT_SETTINGS.suspectAfterMs, 2.5 * heartbeatMs),
    actAfterMs: Math.max(DEFAULT_SETTINGS.actAfterMs, 7.5 * heartbeatMs),
    // No heap will be larger than the budget. Who has nothing to wait for says so sooner.
    inspectTimeoutMs: DEFAULT_SETTINGS.inspectTimeoutMs + (heapDump ? heapDumpMs(budget.bytes) : 0),
    restartMode: restart,
    memory: { mode: memoryMode, modeIsExplicit: origins["memory-mode"] !== undefined },
  };
}

interface Description {
  readonly installation: Installation;
  readonly memory: Memory;
  readonly log: Logger;
}

/** One clear line for each thing the start is made of. */
function describe({ installation: { spark, java }, memory: { plan, basis }, log }: Description): void {
  const { heap, budget, shortBytes, totalBytes } = plan;
  log.info(`Spark ${spark.version} in ${spark.home} (${spark.why})`, { spark: spark.version });
  log.info(`Java ${java.version} in ${java.home} (${java.why})`, { java: java.version });
  if (java.warning !== null) log.warn(`${java.warning}; name another one with --java-home`);
  log.info(
    `memory: heap ${formatSize(heap.bytes)} (${heap.why}), ${
      formatSize(totalBytes)
    } with everything beside it, ` +
      `of the ${formatSize(budget.bytes)} ${LIMIT_OF[budget.source]}`,
    { heapBytes: heap.bytes },
  );
  if (shortBytes > 0) {
    log.warn(
      `memory: the gateway may come to use ${
        formatSize(shortBytes)
      } more than there is beside Python and the ` +
        "daemon: the kernel may kill it; rekindle plan shows the regions",
    );
  }
  const pin = basis.pins.heap;
  if (pin !== undefined && heap.provenance === "user") {
    log.info(`--heap replaces the ${formatSize(pin.bytes)} set by ${pin.by}`);
  }
}
