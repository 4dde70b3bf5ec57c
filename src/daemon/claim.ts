/**
 * What only one daemon can have: its folders, the lock on them, and the API's address. Claimed before anything
 * slow begins, so that a second daemon is told at once.
 * @module
 */

import { join } from "@std/path";
import type { Settings } from "../config.ts";
import { EXIT, reasonOf, UserError } from "../errors.ts";
import type { Folders } from "../folders.ts";
import { DAEMON_FILE, LOCK_FILE } from "./address.ts";
import { openListeners } from "./listeners.ts";
import type { Listeners } from "./listeners.ts";
import type { Logger } from "../log.ts";
import type { Clock, FileLock, Files, UnixDialer } from "../ports.ts";
import type { Handler } from "../runtime/http.ts";
import { EMBEDDED_LOCK } from "../supervisor/leftovers.ts";

/** What is claimed, and for whom. */
export interface ClaimOptions {
  readonly settings: Settings;
  readonly folders: Folders;
  readonly files: Files;
  readonly unixDialer: UnixDialer;
  readonly clock: Clock;
  readonly log: Logger;
  /** An embedded daemon locks its own runtime folder. */
  readonly embedded: boolean;
  readonly handler: Handler;
}

/** What was got. */
export interface Claim {
  /** Where the API listens, or `null`. */
  readonly apiUrl: string | null;
  /** The path of its socket, or `null`. */
  readonly socket: string | null;
  /** Gives everything back. */
  release(): Promise<void>;
}

/**
 * Makes the folders, takes the lock, the port and the socket.
 * @throws {UserError} When a folder cannot be used, or somebody else has the lock, the port or the socket.
 */
export async function claim(options: ClaimOptions): Promise<Claim> {
  const { folders, files } = options;
  for (const folder of [folders.state, folders.runtime, folders.logs]) await makeFolder(folder, files);
  const lock = options.embedded ? await lockOwn(options) : await takeLock(options);
  let listeners: Listeners;
  try {
    listeners = await openListeners(options);
  } catch (error) {
    lock?.release();
    throw error;
  }
  return {
    apiUrl: listeners.apiUrl,
    socket: listeners.socket,
    release: async () => {
      await listeners.stop();
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
