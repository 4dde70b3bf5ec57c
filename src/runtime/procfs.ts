/**
 * What the kernel's text files of counters and processes say (proc(5)).
 * @module
 */

/** What is used of `/proc/<pid>/stat`. */
export interface ProcessStat {
  /** One letter: `R`unning, `S`leeping, `D`isk sleep, `Z`ombie, `X` dead, and more in proc(5). */
  readonly state: string;
  /** The session's id, which is the pid of its leader; 0 for kernel threads. */
  readonly session: number;
  /** Processor time, user and system together, in clock ticks. */
  readonly cpuTicks: number;
  /** When it started, in clock ticks since boot. */
  readonly startTicks: number;
}

/** Clock ticks in a second, for everything the kernel shows to programs (`USER_HZ`; proc(5)). */
export const TICKS_PER_SECOND = 100;

/** Reads the line of `/proc/<pid>/stat`; `null` when it is not one. */
export function parseStat(text: string): ProcessStat | null {
  // The command's name stands in parentheses and may itself hold spaces, parentheses and line ends.
  const afterName = text.lastIndexOf(")");
  if (afterName < 0) return null;
  const [state, ...numbers] = text.slice(afterName + 1).trim().split(/\s+/);
  // From the fourth field on, counted as proc(5) does: session 6, utime 14, stime 15, starttime 22.
  const field = (number: number) => Number(numbers[number - 4] ?? NaN);
  const stat = { session: field(6), cpuTicks: field(14) + field(15), startTicks: field(22) };
  return state !== undefined && Object.values(stat).every(Number.isInteger) ? { state, ...stat } : null;
}

/**
 * Reads `key` in lines of `key number`, such as `/proc/vmstat` or `memory.events`; `null` when it is missing.
 * Numbers over 2^53 lose their last digits.
 */
export function parseCount(text: string, key: string): number | null {
  for (const line of text.split("\n")) {
    const [name, value] = line.trim().split(/\s+/);
    if (name === key && value !== undefined && /^\d+$/.test(value)) return Number(value);
  }
  return null;
}

/** Reads `key` in lines of `key: number kB`, such as `/proc/meminfo` or `/proc/<pid>/status`, as bytes. */
export function parseKibibytes(text: string, key: string): number | null {
  for (const line of text.split("\n")) {
    const [name, value, unit] = line.trim().split(/\s+/);
    if (name === `${key}:` && unit === "kB" && /^\d+$/.test(value ?? "")) return Number(value) * 1024;
  }
  return null;
}

/** Reads `key` in lines of `key: number`, such as `/proc/<pid>/status`; `null` when it is missing. */
export function parseNumber(text: string, key: string): number | null {
  const line = text.split("\n").find((each) => each.startsWith(`${key}:`));
  const value = line?.slice(key.length + 1).trim() ?? "";
  return /^\d+$/.test(value) ? Number(value) : null;
}
