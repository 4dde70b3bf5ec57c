/**
 * How are the loop, the driver, the status and the memory plan put together for one installation of Spark?
 * @module
 */

import { join } from "@std/path";
import { planDocumentOf } from "../api/plan.ts";
import type { PlanDocument } from "../api/plan.ts";
import { statusOf } from "../api/status.ts";
import type { Status } from "../api/status.ts";
import type { Settings } from "../config.ts";
import { describeStart, refuseTooSmall } from "./start_report.ts";
import type { ReloadOutcome } from "../core/events/of_reload.ts";
import { recordsOf } from "../core/ledger/ledger_step.ts";
import { initialState } from "../core/lifecycle.ts";
import type { Incident, SupervisorState } from "../core/lifecycle.ts";
import { firstMemory } from "../core/memory/memory.ts";
import { hasRoomToTrain } from "../core/archive.ts";
import { frontOf } from "../core/pool/front.ts";
import { isIdle } from "../core/pool/pool.ts";
import { isTroubled } from "../core/watch/watching.ts";
import { reasonOf } from "../errors.ts";
import { GatewayCommand } from "../gateway/command.ts";
import type { Installation } from "../gateway/installation.ts";
import { programBin } from "../gateway/spark_home.ts";
import { SparkProbe } from "../gateway/spark_probe.ts";
import { findWorkerPython, type WorkerPython } from "../gateway/warm_up_python.ts";
import { HeapDumps } from "../incident/heap_dumps.ts";
import { PerfDataReaders } from "../incident/hsperfdata.ts";
import { IncidentStore } from "../incident/store.ts";
import type { Folders } from "../folders.ts";
import { type HeadStart, headStartOf } from "./head_start.ts";
import { lifecycleSettings } from "./lifecycle_settings.ts";
import type { Runtime } from "../runtime/deno.ts";
import type { Logger } from "../log.ts";
import { describeWarmUp } from "./narration_of_programs.ts";
import { News } from "./news.ts";
import { openRelay } from "./open_relay.ts";
import { ownWarmUpOf } from "./own_warm_up.ts";
import { Programs } from "./programs.ts";
import type { Relay } from "../relay/relay.ts";
import { groundOf } from "./ground.ts";
import { RealDriver } from "../supervisor/driver.ts";
import type { EventLog } from "../supervisor/event_log.ts";
import type { Ledger } from "../supervisor/ledger.ts";
import { MEMORY_FILE, MemoryFile } from "../supervisor/memory_file.ts";
import { Supervisor, type SupervisorOptions } from "../supervisor/supervisor.ts";
import { VERSION } from "../version.ts";

/** What a daemon is made of. */
export interface DaemonOptions extends Pick<SupervisorOptions, "pulse"> {
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
  readonly headStart: HeadStart;
  readonly ledger: Ledger | null;
  readonly store: IncidentStore;
  readonly events: EventLog;
  readonly status: () => Status;
  readonly plan: () => PlanDocument;
  /** The death after which there was no hope, if any. */
  readonly hopeless: () => Incident | null;
  /** Goes by other settings from now on: those of `RELOADABLE`. */
  readonly adopt: (settings: Settings) => void;
  /** Tells what came of reading the configuration again. */
  readonly tellReload: (outcome: ReloadOutcome) => void;
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
  const news = new News({ ...options, clock, onError });
  const memoryFile = new MemoryFile({
    ...{ path: join(folders.state, MEMORY_FILE), files: runtime.files },
    onError: (error) => log.warn(reasonOf(error)),
  });
  const pinThread = env.PYSPARK_PIN_THREAD ?? "true";
  let worker: Promise<WorkerPython | null> | null = null;
  const workerPython = () => worker ??= findWorkerPython(installation.spark, { ...runtime, env, cwd });
  const { basis, policy, without } = await groundOf(options, { installation, command, pinThread });
  const memory = firstMemory(basis, {
    kept: await memoryFile.read(),
    mode: settings.memoryMode,
    atMs: clock.date().getTime(),
  });
  refuseTooSmall(memory.plan);
  describeStart({ installation, memory, log, policy, without });
  const settingsFor = (wanted: Settings) => lifecycleSettings(wanted, memory.plan, policy);
  let saved: { id: string; at: string; generation: number } | null = null;
  const perfData = new PerfDataReaders(runtime.files);
  const bootId = await runtime.machine.bootId();
  const store = new IncidentStore(join(folders.state, "incidents"), runtime.files);
  const heapDumps = new HeapDumps({
    ...{ ...runtime, store, wanted: settings.heapDump, gzips: installation.java.major >= 17 },
    folder: join(folders.state, "dumps"),
  });
  await heapDumps.sweep();
  const exclusive = policy.sharing === "exclusive";
  const relay = openRelay({ ...options, exclusive }, (event) => {
    if (event.kind === "bound") programs?.bound(event);
    news.relay(event);
  });
  const programs = relay && new Programs(relay, { ...runtime, pinThread });
  const headStart = headStartOf(options, { installation, ...mark, workerPython, news });
  const driver: RealDriver = new RealDriver({
    ...runtime,
    ...headStart,
    command,
    modules: installation.java.modules,
    javaMajor: installation.java.major,
    cwd,
    folders: { ...folders, scratchPrefix: mark.scratchPrefix },
    owner: mark.owner,
    ledger,
    probe: (endpoint) => new SparkProbe({ ...endpoint, dialer: runtime.dialer }),
    readGc: (pid) => perfData.read(pid),
    perfDataPath: (pid) => perfData.pathOf(pid),
    unixDialer: runtime.unixDialer,
    troubled: (generation) => {
      const life = supervisor.lifeOf(generation);
      return life !== null && isTroubled(life, clock.nowMs(), supervisor.settings);
    },
    ownWarmUp: ownWarmUpOf(options, {
      ...{ spark: installation.spark, owner: mark.owner },
      isMissed: () => frontOf(supervisor.pool, policy).kind === "coming",
    }),
    workerPython,
    onWarmedUp: (generation, steps) => log.debug(describeWarmUp(generation, steps)),
    searches: policy.recycle === "dirty",
    holdsPrograms: exclusive,
    heartbeatPeriodMs: settings.heartbeatMs,
    store,
    memoryFile,
    heapDumps,
    intent: (generation) => {
      const gateway = supervisor.lifeOf(generation)?.gateway;
      return gateway?.phase === "stopping" ? gateway.intent : null;
    },
    pinThread,
    wayIn: (endpoint) => programs?.forFile() ?? Promise.resolve(endpoint),
    relayed: (generation) => programs?.connections(generation) ?? 0,
    secrets: options.secrets,
    onError,
    onSaved: (id, generation) => {
      saved = { id, at: clock.date().toISOString(), generation };
      news.incident(id, { generation, folder: store.folderOf(id) });
    },
  });
  const endpointOf = (generation: number) => driver.gateway(generation)?.endpoint ?? null;
  const flagsOf = (generation: number) => driver.gateway(generation)?.flags ?? null;
  let hopeless: Incident | null = null;
  const supervisor: Supervisor = new Supervisor({
    initial: initialState(memory, ledger?.contents.lastGeneration),
    settings: settingsFor(settings),
    clock,
    driver,
    random: Math.random,
    pulse: options.pulse ?? null,
    onInput: (input) => news.input(input),
    onChange: (change) => {
      programs?.follow(change, endpointOf);
      const flags = flagsOf(change.after.generation);
      news.step(change, flags);
      const stamp = { at: clock.date().toISOString(), bootId, flags };
      for (const record of recordsOf(change, stamp)) {
        void ledger?.append(record);
      }
      if (!isHopeless(change.after)) return;
      hopeless = change.after.lastIncident;
      supervisor.post({ kind: "shutdown", by: "a start that cannot succeed" });
    },
    onPool: (before, pool) => {
      programs?.face(frontOf(pool, policy));
      news.pool(before, pool);
      if (embedded || !isIdle(pool, policy)) return;
      void headStart.bytecode?.make();
      if (hasRoomToTrain(memory.plan)) headStart.archive?.train();
    },
    onError,
  });
  if (programs !== null) {
    programs.onFileTaken = () => driver.renewEnvironment();
    programs.onInput = supervisor.post;
  }
  const status = () =>
    statusOf(supervisor.pool, {
      policy,
      ...headStart.states(),
      nowMs: clock.nowMs(),
      date: clock.date(),
      lagMs: supervisor.lagMs,
      unrecorded: unrecorded(driver, ledger),
      daemon: { pid: options.pid, version: VERSION, embedded },
      spark: installation.spark,
      java: installation.java,
      environmentFile: driver.environmentFile,
      programBin: programBin(installation.spark, { ...settings, ...options.own }),
      cwd,
      flags: flagsOf(supervisor.state.generation),
      heartbeatLatencyMs: driver.latencyMs(supervisor.state.generation),
      // Until the newest incident has been saved, it has no name; the one before has another.
      lastIncident: saved?.generation === supervisor.state.lastIncident?.generation ? saved : null,
    });
  const plan = () =>
    planDocumentOf(supervisor.state, supervisor.settings.memory, flagsOf(supervisor.state.generation));
  return {
    supervisor,
    driver,
    programs,
    relay,
    heapDumps,
    headStart,
    ledger,
    store,
    events: news.events,
    status,
    plan,
    hopeless: () => hopeless,
    adopt: (wanted) => {
      supervisor.settings = settingsFor(wanted);
      heapDumps.wanted = wanted.heapDump;
    },
    tellReload: (outcome) => news.reload(outcome),
  };
}

function unrecorded(driver: RealDriver, ledger: Ledger | null): string | null {
  const lost = driver.lostLogBytes;
  if (lost > 0) {
    return `${lost} bytes of the gateway's output could not be written to the logs: is the disk full?`;
  }
  return ledger?.failing ? "the ledger cannot be written: is the disk full?" : null;
}
