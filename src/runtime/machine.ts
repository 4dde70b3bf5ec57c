/**
 * What the kernel tells of memory and processes, put together. Without `/proc`, as on macOS, that is little.
 * @module
 */

import type { Machine, MemoryLimit, OomKills } from "../ports.ts";
import { memoryGroupOf, memoryLimitOf, oomKillsIn, type ReadFile } from "./cgroup.ts";
import { parseCount, parseKibibytes, parseStat } from "./procfs.ts";
import { sendSignal } from "./signal.ts";

/** In thousandths of all memory (proc(5)): a tenth of a 1 GiB container is more than the daemon uses. */
const VICTIM_ADVANTAGE = 100;
/** The highest `oom_score_adj` there is (proc(5)). */
const HIGHEST_OOM_SCORE_ADJ = 1000;

/**
 * The machine this process runs on.
 * @param read How its text files are read.
 */
export function createMachine(read: ReadFile = readOrNull): Machine {
  return {
    memoryLimit: () => Promise.resolve(memoryLimit(read)),
    oomKills: (pid) => Promise.resolve(oomKills(pid, read)),
    residentBytes: (pid) => Promise.resolve(parseKibibytes(read(`/proc/${pid}/status`) ?? "", "VmRSS")),
    sessionMembers: (session) => Promise.resolve(processIds().filter((pid) => isMember(pid, session))),
    preferAsVictim: (pid) => Promise.resolve(preferAsVictim(pid, read)),
    kill: (pid) => void sendSignal(pid, "SIGKILL"),
  };

  function isMember(pid: number, session: number): boolean {
    const stat = parseStat(read(`/proc/${pid}/stat`) ?? "");
    // A zombie runs no more: it only waits to be reaped by its parent.
    return stat?.session === session && pid !== session && stat.state !== "Z" && stat.state !== "X";
  }
}

function memoryLimit(read: ReadFile): MemoryLimit {
  const machineBytes = parseKibibytes(read("/proc/meminfo") ?? "", "MemTotal") ??
    Deno.systemMemoryInfo().total;
  const group = memoryGroupOf("self", read);
  const groupBytes = group && memoryLimitOf(group, read);
  return groupBytes !== null && groupBytes < machineBytes
    ? { bytes: groupBytes, source: "container" }
    : { bytes: machineBytes, source: "machine" };
}

function oomKills(pid: number, read: ReadFile): OomKills {
  const group = memoryGroupOf(pid, read);
  return {
    group: group && oomKillsIn(group, read),
    machine: parseCount(read("/proc/vmstat") ?? "", "oom_kill"),
  };
}

/** Raising the score needs no privilege, lowering it does (proc(5)); so a higher score is left as it is. */
function preferAsVictim(pid: number, read: ReadFile): void {
  const own = Number(read("/proc/self/oom_score_adj") ?? NaN);
  const theirs = Number(read(`/proc/${pid}/oom_score_adj`) ?? NaN);
  const wanted = Math.min(own + VICTIM_ADVANTAGE, HIGHEST_OOM_SCORE_ADJ);
  if (!(theirs < wanted)) return;
  try {
    Deno.writeTextFileSync(`/proc/${pid}/oom_score_adj`, String(wanted), { create: false });
  } catch {
    // The process is gone or somebody else's: nothing is lost but an advantage.
  }
}

function processIds(): readonly number[] {
  try {
    return Array.from(Deno.readDirSync("/proc"), (entry) => Number(entry.name)).filter(Number.isInteger);
  } catch {
    return [];
  }
}

function readOrNull(path: string): string | null {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return null;
  }
}
