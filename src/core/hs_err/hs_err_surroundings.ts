/**
 * Which JVM was it that wrote an error report, for how long had it run, and what memory was there?
 * @module
 */

import { type Fact, findFact, findNumber, numberOf } from "./hs_err_report.ts";
import type { OutputLine } from "../verdict.ts";

/** The Java that failed. */
export interface JavaVersion {
  /** Such as `17.0.15+6` or `8.0_172-b11`; `null` where the JVM ended before it knew. */
  readonly version: string | null;
  /** The first number of it: 8, 11, 17. */
  readonly feature: number | null;
  /** What stands behind `JRE version:`. */
  readonly runtime: string;
}

/** The machine's memory as the JVM saw it, in bytes. */
export interface HostMemory {
  readonly totalBytes: number;
  /** What could still be had; by older kernels, only what was free. */
  readonly availableBytes: number;
  readonly swapTotalBytes: number | null;
  readonly swapFreeBytes: number | null;
  readonly line: OutputLine;
}

/** What the control group allows. */
export interface ContainerMemory {
  /** `null` for no limit. */
  readonly limitBytes: number | null;
  readonly usageBytes: number | null;
  /** Processes and threads; `null` for no limit. */
  readonly maxTasks: number | null;
  readonly tasks: number | null;
  readonly line: OutputLine;
}

/** The soft limits of setrlimit(2) that end JVMs; `null` for none. */
export interface ProcessLimits {
  readonly addressSpaceBytes: number | null;
  readonly processes: number | null;
}

/** `# JRE version: OpenJDK Runtime Environment (17.0.15+6) (build 17.0.15+6-Debian)`; JDK 6 has the number alone. */
export function readJava(lines: readonly OutputLine[]): Fact<JavaVersion> | null {
  return findFact(lines, /^# JRE version: *(.*)$/, ([, runtime = ""]) => {
    const version = /(?:^|\()(\d+[.\d]*[^()\s]*)/.exec(runtime)?.[1] ?? null;
    return { version, feature: numberOf(/^(?:1\.)?(\d+)/.exec(version ?? "")?.[1]), runtime };
  });
}

/** `# Java VM: …`: the vendor's name for it, its build, collector and platform. */
export function readVm(lines: readonly OutputLine[]): Fact<string> | null {
  return findFact(lines, /^# Java VM: *(\S.*)$/, ([, vm = ""]) => vm);
}

/** How long the JVM had run, in seconds. */
export function readElapsed(lines: readonly OutputLine[]): Fact<number> | null {
  return findNumber(lines, /^(?:Time: .* )?elapsed time: (\d+(?:\.\d+)?) seconds/);
}

/** The line `Memory:`, and `/proc/meminfo` where the report has it. */
export function readHostMemory(lines: readonly OutputLine[]): HostMemory | null {
  const kib = (pattern: RegExp) => findNumber(lines, pattern);
  const total = kib(/^MemTotal: +(\d+) kB/) ?? kib(/^Memory: .*physical (\d+)k/);
  const available = kib(/^MemAvailable: +(\d+) kB/) ?? kib(/^Memory: .*physical \d+k\((\d+)k free\)/) ??
    kib(/^MemFree: +(\d+) kB/);
  if (total === null || available === null) return null;
  const swapTotal = kib(/^SwapTotal: +(\d+) kB/) ?? kib(/^Memory: .*swap (\d+)k/);
  const swapFree = kib(/^SwapFree: +(\d+) kB/) ?? kib(/^Memory: .*swap \d+k\((\d+)k free\)/);
  return {
    totalBytes: total.value * 1024,
    availableBytes: available.value * 1024,
    swapTotalBytes: swapTotal && swapTotal.value * 1024,
    swapFreeBytes: swapFree && swapFree.value * 1024,
    line: available.line,
  };
}

/** The section `container (cgroup) information:`; sizes are plain bytes up to JDK 17.0.1, and later in `k`. */
export function readContainer(lines: readonly OutputLine[]): ContainerMemory | null {
  const start = lines.findIndex(({ text }) => /^container \(cgroup\) information:/.test(text));
  const heading = lines[start];
  if (heading === undefined) return null;
  const section = lines.slice(start + 1, start + 40);
  const count = (name: string) =>
    findFact(section, new RegExp(`^${name}: +(\\d+)( k)?`), ([, digits, kib]) => {
      const number = numberOf(digits);
      return number && number * (kib ? 1024 : 1);
    });
  const limit = count("memory_limit(?:_in_bytes)?");
  const usage = count("memory_usage(?:_in_bytes)?");
  return {
    limitBytes: limit?.value ?? null,
    usageBytes: usage?.value ?? null,
    maxTasks: count("maximum number of tasks")?.value ?? null,
    tasks: count("current number of tasks")?.value ?? null,
    line: usage?.line ?? limit?.line ?? heading,
  };
}

/** `rlimit: STACK 8192k, CORE 0k, NPROC 1024, AS infinity`; from JDK 11 on with the hard limits behind a slash. */
export function readLimits(lines: readonly OutputLine[]): Fact<ProcessLimits> | null {
  return findFact(lines, /^rlimit(?: \(soft\/hard\))?: (.*)$/, ([, text = ""]) => {
    const addressSpaceKib = numberOf(/\bAS (\d+)k/.exec(text)?.[1]);
    return {
      addressSpaceBytes: addressSpaceKib && addressSpaceKib * 1024,
      processes: numberOf(/\bNPROC (\d+)/.exec(text)?.[1]),
    };
  });
}

/** Where the whole report was written, which may have failed: on a full disk the file is empty. */
export function readSavedAs(lines: readonly OutputLine[]): Fact<string> | null {
  for (const [index, { text }] of lines.entries()) {
    if (!/^# An error report file.* is saved as:/.test(text)) continue;
    const fact = findFact(lines.slice(index + 1, index + 3), /^# (\S.*)$/, ([, path = ""]) => path);
    if (fact !== null) return fact;
  }
  return null;
}
