/**
 * What does the kernel tell of a daemon and of the JVMs of its place (proc(5))?
 * @module
 */

import { parseKibibytes, parseNumber, parseStat, TICKS_PER_SECOND } from "../src/runtime/procfs.ts";
import type { Place } from "../tests/real/rekindle.ts";

function read(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    // Gone meanwhile.
    return "";
  }
}

function names(path: string): readonly string[] {
  try {
    return [...Deno.readDirSync(path)].map(({ name }) => name);
  } catch {
    return [];
  }
}

/** Processor time of a living process by itself, without its children, in milliseconds; `null` when it is gone. */
export function cpuMs(pid: number): number | null {
  const ticks = parseStat(read(`/proc/${pid}/stat`))?.cpuTicks;
  return ticks === undefined ? null : ticks * 1000 / TICKS_PER_SECOND;
}

/** How often the main thread of a living process has gone to sleep, and so been woken. */
export function wakesOf(pid: number): number {
  return parseNumber(read(`/proc/${pid}/status`), "voluntary_ctxt_switches") ?? 0;
}

/** Processor time of a living process and of the children it has reaped, with theirs, in milliseconds; 0 when it is gone. */
export function cpuWithReapedMs(pid: number): number {
  const text = read(`/proc/${pid}/stat`);
  // Behind the name in parentheses the third field comes first; utime, stime, cutime, cstime are 14 to 17.
  const fields = text.slice(text.lastIndexOf(")") + 1).trim().split(/\s+/).slice(11, 15).map(Number);
  return fields.reduce((sum, ticks) => sum + ticks, 0) * 1000 / TICKS_PER_SECOND;
}

/** Processor time of a living process and of all below it, with what they have reaped, in milliseconds. */
export function cpuBelowMs(pid: number): number {
  return processesBelow(pid, () => true).reduce((sum, each) => sum + cpuWithReapedMs(each), 0);
}

/** Whether a process runs; a zombie has ended. */
export function isAlive(pid: number): boolean {
  const state = parseStat(read(`/proc/${pid}/stat`))?.state;
  return state !== undefined && state !== "Z" && state !== "X";
}

/** What a daemon holds at a moment. */
export interface Holdings {
  readonly fds: number;
  readonly threads: number;
  readonly rssBytes: number;
  /** Of these, what is the process's own, and not the pages of a file, such as Deno's program. */
  readonly anonBytes: number;
  /** Proportional: pages shared with other processes count by their share. */
  readonly pssBytes: number;
  readonly children: number;
}

/** What a process holds now. */
export function holdingsOf(pid: number): Holdings {
  const status = read(`/proc/${pid}/status`);
  return {
    fds: names(`/proc/${pid}/fd`).length,
    threads: parseNumber(status, "Threads") ?? 0,
    rssBytes: parseKibibytes(status, "VmRSS") ?? 0,
    anonBytes: parseKibibytes(status, "RssAnon") ?? 0,
    pssBytes: parseKibibytes(read(`/proc/${pid}/smaps_rollup`), "Pss") ?? 0,
    children: childrenOf(pid).length,
  };
}

/** The processes a process has started and not reaped. */
export function childrenOf(pid: number): readonly number[] {
  const lists = names(`/proc/${pid}/task`).map((tid) => read(`/proc/${pid}/task/${tid}/children`));
  return lists.join(" ").split(/\s+/).filter((text) => text !== "").map(Number);
}

/** A process and all below it, but for those that are not wanted and what is below these. */
export function processesBelow(pid: number, isWanted: (pid: number) => boolean): readonly number[] {
  return isWanted(pid) ? [pid, ...childrenOf(pid).flatMap((child) => processesBelow(child, isWanted))] : [];
}

/** Whether a process is a gateway: the JVM itself, not the scripts and the launcher before it. */
export function isGateway(pid: number): boolean {
  const [program = "", ...args] = read(`/proc/${pid}/cmdline`).split("\0");
  // The launcher is asked how to start SparkSubmit, and has its name among its arguments too.
  return program.endsWith("/java") && args.includes("org.apache.spark.deploy.SparkSubmit") &&
    !args.includes("org.apache.spark.launcher.Main");
}

/**
 * Whether a process is a gateway of rekindle's, which leads a session. A JVM that starts a process is two for a moment:
 * the other one is in its session, and does not lead it.
 */
export function leadsAsGateway(pid: number): boolean {
  return isGateway(pid) && parseStat(read(`/proc/${pid}/stat`))?.session === pid;
}

/** The gateways of a place, of whatever daemon. */
export function gatewaysOf(place: Place): readonly number[] {
  return place.processes().map((line) => Number(line.split(" ")[0])).filter((pid) =>
    isGateway(pid) && isAlive(pid)
  );
}

/** The loopback ports a process listens on. */
export function listeningPorts(pid: number): readonly number[] {
  const inodes = new Set(
    names(`/proc/${pid}/fd`).map((fd) => {
      try {
        return /^socket:\[(\d+)\]$/.exec(Deno.readLinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? "";
      } catch {
        return "";
      }
    }),
  );
  // State 0A is LISTEN; the second field is the local address, the tenth the inode.
  const lines = ["tcp", "tcp6"].flatMap((table) => read(`/proc/${pid}/net/${table}`).split("\n"));
  return lines.map((line) => line.trim().split(/\s+/)).flatMap((fields) =>
    fields[3] === "0A" && inodes.has(fields[9] ?? "-")
      ? [parseInt(fields[1]?.split(":").at(-1) ?? "0", 16)]
      : []
  );
}

/** The machine in one line. */
export function machineLine(): string {
  const cores = navigator.hardwareConcurrency;
  const gibibytes = (parseKibibytes(read("/proc/meminfo"), "MemTotal") ?? 0) / 2 ** 30;
  const kernel = Deno.osRelease().split("-")[0];
  const load = Deno.loadavg().map((each) => each.toFixed(1)).join(" ");
  const deno = Deno.version.deno;
  return `${cores} cores, ${gibibytes.toFixed(0)} GiB, Linux ${kernel}, Deno ${deno}, load ${load}`;
}
