/**
 * Which memory control group a process belongs to, what it may use there, and whom the kernel killed in it:
 * version 1 and version 2 (cgroups(7)), alone or side by side, seen from the host or from inside a container.
 * @module
 */

import { dirname } from "@std/path";
import type { ReadFile } from "./kernel_file.ts";
import { parseCount } from "./procfs.ts";

/** A folder in a mounted hierarchy of control groups. */
export interface MemoryGroup {
  readonly version: 1 | 2;
  /** The group's own folder. */
  readonly folder: string;
  /** Where its hierarchy is mounted: `folder` or a parent of it. */
  readonly mountPoint: string;
}

/** What differs between the versions. Only hard limits: `memory.high` and the soft limit kill nobody. */
const FILES = {
  // `always` is there in every group, the root included.
  1: { always: "memory.limit_in_bytes", limit: "memory.limit_in_bytes", kills: "memory.oom_control" },
  2: { always: "cgroup.controllers", limit: "memory.max", kills: "memory.events" },
} as const;

/**
 * Finds the memory group of a process. Version 2 counts when no version 1 hierarchy does. A process that is
 * gone or going is taken to be where this one is. A group that cannot be seen is taken to be the one that is
 * mounted: inside a container that is the container's own.
 * @returns `null` where no such hierarchy is mounted.
 */
export function memoryGroupOf(pid: number | "self", read: ReadFile): MemoryGroup | null {
  const own = parseMembership(read("/proc/self/cgroup") ?? "");
  const theirs = parseMembership(read(`/proc/${pid}/cgroup`) ?? "");
  const mounts = parseMounts(read("/proc/self/mountinfo") ?? "");
  // Version 1 shows an exiting process in the root, wherever it was (measured on Linux 6.18).
  const v1Path = theirs[1] === null || theirs[1] === "/" ? own[1] : theirs[1];
  return findGroup(1, { path: v1Path, mounts, read }) ??
    findGroup(2, { path: theirs[2] ?? own[2], mounts, read });
}

/**
 * The least memory limit of a group and every group above it, in bytes; `null` without one. A version 1 group
 * also knows the limits above the mount, which a container cannot see.
 */
export function memoryLimitOf(group: MemoryGroup, read: ReadFile): number | null {
  const stat = group.version === 1 ? read(`${group.folder}/memory.stat`) ?? "" : "";
  let least = parseCount(stat, "hierarchical_memory_limit") ?? Infinity;
  for (const folder of upwards(group)) {
    // Version 2 writes "max" for no limit.
    const limit = read(`${folder}/${FILES[group.version].limit}`)?.trim() ?? "max";
    if (/^\d+$/.test(limit)) least = Math.min(least, Number(limit));
  }
  // Version 1 writes 2^63 rounded down to a page for no limit.
  return least <= Number.MAX_SAFE_INTEGER ? least : null;
}

/** What a group uses that the kernel cannot take back at once, and the file of the limit it counts against. */
const USE = {
  1: { use: "memory.usage_in_bytes", cached: ["total_inactive_file", "total_active_file"] },
  2: { use: "memory.current", cached: ["inactive_file", "active_file"] },
} as const;

/** The least that is left of the limit of a group or of one above it, in bytes; `null` without a limit. */
export function memoryLeftOf(
  group: MemoryGroup,
  read: ReadFile,
): { readonly leftBytes: number; readonly limitBytes: number } | null {
  const { use, cached } = USE[group.version];
  const all = [...upwards(group)].flatMap((folder) => {
    const limitBytes = Number(read(`${folder}/${FILES[group.version].limit}`)?.trim() || NaN);
    const usedBytes = Number(read(`${folder}/${use}`)?.trim() || NaN);
    if (!(limitBytes <= Number.MAX_SAFE_INTEGER) || Number.isNaN(usedBytes)) return [];
    const stat = read(`${folder}/memory.stat`) ?? "";
    const cachedBytes = cached.reduce((sum, name) => sum + (parseCount(stat, name) ?? 0), 0);
    return [{ leftBytes: Math.max(0, limitBytes - usedBytes + cachedBytes), limitBytes }];
  });
  return all.sort((a, b) => a.leftBytes - b.leftBytes)[0] ?? null;
}

/**
 * How many processes of a group the kernel has killed for want of memory; `null` without a counter. Where a
 * version 2 group has none, the nearest one above counts for it. Version 1 does not add up the groups below.
 */
export function oomKillsIn(group: MemoryGroup, read: ReadFile): number | null {
  for (const folder of upwards(group)) {
    const counters = read(`${folder}/${FILES[group.version].kills}`);
    if (counters !== null) return parseCount(counters, "oom_kill");
  }
  return null;
}

/** What is worth knowing of a group when a process in it has died, whichever version it is. */
const REPORTED = [
  ...["memory.limit_in_bytes", "memory.usage_in_bytes", "memory.max_usage_in_bytes", "memory.failcnt"],
  ...[
    "memory.oom_control",
    "memory.max",
    "memory.current",
    "memory.peak",
    "memory.swap.max",
    "memory.swap.current",
  ],
  ...["memory.events", "memory.pressure", "memory.stat", "pids.max", "pids.current", "pids.events"],
];

/** The counters of a group as the kernel writes them, each under its path. */
export function memoryReportOf({ folder }: MemoryGroup, read: ReadFile): string {
  return REPORTED.flatMap((name) => {
    const text = read(`${folder}/${name}`);
    return text === null ? [] : [`==> ${folder}/${name}\n${text}`];
  }).join("\n");
}

/** The paths of a process, by version; `null` when it is in no such hierarchy. */
export interface Membership {
  readonly 1: string | null;
  readonly 2: string | null;
}

/** Reads `/proc/<pid>/cgroup`: lines of `id:controllers:path`, the path itself possibly with colons. */
export function parseMembership(text: string, controller = "memory"): Membership {
  let v1: string | null = null;
  let v2: string | null = null;
  for (const line of text.split("\n")) {
    const [, controllers, path] = /^\d+:([^:]*):(\/.*)$/.exec(line) ?? [];
    if (path === undefined) continue;
    if (controllers === "") v2 = path;
    else if (controllers?.split(",").includes(controller)) v1 = path;
  }
  return { 1: v1, 2: v2 };
}

/** One mounted hierarchy that may count what is asked for. */
export interface Mount {
  readonly version: 1 | 2;
  /** The group that is mounted: `/` for all of them. */
  readonly root: string;
  readonly point: string;
}

/** Reads `/proc/self/mountinfo` (proc(5)): `id parent device root point … - type source options`. */
export function parseMounts(text: string, controller = "memory"): readonly Mount[] {
  const mounts: Mount[] = [];
  for (const line of text.split("\n")) {
    const [before = "", after = ""] = line.split(" - ");
    const [, , , root, point] = before.split(" ").map(unescape);
    const [type, , options = ""] = after.split(" ");
    if (root === undefined || point === undefined) continue;
    if (type === "cgroup2") mounts.push({ version: 2, root, point });
    else if (type === "cgroup" && options.split(",").includes(controller)) {
      mounts.push({ version: 1, root, point });
    }
  }
  return mounts;
}

/** The kernel writes blanks, tabs, line ends and backslashes of a path as `\` and three octal digits. */
function unescape(path: string): string {
  return path.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(parseInt(digits, 8)));
}

function findGroup(
  version: 1 | 2,
  { path, mounts, read }: { path: string | null; mounts: readonly Mount[]; read: ReadFile },
): MemoryGroup | null {
  if (path === null) return null;
  const isGroup = (folder: string) => read(`${folder}/${FILES[version].always}`) !== null;
  const mounted = mounts.filter((mount) => mount.version === version && isGroup(mount.point));
  for (const { root, point } of mounted) {
    const below = relativeTo(root, path);
    if (below !== null && isGroup(point + below)) {
      return { version, folder: point + below, mountPoint: point };
    }
  }
  const [first] = mounted;
  return first === undefined ? null : { version, folder: first.point, mountPoint: first.point };
}

/**
 * The folder of this process's group of a controller other than memory, such as `pids` or `cpu`, with every folder above
 * it; none where no such hierarchy is mounted.
 * @param file A file of such a group, in either version.
 */
export function groupFoldersOf(
  controller: string,
  { file, read }: { readonly file: Readonly<Record<1 | 2, string>>; readonly read: ReadFile },
): readonly string[] {
  const own = parseMembership(read("/proc/self/cgroup") ?? "", controller);
  const mounts = parseMounts(read("/proc/self/mountinfo") ?? "", controller);
  for (const { version, root, point } of mounts) {
    const path = own[version];
    if (path === null) continue;
    const folder = point + (relativeTo(root, path) ?? "");
    const folders = [...upwards({ version, folder, mountPoint: point })];
    if (folders.some((each) => read(`${each}/${file[version]}`) !== null)) return folders;
  }
  return [];
}

/** What follows `root` in `path`, empty or with a leading slash; `null` when it lies elsewhere. */
function relativeTo(root: string, path: string): string | null {
  // A process outside this one's namespace is shown as "/../other": no folder below the mount.
  if (path.split("/").includes("..")) return null;
  if (path === root) return "";
  const prefix = root === "/" ? root : `${root}/`;
  return path.startsWith(prefix) ? path.slice(prefix.length - 1) : null;
}

function* upwards({ folder, mountPoint }: MemoryGroup): Generator<string> {
  for (let at = folder; at !== mountPoint; at = dirname(at)) yield at;
  yield mountPoint;
}
