/**
 * What does the daemon itself use?
 * @module
 */

import type { OwnReading } from "../core/metrics/readings.ts";
import type { ReadFile } from "./kernel_file.ts";
import { parseKibibytes, parseStat, TICKS_PER_SECOND } from "./procfs.ts";

/** Reads it; `null` where the kernel does not tell. @param openFiles The names of its open descriptors. */
export function readOwnProcess(read: ReadFile, openFiles: readonly string[]): OwnReading | null {
  const stat = parseStat(read("/proc/self/stat") ?? "");
  if (stat === null) return null;
  const status = read("/proc/self/status") ?? "";
  const maxFiles = /^Max open files +(\d+)/m.exec(read("/proc/self/limits") ?? "")?.[1];
  return {
    cpuMs: stat.cpuTicks * 1000 / TICKS_PER_SECOND,
    residentBytes: parseKibibytes(status, "VmRSS"),
    virtualBytes: parseKibibytes(status, "VmSize"),
    openFiles: openFiles.length,
    maxFiles: maxFiles === undefined ? null : Number(maxFiles),
  };
}
