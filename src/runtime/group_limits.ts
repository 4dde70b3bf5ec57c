/**
 * Which limits do the control groups of this process set, and what do they tell?
 * @module
 */

import type { ControlGroupFacts } from "../core/doctor/control_group.ts";
import { groupFoldersOf, memoryGroupOf, memoryLimitOf, oomKillsIn, parseMounts } from "./cgroup.ts";
import { readKernelFile } from "./kernel_file.ts";
import type { ReadFile } from "./kernel_file.ts";
import { parseCount, parseKibibytes } from "./procfs.ts";

/** What was found. */
export interface GroupLimits extends Omit<ControlGroupFacts, "plannedBytes"> {
  /** The narrowest limit of processes and threads; `null` without one. */
  readonly pids: { readonly most: number; readonly used: number } | null;
  /** The narrowest quota of processor time, in processors; `null` without one. */
  readonly processors: number | null;
}

/** Looks. @param read How files are read. */
export function groupLimits(read: ReadFile = readKernelFile): GroupLimits {
  const group = memoryGroupOf("self", read);
  const mounts = parseMounts(read("/proc/self/mountinfo") ?? "");
  const info = read("/proc/meminfo") ?? "";
  const inGroup = (name: string) =>
    group?.version === 2 ? read(`${group.folder}/${name}`)?.trim() : undefined;
  const high = Number(inGroup("memory.high") ?? NaN);
  return {
    version: group?.version ?? null,
    isHybrid: new Set(mounts.map(({ version }) => version)).size === 2,
    limitBytes: group && memoryLimitOf(group, read),
    highBytes: Number.isFinite(high) ? high : null,
    countsKills: group !== null && oomKillsIn(group, read) !== null,
    killsAll: inGroup("memory.oom.group") === "1",
    pids: pidsOf(read),
    processors: processorsOf(read),
    unit: /\/([^/]+\.service)(?:\/|$)/m.exec(read("/proc/self/cgroup") ?? "")?.[1] ?? null,
    swapUsedBytes: (parseKibibytes(info, "SwapTotal") ?? 0) - (parseKibibytes(info, "SwapFree") ?? 0),
  };
}

function pidsOf(read: ReadFile): GroupLimits["pids"] {
  const folders = groupFoldersOf("pids", { file: { 1: "pids.max", 2: "pids.max" }, read });
  const all = folders.flatMap((folder) => {
    const [most, used] = ["pids.max", "pids.current"].map((name) =>
      Number(read(`${folder}/${name}`)?.trim() || NaN)
    );
    return most === undefined || used === undefined || !Number.isFinite(most) || Number.isNaN(used)
      ? []
      : [{ most, used }];
  });
  return all.toSorted((a, b) => a.most - a.used - (b.most - b.used))[0] ?? null;
}

/** Both versions write a quota and its period, in microseconds; -1 and `max` are no quota. */
function processorsOf(read: ReadFile): number | null {
  const folders = groupFoldersOf("cpu", { file: { 1: "cpu.cfs_quota_us", 2: "cpu.max" }, read });
  const all = folders.flatMap((folder) => {
    const two = read(`${folder}/cpu.max`)?.trim().split(" ").map(Number);
    const one = [`${folder}/cpu.cfs_quota_us`, `${folder}/cpu.cfs_period_us`].map((path) =>
      parseCount(`value ${read(path)?.trim()}`, "value") ?? NaN
    );
    const [quota = NaN, period = NaN] = two ?? one;
    return quota > 0 && period > 0 ? [Math.round(100 * quota / period) / 100] : [];
  });
  return all.length === 0 ? null : Math.min(...all);
}
