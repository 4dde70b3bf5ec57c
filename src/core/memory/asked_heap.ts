/**
 * Does a program ask for a heap that its gateway cannot give any more? `spark.driver.memory` takes effect when a JVM
 * starts; a program that sets it in its own code, and attaches to one that runs, gets what that one has.
 * @module
 */

import { formatSize, GIB, MIB } from "../jvm_flags.ts";
import type { Memory } from "./memory.ts";

/** Spark's units (JavaUtils.byteStringAs, the same from 2.0 to 4.3); a bare number of this setting means MiB. */
const UNITS: Readonly<Record<string, number>> = {
  "": MIB,
  b: 1,
  k: 1024,
  kb: 1024,
  m: MIB,
  mb: MIB,
  g: GIB,
  gb: GIB,
  t: 1024 * GIB,
  tb: 1024 * GIB,
};

/** Reads a size as Spark does for `spark.driver.memory`; `null` when it is none. */
export function parseSparkSize(text: string): number | null {
  const [, digits, unit] = /^\s*(\d+)\s*([a-z]*)\s*$/i.exec(text) ?? [];
  const factor = UNITS[unit?.toLowerCase() ?? ""];
  return digits === undefined || factor === undefined ? null : Number(digits) * factor;
}

/**
 * What to tell of a program that asks for another heap than its gateway has; `null` when it asks for none, for the one
 * it has, or for the one that Spark's own settings name.
 */
export function ignoredHeap(driverMemory: string | null, { plan, basis }: Memory): string | null {
  const bytes = driverMemory === null ? null : parseSparkSize(driverMemory);
  if (bytes === null || bytes === plan.heap.bytes || bytes === basis.pins.heap?.bytes) return null;
  return `the program sets spark.driver.memory to ${
    formatSize(bytes)
  }, which cannot take effect in a JVM that runs ` +
    `already: its heap is ${
      formatSize(plan.heap.bytes)
    }. Start the gateway with --heap ${driverMemory?.trim()}`;
}
