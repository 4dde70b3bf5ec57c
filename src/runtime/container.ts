/**
 * How often did this container have to wait for a processor, and how long for memory or a disk?
 * @module
 */

import type { ContainerReading, PressureReading } from "../core/metrics/readings.ts";
import { groupFoldersOf, memoryGroupOf } from "./cgroup.ts";
import type { ReadFile } from "./kernel_file.ts";
import { parseCount } from "./procfs.ts";

/** Reads it all; each is a short text that the kernel makes on the spot. */
export function readContainer(read: ReadFile): ContainerReading {
  const memory = memoryGroupOf("self", read);
  const use = memory?.version === 1 ? "memory.usage_in_bytes" : "memory.current";
  return {
    cpu: cpuOf(read),
    memoryUsedBytes: memory && countIn(read(`${memory.folder}/${use}`)),
    pressure: (["cpu", "memory", "io"] as const).flatMap((resource) => pressureOf(resource, read)),
  };
}

type CpuReading = NonNullable<ContainerReading["cpu"]>;

/** A quota holds for everything below it: the least of those above this process is the one that is felt. */
function cpuOf(read: ReadFile): CpuReading | null {
  const folders = groupFoldersOf("cpu", { file: { 1: "cpu.stat", 2: "cpu.stat" }, read });
  const all = folders.flatMap((folder) => {
    const stat = read(`${folder}/cpu.stat`) ?? "";
    const periods = parseCount(stat, "nr_periods");
    if (periods === null) return [];
    // Version 1 counts nanoseconds and version 2 microseconds.
    const [ns, us] = [parseCount(stat, "throttled_time"), parseCount(stat, "throttled_usec")];
    return [{
      limitProcessors: quotaIn(folder, read),
      periods,
      throttledPeriods: parseCount(stat, "nr_throttled") ?? 0,
      throttledMs: ns === null ? (us ?? 0) / 1e3 : ns / 1e6,
    }];
  });
  const least = (one: CpuReading, other: CpuReading) =>
    (other.limitProcessors ?? Infinity) < (one.limitProcessors ?? Infinity) ? other : one;
  return all.length === 0 ? null : all.reduce(least);
}

/** How many processors; version 1 writes -1 for no quota, and version 2 `max`. */
function quotaIn(folder: string, read: ReadFile): number | null {
  const both = read(`${folder}/cpu.max`)?.trim().split(" ") ??
    [read(`${folder}/cpu.cfs_quota_us`), read(`${folder}/cpu.cfs_period_us`)];
  const [quotaUs, periodUs] = both.map(countIn);
  return typeof quotaUs !== "number" || !periodUs ? null : quotaUs / periodUs;
}

function pressureOf(resource: PressureReading["resource"], read: ReadFile): readonly PressureReading[] {
  const name = `${resource}.pressure`;
  // Only version 2 has it, also where version 1 counts memory.
  const [folder] = groupFoldersOf("memory", { file: { 1: name, 2: name }, read });
  const own = folder === undefined ? null : read(`${folder}/${name}`);
  const text = own ?? read(`/proc/pressure/${resource}`) ?? "";
  // `some avg10=0.00 avg60=0.00 avg300=0.00 total=12667204`, the last one in microseconds.
  const totalMs = (kind: string) => {
    const total = new RegExp(`^${kind} .*\\btotal=(\\d+)`, "m").exec(text)?.[1];
    return total === undefined ? null : Number(total) / 1000;
  };
  const waitingMs = totalMs("some");
  if (waitingMs === null) return [];
  return [{
    resource,
    scope: own === null ? "machine" : "container",
    waitingMs,
    stalledMs: totalMs("full"),
  }];
}

function countIn(text: string | null | undefined): number | null {
  const digits = text?.trim() ?? "";
  return /^\d+$/.test(digits) ? Number(digits) : null;
}
