/**
 * Did a running JVM take the sizes that were planned for it?
 * @module
 */

import { formatSize, MIB } from "../jvm_flags.ts";
import type { MemoryPlan } from "./plan.ts";
import { SIZED_REGIONS } from "./plan.ts";
import { FLAG_OF, TITLE_OF } from "./region.ts";
import type { SizedRegion } from "./region.ts";

/** A region whose limit is another one than planned, in bytes. */
export interface Difference {
  readonly region: SizedRegion;
  readonly plannedBytes: number;
  readonly runningBytes: number;
}

/**
 * HotSpot rounds: a heap to whole regions of G1 (32 MiB at most), a class space up to 16 MiB (Java 17 and 25, measured),
 * a stack to pages (64 KiB at most).
 */
const ROUNDING_BYTES: Readonly<Record<SizedRegion, number>> = {
  heap: 32 * MIB,
  direct: 16 * MIB,
  metaspace: 16 * MIB,
  classSpace: 16 * MIB,
  codeCache: 16 * MIB,
  stack: MIB / 16,
};

/**
 * Every region that differs by more than HotSpot's rounding; what the JVM does not tell differs in nothing.
 * @param flags By the names of {@linkcode FLAG_OF}, in bytes.
 */
export function differences(
  plan: MemoryPlan,
  flags: Readonly<Record<string, number | null>>,
): readonly Difference[] {
  return SIZED_REGIONS.flatMap((region) => {
    const runningBytes = flags[FLAG_OF[region]] ?? null;
    const plannedBytes = plan[region].bytes;
    if (runningBytes === null || Math.abs(runningBytes - plannedBytes) < ROUNDING_BYTES[region]) return [];
    return [{ region, plannedBytes, runningBytes }];
  });
}

/** A difference in words. */
export function describeDifference({ region, plannedBytes, runningBytes }: Difference): string {
  // HotSpot has 0 where it takes a default that depends on something else.
  const has = runningBytes === 0 ? "HotSpot's own default" : formatSize(runningBytes);
  return `${TITLE_OF[region]}: the JVM has ${has} (${FLAG_OF[region]}), the plan says ${
    formatSize(plannedBytes)
  }`;
}
