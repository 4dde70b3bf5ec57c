/**
 * Which daemons with a name run? For who has named none, or another one, and finds nobody.
 * @module
 */

import { join } from "@std/path";
import { LOCK_FILE } from "../daemon/address.ts";
import { resolveFolders, SERVICES } from "../folders.ts";
import type { CommandContext } from "./context.ts";

/**
 * Says that the wanted daemon does not run, and how to come to one that does.
 * @param advice What to do where none does.
 */
export async function nobodyRuns(
  context: CommandContext,
  advice = ' Start one with "rekindle run".',
): Promise<string> {
  const { name, stateDir } = context.settings;
  const names = stateDir === null ? await runningNames(context) : [];
  if (names.length === 0) return `No daemon is running.${advice}\n`;
  const wanted = name === null ? "No daemon without a name" : `No daemon of the name ${name}`;
  return `${wanted} is running. With --name you find: ${names.join(", ")}.\n`;
}

/** Those of this user, by the locks that they hold, and services, whose runtime folders go with them. */
async function runningNames(
  { env, cwd, runtime: { files } }: Pick<CommandContext, "env" | "cwd" | "runtime">,
): Promise<readonly string[]> {
  const { state } = resolveFolders({ stateDir: null, name: null, env, cwd });
  const own: string[] = [];
  for (const name of await files.list(state)) {
    const path = join(state, name, LOCK_FILE);
    // Looking for a lock would make one.
    if (await files.stat(path) === null) continue;
    const lock = await files.tryLock(path).catch(() => null);
    if (lock === null) own.push(name);
    lock?.release();
  }
  return [...new Set([...own, ...await files.list(SERVICES)])].toSorted();
}
