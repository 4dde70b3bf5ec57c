/**
 * Puts the daemon together: claims its place, finds Spark and Java, plans the memory, starts the loop and the
 * API, and ends everything in order.
 * @module
 */

import { join } from "@std/path";
import { createApi } from "./api/server.ts";
import { statusOf } from "./api/status.ts";
import type { Status } from "./api/status.ts";
import { claim, DAEMON_FILE } from "./claim.ts";
import type { Claim } from "./claim.ts";
import type { Settings } from "./config.ts";
import { formatSize } from "./core/jvm_flags.ts";
import { DEFAULT_SETTINGS, initialState } from "./core/lifecycle.ts";
import type { Incident, Input, LifecycleSettings, SupervisorState } from "./core/lifecycle.ts";
import { firstPlan } from "./core/memory_plan.ts";
import type { MemoryBudget, MemoryPlan } from "./core/memory_plan.ts";
import { reasonOf } from "./errors.ts";
import type { Folders } from "./folders.ts";
import { GatewayCommand } from "./gateway/command.ts";
import type { HeapPin } from "./gateway/command.ts";
import type { Installation } from "./gateway/installation.ts";
import { binFolder } from "./gateway/spark_home.ts";
import { IncidentStore } from "./incident/store.ts";
import type { Logger } from "./log.ts";
import { narrate } from "./narration.ts";
import type { Runtime } from "./runtime/deno.ts";
import { ENVIRONMENT_FILE, RealDriver } from "./supervisor/driver.ts";
import { Supervisor } from "./supervisor/supervisor.ts";

/** This program's version. */
export const VERSION = "0.1.0";

/** What a daemon is made of. */
export interface DaemonOptions {
  readonly settings: Settings;
  readonly folders: Folders;
  /** Finds Spark and Java; may take its time. */
  readonly install: () => Promise<Installation>;
  readonly runtime: Runtime;
  readonly log: Logger;
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly pid: number;
  /** The folder of the project's own environment. */
  readonly own: { readonly ownEnvironment: string };
  /** Brought up by one `exec` for its own life: not to be found by others, its runtime folder its own. */
  readonly embedded: boolean;
}

/** A running daemon. */
export interface Daemon {
  /** Where the API listens, or `null` when an embedded daemon did without. */
  readonly apiUrl: string | null;
  readonly installation: Installation;
  readonly status: () => Status;
  readonly post: (input: Input) => void;
  /**
   * Resolves when the gateway and everything else has ended: with the death that ended it, when the gateway never
   * got ready and never will until somebody corrects something, and with `null` otherwise.
   */
  readonly finished: Promise<Incident | null>;
}

/**
 * Starts a daemon whose gateway is wanted up.
 * @throws {UserError} When its place is taken or unusable, or there is no Spark or Java.
 */
export async function startDaemon(options: DaemonOptions): Promise<Daemon> {
  const { settings, folders, runtime: { files, clock }, log, embedded } = options;
  let api: (request: Request) => Response = () => new Response("starting\n", { status: 503 });
  const place = await claim({
    settings,
    folders,
    files,
    clock,
    log,
    embedded,
    handler: (request) => api(request),
  });
  try {
    const installation = await options.install();
    await removeLeftovers(options);
    const assembly = await assemble(options, installation);
    const { supervisor, status } = assembly;
    const token = randomToken();
    api = createApi({ hostname: settings.api.hostname, token, status, post: supervisor.post });
    if (!embedded) {
      const file = { pid: options.pid, api: place.apiUrl, token };
      await files.writeAtomic(join(folders.runtime, DAEMON_FILE), `${JSON.stringify(file)}\n`);
    }
    supervisor.post({ kind: "start" });
    const finished = live(assembly, { options, place });
    return { apiUrl: place.apiUrl, installation, status, post: supervisor.post, finished };
  } catch (error) {
    await place.release();
    throw error;
  }
}

/** What a daemon that was killed could not take away: dead secrets and empty folders. */
async function removeLeftovers({ folders: { runtime }, runtime: { files } }: DaemonOptions): Promise<void> {
  const stale = (await files.list(runtime)).filter((name) =>
    /^g\d+$/.test(name) || name === ENVIRONMENT_FILE
  );
  for (const name of stale) await files.remove(join(runtime, name));
}

interface Assembly {
  readonly supervisor: Supervisor;
  readonly driver: RealDriver;
  readonly status: () => Status;
  /** The death after which there was no hope, if any. */
  readonly hopeless: () => Incident | null;
}

async function assemble(options: DaemonOptions, installation: Installation): Promise<Assembly> {
  const { settings, folders, runtime, log, env, cwd, embedded } = options;
  const { clock } = runtime;
  const command = new GatewayCommand({ ...installation, ...settings, env, cwd }, runtime);
  const outcome = await command.prepare();
  const pin = outcome.kind === "ready" ? outcome.pin : null;
  const plan = firstPlan({ heapBytes: settings.heapBytes, pin, limit: await budgetOf(options) });
  describe({ installation, plan, pin, log });
  const onError = (error: unknown) => log.warn(`something beside the gateway failed: ${reasonOf(error)}`);
  let saved: { id: string; at: string; generation: number } | null = null;
  const driver = new RealDriver({
    ...runtime,
    command,
    modules: installation.java.modules,
    cwd,
    folders,
    heartbeatPeriodMs: settings.heartbeatMs,
    store: new IncidentStore(join(folders.state, "incidents"), runtime.files),
    pinThread: env.PYSPARK_PIN_THREAD ?? "true",
    onError,
    onSaved: (id, generation) => {
      saved = { id, at: clock.date().toISOString(), generation };
      log.info(`evidence is in ${join(folders.state, "incidents", id)}`);
    },
  });
  let hopeless: Incident | null = null;
  const supervisor = new Supervisor({
    initial: initialState(plan),
    settings: lifecycleSettings(settings),
    clock,
    driver,
    random: Math.random,
    onChange: (change) => {
      narrate(change, { log, clock, flags: () => driver.current?.flags ?? null });
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
  return { supervisor, driver, status, hopeless: () => hopeless };
}

/** A PySpark that a plain `python` on the PATH would not find: one that was named, or the project's own. */
function bringsPython({ settings, own }: DaemonOptions, { spark: { python } }: Installation): boolean {
  return python !== null && (settings.python !== null || python.startsWith(`${own.ownEnvironment}/`));
}

function lifecycleSettings(settings: Settings): LifecycleSettings {
  const { startTimeoutMs, heartbeatMs, restart, memoryMode, origins } = settings;
  return {
    ...DEFAULT_SETTINGS,
    startTimeoutMs,
    // Who asks seldom must also wait longer, by the same ratio as the defaults.
    suspectAfterMs: Math.max(DEFAULT_SETTINGS.suspectAfterMs, 2.5 * heartbeatMs),
    actAfterMs: Math.max(DEFAULT_SETTINGS.actAfterMs, 7.5 * heartbeatMs),
    restartMode: restart,
    memory: { mode: memoryMode, modeIsExplicit: origins["memory-mode"] !== undefined },
  };
}

async function budgetOf({ settings, runtime }: DaemonOptions): Promise<MemoryBudget> {
  const limit = await runtime.machine.memoryLimit();
  const asked = settings.memoryLimitBytes;
  return asked !== null && asked < limit.bytes ? { bytes: asked, source: "user" } : limit;
}

/** 256 bits, in hexadecimal. */
function randomToken(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(32)), (byte) => byte.toString(16).padStart(2, "0"))
    .join("");
}

/** A gateway that never worked and waits for nothing: the caller must correct something and start again. */
function isHopeless({ gateway, everReady, ending }: SupervisorState): boolean {
  return gateway.phase === "failed" && gateway.deadlineMs === null && !everReady && !ending;
}

async function live(
  { supervisor, driver, hopeless }: Assembly,
  { options: { runtime: { files }, folders, embedded }, place }: { options: DaemonOptions; place: Claim },
): Promise<Incident | null> {
  await supervisor.run();
  await driver.settled();
  await files.remove(embedded ? folders.runtime : join(folders.runtime, DAEMON_FILE));
  await place.release();
  return hopeless();
}

interface Description {
  readonly installation: Installation;
  readonly plan: MemoryPlan;
  readonly pin: HeapPin | null;
  readonly log: Logger;
}

/** One clear line for each thing the start is made of. */
function describe({ installation: { spark, java }, plan, pin, log }: Description): void {
  const { heap, direct, budget, pinnedBy } = plan;
  log.info(`Spark ${spark.version} in ${spark.home} (${spark.why})`, { spark: spark.version });
  log.info(`Java ${java.version} in ${java.home} (${java.why})`, { java: java.version });
  if (java.warning !== null) log.warn(`${java.warning}; name another one with --java-home`);
  log.info(
    `memory: heap ${formatSize(heap.bytes)} (${heap.why}), direct ${formatSize(direct.bytes)}, of the ` +
      `${formatSize(budget.bytes)} of the ${budget.source}`,
    { heapBytes: heap.bytes },
  );
  if (pin !== null && pinnedBy === null) {
    log.info(`--heap replaces the ${formatSize(pin.bytes)} set by ${pin.by}`);
  }
}
