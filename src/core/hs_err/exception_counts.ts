/**
 * How often has a JVM thrown errors that its program may have swallowed? Read from the section that HotSpot puts
 * into its error report and its `VM.info`, from JDK 9 on.
 * @module
 */

import { numberOf } from "./hs_err_report.ts";
import type { OutputLine } from "../verdict.ts";

/** Errors the JVM itself has thrown since it began. */
export interface ExceptionCounts {
  /** Out of heap, and every memory error without a name of its own, such as an array too large (`exceptions.cpp`). */
  readonly heap: number;
  readonly metaspace: number;
  readonly classSpace: number;
  readonly stackOverflows: number;
  /** Classes that could not be linked. Libraries look for each other in this way: many are no fault. */
  readonly linkage: number;
  /** The lines that say so, the heading not among them. */
  readonly lines: readonly OutputLine[];
}

const HEADING = /OutOfMemory and StackOverflow Exception counts:/;
const COUNT =
  /(?:OutOfMemoryError (java_heap|metaspace|class_metaspace)_e|(StackOverflowE|LinkageE))rrors=(\d+)/;

/**
 * Reads the section. Errors that Java code makes itself are not counted: among them is the one for direct memory.
 * @returns `null` where there is none: the JVM leaves it out as long as all counts but that of linkage are 0.
 */
export function parseExceptionCounts(lines: readonly OutputLine[]): ExceptionCounts | null {
  const heading = lines.findIndex(({ text }) => HEADING.test(text));
  if (heading < 0) return null;
  const counts = new Map<string, number>();
  const found: OutputLine[] = [];
  // Five lines at most; some room is left for a line of something else that writes to the same place.
  for (const line of lines.slice(heading + 1, heading + 10)) {
    const [, memory, other, digits] = COUNT.exec(line.text) ?? [];
    const name = memory ?? other;
    const count = numberOf(digits);
    if (name === undefined || count === null || counts.has(name)) continue;
    counts.set(name, count);
    found.push(line);
  }
  const count = (name: string) => counts.get(name) ?? 0;
  return {
    heap: count("java_heap"),
    metaspace: count("metaspace"),
    classSpace: count("class_metaspace"),
    stackOverflows: count("StackOverflowE"),
    linkage: count("LinkageE"),
    lines: found,
  };
}

/** All memory errors together. */
export function memoryErrors({ heap, metaspace, classSpace }: ExceptionCounts): number {
  return heap + metaspace + classSpace;
}
