/**
 * What the kernel tells of memory and processes, put together. Without `/proc`, as on macOS, that is little.
 * @module
 */

import type { MemoryLeft } from "../core/pool/pressure.ts";
import type { ProcessVitals } from "../core/watch/vitals.ts";
import type { Machine, MemoryLimit, OomKills } from "../ports.ts";
import { callerOf, processBehind } from "./caller.ts";
import { readContainer } from "./container.ts";
import { readOwnProcess } from "./own_process.ts";
import { memoryGroupOf, memoryLeftOf, memoryLimitOf, memoryReportOf, oomKillsIn } from "./cgroup.ts";
import { readKernelFile } from "./kernel_file.ts";
import type { ReadFile } from "./kernel_file.ts";
import { parseCount, parseKibibytes, parseNumber, parseStat, TICKS_PER_SECOND } from "./procfs.ts";
import { sendSignal } from "./signal.ts";
import { callersOf, inodeOf } from "./sockets.ts";

/** In thousandths of all memory (proc(5)): a tenth of a 1 GiB container is more than the daemon uses. */
const VICTIM_ADVANTAGE = 100;
/** The highest `oom_score_adj` there is (proc(5)). */
const HIGHEST_OOM_SCORE_ADJ = 1000;

/**
 * The machine this process runs on.
 * @param read How its text files are read.
 */
export function createMachine(read: ReadFile = readKernelFile): Machine {
  return {
    // 2 MiB on AArch64 (globals_linux_aarch64.hpp), 1 MiB on x86-64.
    processor: () => ({
      processors: navigator.hardwareConcurrency,
      stackBytes: Deno.build.arch === "aarch64" ? 2 ** 21 : 2 ** 20,
    }),
    memoryLimit: () => Promise.resolve(memoryLimit(read)),
    memoryLeft: () => Promise.resolve(memoryLeft(read)),
    oomKills: (pid) => Promise.resolve(oomKills(pid, read)),
    memoryGroupReport: () => {
      const group = memoryGroupOf("self", read);
      return Promise.resolve(group && memoryReportOf(group, read));
    },
    residentBytes: (pid) => Promise.resolve(parseKibibytes(read(`/proc/${pid}/status`) ?? "", "VmRSS")),
    sessionMembers: (session) => Promise.resolve(processIds().filter((pid) => isMember(pid, session))),
    preferAsVictim: (pid) => Promise.resolve(preferAsVictim(pid, read)),
    kill: (pid) => void sendSignal(pid, "SIGKILL"),
    quit: (pid) => sendSignal(pid, "SIGQUIT"),
    process: (pid) => Promise.resolve(vitalsOf(pid, read)),
    bootId: () => Promise.resolve(read("/proc/sys/kernel/random/boot_id")?.trim() ?? null),
    openFiles: (pid) => Promise.resolve(openFiles(pid)),
    threadsInDiskSleep: (pid) => Promise.resolve(threadsInDiskSleep(pid, read)),
    connectionsTo: (port) => Promise.resolve(connectionsTo(port, read)),
    container: () => Promise.resolve(readContainer(read)),
    ownProcess: () => Promise.resolve(readOwnProcess(read, namesIn("/proc/self/fd"))),
    callerOf,
    processBehind,
    processesWith: (name, value) =>
      Promise.resolve(processIds().filter((pid) => hasVariable(pid, `${name}=${value}`, read))),
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

function memoryLeft(read: ReadFile): MemoryLeft | null {
  const info = read("/proc/meminfo") ?? "";
  const [leftBytes, limitBytes] = [parseKibibytes(info, "MemAvailable"), parseKibibytes(info, "MemTotal")];
  const machine = leftBytes === null || limitBytes === null ? null : { leftBytes, limitBytes };
  const found = memoryGroupOf("self", read);
  const group = found && memoryLeftOf(found, read);
  if (machine === null || group === null) return machine ?? group;
  return group.leftBytes < machine.leftBytes ? group : machine;
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
  // What protects this process is not for a JVM, which inherits it, nor for the workers that it starts.
  const wanted = Math.min(Math.max(own, 0) + VICTIM_ADVANTAGE, HIGHEST_OOM_SCORE_ADJ);
  if (!(theirs < wanted)) return;
  try {
    Deno.writeTextFileSync(`/proc/${pid}/oom_score_adj`, String(wanted), { create: false });
  } catch {
    // The process is gone or somebody else's: nothing is lost but an advantage.
  }
}

function vitalsOf(pid: number, read: ReadFile): ProcessVitals | null {
  const stat = parseStat(read(`/proc/${pid}/stat`) ?? "");
  if (stat === null) return null;
  const { state, startTicks, cpuTicks } = stat;
  const status = read(`/proc/${pid}/status`) ?? "";
  return {
    state,
    startTicks,
    cpuMs: cpuTicks * 1000 / TICKS_PER_SECOND,
    tracerPid: parseNumber(status, "TracerPid") ?? 0,
    residentBytes: parseKibibytes(status, "VmRSS"),
  };
}

function connectionsTo(port: number, read: ReadFile): number | null {
  const tables = ["/proc/net/tcp", "/proc/net/tcp6"].flatMap((path) => read(path) ?? []);
  if (tables.length === 0) return null;
  const own = new Set(linksIn("/proc/self/fd").flatMap((link) => inodeOf(link) ?? []));
  return tables.flatMap((table) => callersOf(port, table)).filter((inode) => !own.has(inode)).length;
}

/**
 * Links to what has no path, such as `socket:[4711]`, do not begin with a slash. What a path leads to is not asked:
 * the answer may have to wait for the very disk that the process waits for.
 */
function openFiles(pid: number): readonly string[] {
  return linksIn(`/proc/${pid}/fd`).filter((path) => path.startsWith("/"));
}

function linksIn(folder: string): readonly string[] {
  return namesIn(folder).flatMap((name) => {
    try {
      return [Deno.readLinkSync(`${folder}/${name}`)];
    } catch {
      return [];
    }
  });
}

/** Those frozen by a version 1 control group too; version 2 shows its frozen ones as sleeping (measured on 6.18). */
function threadsInDiskSleep(pid: number, read: ReadFile): number {
  return namesIn(`/proc/${pid}/task`).filter((thread) =>
    parseStat(read(`/proc/${pid}/task/${thread}/stat`) ?? "")?.state === "D"
  ).length;
}

function hasVariable(pid: number, variable: string, read: ReadFile): boolean {
  return (read(`/proc/${pid}/environ`) ?? "").split("\0").includes(variable);
}

function processIds(): readonly number[] {
  return namesIn("/proc").map(Number).filter(Number.isInteger);
}

function namesIn(folder: string): readonly string[] {
  try {
    return Array.from(Deno.readDirSync(folder), ({ name }) => name);
  } catch {
    return [];
  }
}
