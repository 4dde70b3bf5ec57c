/**
 * What did a daemon leave that was killed, and how is it taken away? Processes that still run, folders, and the
 * traces of JVMs that are gone. Nothing is believed to be ours by its number or its name alone.
 * @module
 */

import { basename, dirname, join } from "@std/path";
import type { OpenGeneration } from "../core/ledger/ledger.ts";
import { reasonOf } from "../errors.ts";
import { OWNER_VARIABLE } from "../gateway/start.ts";
import type { Clock, FileLock, Files, FileStat, Machine } from "../ports.ts";

/** The daemon's death has closed the standard input of its gateway, which needs 0.5 to 4 s to end (measured). */
const GRACE_MS = 5_000;
/** What a killed process may take to go: it may have to give back gigabytes. */
const DEATH_MS = 5_000;
const POLL_MS = 50;

/** Where the orphans are looked for. */
export interface OrphanSearch {
  /** The value of {@linkcode OWNER_VARIABLE}: the state folder of the daemon, or the folder of an `exec`. */
  readonly owner: string;
  /** What the ledger knows of gateways that nobody saw end. */
  readonly open: readonly OpenGeneration[];
  readonly machine: Machine;
  readonly clock: Clock;
  /** This daemon itself, which may have been started by a process of a gateway. */
  readonly selfPid: number;
}

/** A process that outlived its daemon. */
export interface Orphan {
  readonly pid: number;
  /** `null` when the ledger does not know the process. */
  readonly generation: number | null;
  /** While one would not die, a second gateway must not be started beside it. */
  readonly how: "ended by itself" | "killed" | "would not die";
}

/** A process with its start: what no other process has in the life of a kernel. */
interface Living {
  readonly pid: number;
  readonly startTicks: number;
  readonly generation: number | null;
}

/**
 * Waits for the orphans of an owner to end in order, then ends them; takes up to 10 s, no time when there are none.
 * @returns Every process that was found, in the order it was found in.
 */
export async function endOrphans(search: OrphanSearch): Promise<readonly Orphan[]> {
  const { machine, clock } = search;
  const found = new Map<string, Living>();
  const killed = new Set<string>();
  const killMs = clock.nowMs() + GRACE_MS;
  for (;;) {
    const living = await look(search);
    const seenBefore = living.filter((each) => found.has(identity(each)));
    for (const each of living) found.set(identity(each), each);
    const nowMs = clock.nowMs();
    if (living.length === 0 || nowMs >= killMs + DEATH_MS) {
      const left = new Set(living.map(identity));
      return [...found].map(([id, { pid, generation }]) => ({
        pid,
        generation,
        how: left.has(id) ? "would not die" : killed.has(id) ? "killed" : "ended by itself",
      }));
    }
    // Whoever was marked as ours twice, at one start time, was ours in between: its number was not passed on.
    for (const each of nowMs >= killMs ? seenBefore : []) {
      if (!await lives(each, machine)) continue;
      machine.kill(each.pid);
      killed.add(identity(each));
    }
    await clock.sleep(POLL_MS);
  }
}

/** Every living process of the owner, each once. */
async function look({ owner, open, machine, selfPid }: OrphanSearch): Promise<readonly Living[]> {
  const boot = await machine.bootId();
  const recorded = open.flatMap(({ generation, pid, startTicks, bootId }) =>
    startTicks === null || bootId === null || bootId !== boot ? [] : [{ generation, pid, startTicks }]
  );
  const living = new Map<string, Living>();
  for (const each of recorded) {
    if (each.pid !== selfPid && await lives(each, machine)) living.set(identity(each), each);
  }
  for (const pid of await machine.processesWith(OWNER_VARIABLE, owner)) {
    const vitals = await machine.process(pid);
    if (pid === selfPid || vitals === null || isDead(vitals.state)) continue;
    const each = { pid, startTicks: vitals.startTicks, generation: null };
    if (!living.has(identity(each))) living.set(identity(each), each);
  }
  return [...living.values()];
}

function identity({ pid, startTicks }: Living): string {
  return `${pid} since ${startTicks}`;
}

async function lives({ pid, startTicks }: Living, machine: Machine): Promise<boolean> {
  const vitals = await machine.process(pid);
  return vitals !== null && vitals.startTicks === startTicks && !isDead(vitals.state);
}

/** A zombie runs no more: it waits for its parent. */
function isDead(state: string): boolean {
  return state === "Z" || state === "X";
}

/** What was taken away, and what could not be. */
export interface Removal {
  readonly removed: readonly string[];
  readonly failed: readonly { readonly path: string; readonly reason: string }[];
}

/** Which traces are to go. */
export interface TraceSearch {
  readonly files: Files;
  readonly machine: Machine;
  /** Where gateways got their temporary folders. */
  readonly temp: string;
  /** What {@linkcode scratchPrefix} says, for the state folder whose lock the caller holds. */
  readonly prefix: string;
  /** Gateways of before; those that still live keep their traces. */
  readonly gone: readonly number[];
}

/** HotSpot's attach sockets and performance data lie here, whatever `TMPDIR` says (JDK, os_linux.cpp). */
const JVM_TEMP = "/tmp";

/**
 * How the temporary folders of a daemon's gateways begin.
 * @param stateFolder Its absolute path.
 */
export async function scratchPrefix(stateFolder: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(stateFolder));
  return `rekindle-${new Uint8Array(digest, 0, 4).toHex()}-`;
}

/**
 * Removes the temporary folders and the JVMs' traces of daemons before; what cannot be removed stops nothing.
 * @throws {RangeError} When the prefix is empty, which would mean every folder there is.
 */
export async function removeTraces(search: TraceSearch): Promise<Removal> {
  const { files, temp, prefix } = search;
  if (prefix === "") throw new RangeError("The temporary folders of no prefix are everybody's");
  const names = (await files.list(temp)).filter((name) => name.startsWith(prefix));
  const folders = names.map((name) => join(temp, name));
  return together([
    await removeEach(folders, { files, which: ({ isDirectory }) => isDirectory }),
    await removeJvmTraces(search),
  ]);
}

/** Removes what HotSpot keeps of JVMs outside their own folders, for those that are gone. */
export async function removeJvmTraces(
  search: Pick<TraceSearch, "files" | "machine" | "gone">,
): Promise<Removal> {
  return await removeEach(await jvmTraces(search), { files: search.files, which: () => true });
}

/** Where traces of JVMs that are gone would lie. */
async function jvmTraces(
  { files, machine, gone }: Pick<TraceSearch, "files" | "machine" | "gone">,
): Promise<readonly string[]> {
  // A machine that tells of no process cannot say that one is gone.
  if (await machine.bootId() === null) return [];
  const folders = (await files.list(JVM_TEMP)).filter((name) => name.startsWith("hsperfdata_"));
  const paths: string[] = [];
  for (const pid of gone) {
    const vitals = await machine.process(pid);
    if (vitals !== null && !isDead(vitals.state)) continue;
    const data = folders.map((folder) => join(JVM_TEMP, folder, `${pid}`));
    paths.push(join(JVM_TEMP, `.java_pid${pid}`), join(JVM_TEMP, `.attach_pid${pid}`), ...data);
  }
  return paths;
}

/** How the folder of an `exec` that brings its own gateway begins. */
export const EMBEDDED_PREFIX = "rekindle-exec-";
/** The file in it that the `exec` keeps locked for its life. */
export const EMBEDDED_LOCK = "lock";

/** Where embedded daemons leave their folders. */
export interface EmbeddedSearch {
  readonly files: Files;
  readonly machine: Machine;
  readonly temp: string;
}

/**
 * Removes the folders of embedded daemons that are gone. One whose gateway still runs is left to its end, and so is
 * one without a lock: its `exec` may be about to take it.
 */
export async function sweepEmbedded({ files, machine, temp }: EmbeddedSearch): Promise<Removal> {
  const names = (await files.list(temp)).filter((name) => name.startsWith(EMBEDDED_PREFIX));
  const removals: Removal[] = [];
  for (const folder of names.map((name) => join(temp, name))) {
    const lock = await lockOf(folder, files);
    if (lock === null) continue;
    try {
      if ((await machine.processesWith(OWNER_VARIABLE, folder)).length > 0) continue;
      // The lock goes last: without it, a folder that could not be removed would never be tried again.
      const inside = (await files.list(folder)).filter((name) => name !== EMBEDDED_LOCK);
      const contents = await removeEach(inside.map((name) => join(folder, name)), {
        files,
        which: () => true,
      });
      removals.push(
        contents.failed.length > 0
          ? { removed: [], failed: contents.failed }
          : await removeEach([folder], { files, which: () => true }),
      );
    } finally {
      lock.release();
    }
  }
  return together(removals);
}

/** `null` when it is held, missing, another user's, or reached by a link, which could lead to any file of this user. */
async function lockOf(folder: string, files: Files): Promise<FileLock | null> {
  const path = join(folder, EMBEDDED_LOCK);
  try {
    const parent = await files.realPath(dirname(folder));
    if (parent === null || await files.realPath(path) !== join(parent, basename(folder), EMBEDDED_LOCK)) {
      return null;
    }
    return (await files.stat(path))?.isFile ? await files.tryLock(path) : null;
  } catch {
    return null;
  }
}

interface RemovalOptions {
  readonly files: Files;
  /** Which of the paths are meant, by what lies there. */
  readonly which: (stat: FileStat) => boolean;
}

async function removeEach(paths: readonly string[], { files, which }: RemovalOptions): Promise<Removal> {
  const removed: string[] = [];
  const failed: { path: string; reason: string }[] = [];
  for (const path of paths) {
    try {
      const stat = await files.stat(path);
      if (stat === null || !which(stat)) continue;
      await files.remove(path);
      removed.push(path);
    } catch (error) {
      failed.push({ path, reason: reasonOf(error) });
    }
  }
  return { removed, failed };
}

function together(removals: readonly Removal[]): Removal {
  return {
    removed: removals.flatMap(({ removed }) => removed),
    failed: removals.flatMap(({ failed }) => failed),
  };
}
