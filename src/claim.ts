/**
 * What only one daemon can have: its folders, the lock on them, and the API's address. Claimed before anything
 * slow begins, so that a second daemon is told at once.
 * @module
 */

import { join } from "@std/path";
import type { Settings } from "./config.ts";
import { EXIT, reasonOf, UserError } from "./errors.ts";
import type { Folders } from "./folders.ts";
import type { Logger } from "./log.ts";
import type { Clock, FileLock, Files } from "./ports.ts";
import { ListenFailure, serve } from "./runtime/http.ts";
import type { Handler, HttpServer } from "./runtime/http.ts";
import { EMBEDDED_LOCK } from "./supervisor/leftovers.ts";

/** The file in the runtime folder that tells other commands where the daemon is. */
export const DAEMON_FILE = "daemon.json";

/** What is claimed, and for whom. */
export interface ClaimOptions {
  readonly settings: Settings;
  readonly folders: Folders;
  readonly files: Files;
  readonly clock: Clock;
  readonly log: Logger;
  /** An embedded daemon locks its own runtime folder, and does without the API when its default port is taken. */
  readonly embedded: boolean;
  readonly handler: Handler;
}

/** What was got. */
export interface Claim {
  /** Where the API listens, or `null`. */
  readonly apiUrl: string | null;
  /** Gives everything back. */
  release(): Promise<void>;
}

/**
 * Makes the folders, takes the lock and the port.
 * @throws {UserError} When a folder cannot be used, or somebody else has the lock or the port.
 */
export async function claim(options: ClaimOptions): Promise<Claim> {
  const { folders, files, settings } = options;
  for (const folder of [folders.state, folders.runtime, folders.logs]) await makeFolder(folder, files);
  const lock = options.embedded ? await lockOwn(options) : await takeLock(options);
  let server: HttpServer | null;
  try {
    server = await listen(options);
  } catch (error) {
    lock?.release();
    throw error;
  }
  return {
    apiUrl: server === null ? null : urlOf(settings.api.hostname, server.port),
    release: async () => {
      await server?.stop();
      lock?.release();
    },
  };
}

async function makeFolder(folder: string, files: Files): Promise<void> {
  try {
    await files.makeDir(folder);
    // A folder that is there may still be somebody else's.
    await files.remove(await files.makeTempDir(folder, ".writable-"));
  } catch (cause) {
    throw new UserError(`Cannot use the folder ${folder}: ${reasonOf(cause)}`, {
      hint: "Give this user the right to write there, or name another folder with --state-dir DIR.",
      exitCode: EXIT.cannotCreate,
      cause,
    });
  }
}

/** The name of the lock in the state folder; who holds it is the daemon of that folder. */
export const LOCK_FILE = "lock";

/** A command that looks whether a daemon runs holds the lock for an instant: that is no other daemon. */
const LOCK_TRIES = 5;
const LOCK_PAUSE_MS = 50;

async function takeLock({ folders: { state, runtime }, files, clock }: ClaimOptions): Promise<FileLock> {
  for (let tries = 0; tries < LOCK_TRIES; tries++) {
    const lock = await files.tryLock(join(state, LOCK_FILE));
    if (lock !== null) {
      // From here on, a daemon file tells of this daemon, or there is none.
      await files.remove(join(runtime, DAEMON_FILE));
      return lock;
    }
    await clock.sleep(LOCK_PAUSE_MS);
  }
  throw new UserError(`Cannot start: another daemon already uses the state folder ${state}`, {
    hint:
      'Ask it with "rekindle status", end it with "rekindle stop", or give this one its own with --name NAME.',
    exitCode: EXIT.cannotCreate,
  });
}

/** A start at the same time may take a folder whose lock is still free for a leftover: then it is made again. */
async function lockOwn({ folders: { runtime }, files, clock }: ClaimOptions): Promise<FileLock | null> {
  for (let tries = 0; tries < LOCK_TRIES; tries++) {
    await files.makeDir(runtime);
    const path = join(runtime, EMBEDDED_LOCK);
    const lock = await files.tryLock(path).catch(() => null);
    if (lock !== null && await files.stat(path) !== null) return lock;
    lock?.release();
    await clock.sleep(LOCK_PAUSE_MS);
  }
  return null;
}

async function listen({ settings, embedded, log, handler }: ClaimOptions): Promise<HttpServer | null> {
  try {
    return await serve(settings.api, handler);
  } catch (error) {
    if (!(error instanceof ListenFailure)) throw error;
    // A port that somebody asked for must be had.
    if (embedded && settings.origins.api === undefined) {
      log.debug(`no health API for this run: ${error.message}`);
      return null;
    }
    const { hostname, port } = settings.api;
    throw new UserError(`Cannot serve the health API on ${hostname}:${port}: ${explain(error)}`, {
      hint: "Choose another address with --api HOST:PORT, or find out who has it (ss -ltnp).",
      exitCode: EXIT.unavailable,
      cause: error,
    });
  }
}

function explain(failure: ListenFailure): string {
  switch (failure.kind) {
    case "inUse":
      return "another program listens there";
    case "notAvailable":
      return "this machine has no such address";
    case "notPermitted":
      return "this user may not";
    case "other":
      return failure.message;
  }
}

/** The base of the API's addresses. */
export function urlOf(hostname: string, port: number): string {
  return `http://${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}`;
}
