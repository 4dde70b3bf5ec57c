/**
 * The life of the daemon: it claims its place, takes over from daemons before it, starts the loop and the API, and
 * ends everything in order.
 * @module
 */

import { dirname, join } from "@std/path";
import type { Redact } from "../api/disclosure.ts";
import type { Leasing } from "../api/leases.ts";
import { knownHosts } from "../api/hosts.ts";
import { startingRoutes } from "../api/probes.ts";
import { createApi } from "../api/server.ts";
import type { Api } from "../api/server.ts";
import type { Status } from "../api/status.ts";
import { apiRoutes } from "./api_routes.ts";
import { apiToken } from "./api_token.ts";
import { assemble } from "./assembly.ts";
import type { Assembly, DaemonOptions, Mark } from "./assembly.ts";
import type { Settings } from "../config.ts";
import { DAEMON_FILE } from "./address.ts";
import { claim } from "./claim.ts";
import type { Claim } from "./claim.ts";
import type { ReloadOutcome } from "../core/events/of_reload.ts";
import type { MemoryLeft } from "../core/pool/pressure.ts";
import type { Incident, Input } from "../core/lifecycle.ts";
import { reasonOf } from "../errors.ts";
import type { Installation } from "../gateway/installation.ts";
import { redactJson } from "../incident/redaction/redact.ts";
import { Instruments } from "./instruments.ts";
import { refuseExposure } from "./listeners.ts";
import type { Files } from "../ports.ts";
import { succeed, sweepAfterEmbedded } from "./predecessors.ts";
import { ENVIRONMENT_FILE } from "../supervisor/environment_file.ts";
import type { Ledger } from "../supervisor/ledger.ts";
import { scratchPrefix } from "../supervisor/leftovers.ts";
import { watchMemory } from "../supervisor/memory_watch.ts";
import { watchLoop } from "../supervisor/watchdog.ts";
import { VERSION } from "../version.ts";

/** A running daemon. */
export interface Daemon {
  /** Where the API listens, or `null` when an embedded daemon did without. */
  readonly apiUrl: string | null;
  readonly installation: Installation;
  readonly status: () => Status;
  readonly post: (input: Input) => void;
  /** Goes by other settings from now on: those of `RELOADABLE`. */
  readonly adopt: (settings: Settings) => void;
  /** Tells what came of reading the configuration again. */
  readonly tellReload: (outcome: ReloadOutcome) => void;
  /** Gives leases; `null` where programs attach to the gateway itself. */
  readonly leasing: Leasing | null;
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
  const { settings, folders, runtime: { files, clock, unixDialer }, log, embedded } = options;
  await refuseExposure(settings, { env: options.env, files });
  const hosts = knownHosts(settings.api, settings.trustedHosts);
  const onError = (error: unknown) => log.error(`the API failed to answer: ${reasonOf(error)}`);
  // Nobody has a token yet, and nothing asks for one.
  let api: Api = createApi({ routes: startingRoutes(), guard: { hosts, token: null }, onError });
  const place = await claim({
    settings,
    folders,
    files,
    unixDialer,
    clock,
    log,
    embedded,
    handler: (request, arrival) => api(request, arrival),
  });
  let ledger: Ledger | null = null;
  try {
    const mark = await markOf(options);
    ledger = await inherit(options, mark);
    const installation = await options.install();
    const assembly = await assemble(options, { installation, ledger, mark });
    const { supervisor, status, programs: leasing } = assembly;
    const instruments = new Instruments(assembly, options);
    const token = await apiToken(embedded ? {} : options.env, files);
    const secrets = [token, ...options.secrets];
    const redact: Redact = (value) => redactJson(value, secrets).value as typeof value;
    const full = createApi({
      routes: apiRoutes({ assembly, options, instruments, redact, secrets }),
      guard: { hosts, token },
      onError,
    });
    if (!embedded) {
      const file = { pid: options.pid, api: place.apiUrl, socket: place.socket, token };
      await files.writeAtomic(join(folders.runtime, DAEMON_FILE), `${JSON.stringify(file)}\n`);
    }
    supervisor.post({ kind: "start" });
    const finished = live(assembly, { options, place, instruments });
    // Not before the start is under way: whoever waits for the gateway would be told that it was stopped.
    api = full;
    return {
      apiUrl: place.apiUrl,
      installation,
      status,
      post: supervisor.post,
      adopt: assembly.adopt,
      tellReload: assembly.tellReload,
      leasing,
      finished,
    };
  } catch (error) {
    await ledger?.close();
    await place.release();
    throw error;
  }
}

/** Takes over from daemons that were killed; an embedded one keeps no ledger, for it has no state folder to itself. */
async function inherit(options: DaemonOptions, mark: Mark): Promise<Ledger | null> {
  const { folders, embedded, log, runtime } = options;
  // An embedded daemon keeps everything temporary in its own folder, beside those of others.
  const temp = embedded ? dirname(folders.runtime) : folders.temp;
  await sweepAfterEmbedded({ temp, runtime, log });
  if (embedded) return null;
  const onError = (error: unknown) => log.error(reasonOf(error));
  const ledger = await succeed({ ...options, ...mark, version: VERSION, onError });
  await removeStale(folders.runtime, runtime.files);
  return ledger;
}

/** By what this daemon's processes and temporary folders are known to a later one. */
async function markOf({ folders, embedded }: DaemonOptions): Promise<Mark> {
  return embedded
    ? { owner: folders.runtime, scratchPrefix: "tmp-" }
    : { owner: folders.state, scratchPrefix: await scratchPrefix(folders.state) };
}

/** Dead secrets and empty folders. */
async function removeStale(runtime: string, files: Files): Promise<void> {
  const stale = (await files.list(runtime)).filter((name) =>
    /^g\d+$/.test(name) || name === ENVIRONMENT_FILE
  );
  for (const name of stale) await files.remove(join(runtime, name));
}

async function live(
  { supervisor, driver, relay, programs, heapDumps, headStart, ledger, status, hopeless }: Assembly,
  { options, place, instruments }: { options: DaemonOptions; place: Claim; instruments: Instruments },
): Promise<Incident | null> {
  const { runtime: { files, clock, machine }, folders, embedded, log } = options;
  const { pool } = status();
  const ended = new AbortController();
  void watchLoop({
    ...{ clock, signal: ended.signal, lagMs: () => supervisor.lagMs },
    onLate: (lagMs) => log.error(`the daemon's own loop has not turned for ${Math.round(lagMs / 1000)} s`),
    onStuck: options.onStuck,
  });
  if (pool.standby === 1 || pool.gateways > 1) {
    const onLook = (left: MemoryLeft) => supervisor.post({ kind: "memory", left });
    void watchMemory({ clock, machine, signal: ended.signal, onLook });
  }
  if (place.apiUrl !== null) void instruments.sample(ended.signal);
  await supervisor.run();
  ended.abort();
  await driver.settled();
  await headStart.archive?.close();
  await headStart.bytecode?.close();
  programs?.close();
  await relay?.close();
  await heapDumps.close();
  await ledger?.close();
  await files.remove(embedded ? folders.runtime : join(folders.runtime, DAEMON_FILE));
  await place.release();
  return hopeless();
}
