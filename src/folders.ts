/**
 * Where the daemon keeps what: state that outlives it, runtime files that do not, and logs.
 * @module
 */

import { join, resolve } from "@std/path";
import { EXIT, UserError } from "./errors.ts";

/** The daemon's folders. */
export interface Folders {
  /** Incidents and the lock. */
  readonly state: string;
  /** What is true only while the daemon runs: the way in, the token. */
  readonly runtime: string;
  readonly logs: string;
  /** Where each gateway gets a folder for Spark's temporary files. */
  readonly temp: string;
}

/** Where a system service's instance has its runtime folder, for as long as it runs. */
export const SERVICES = "/run/rekindle";

/** Those of a system service's instance, as `systemd/rekindle@.service` has systemd make them. */
export function serviceFolders(instance: string): Folders {
  const below = (folder: string) => join(folder, "rekindle", instance);
  return {
    state: below("/var/lib"),
    runtime: join(SERVICES, instance),
    logs: below("/var/log"),
    temp: below("/var/cache"),
  };
}

/** What decides where they are. */
export interface FolderRequest {
  readonly stateDir: string | null;
  readonly name: string | null;
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
}

/**
 * The folders: below `--state-dir` when it is given, systemd's when it runs us, the XDG ones otherwise.
 * Temporary files stay where Spark would put them, because they can be large and a runtime folder is in memory.
 * @throws {UserError} When there is no home folder to put them in.
 */
export function resolveFolders({ stateDir, name, env, cwd }: FolderRequest): Folders {
  const temp = env.TMPDIR || "/tmp";
  if (stateDir !== null) {
    const state = resolve(cwd, stateDir);
    return { state, runtime: join(state, "run"), logs: join(state, "log"), temp };
  }
  const own = name === null ? "rekindle" : join("rekindle", name);
  const home = env.XDG_STATE_HOME || (env.HOME ? join(env.HOME, ".local/state") : null);
  const state = env.STATE_DIRECTORY || (home === null ? null : join(home, own));
  if (state === null) {
    throw new UserError("Cannot choose a state folder: neither HOME nor XDG_STATE_HOME is set", {
      hint: "Name one with --state-dir DIR.",
      exitCode: EXIT.cannotCreate,
    });
  }
  return {
    state,
    runtime: env.RUNTIME_DIRECTORY ||
      (env.XDG_RUNTIME_DIR ? join(env.XDG_RUNTIME_DIR, own) : join(state, "run")),
    logs: env.LOGS_DIRECTORY || join(state, "log"),
    temp,
  };
}
