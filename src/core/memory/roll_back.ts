/**
 * Did new sizes keep a gateway from starting? Then the last ones that started come back.
 * @module
 */

import { formatSize } from "../jvm_flags.ts";
import type { CauseClass } from "../verdict.ts";
import { replanned } from "./memory.ts";
import type { Memory, MemoryChange, MemoryDeath } from "./memory.ts";
import { SIZED_REGIONS } from "./plan.ts";
import type { Size } from "./plan.ts";
import { KEPT_STEPS, sizesOf } from "./record.ts";
import type { Bounds, Step } from "./record.ts";
import { TITLE_OF } from "./region.ts";
import type { SizedRegion } from "./region.ts";

/** What sizes that do not fit look like at a start. */
const REFUSALS: readonly CauseClass[] = [
  "invalid-jvm-option",
  "heap-exceeds-machine",
  "native-memory-oom",
  "native-thread-oom",
];

/** The memory with the last sizes that started; `null` when the new ones are not to blame. */
export function rolledBack(memory: Memory, death: MemoryDeath): MemoryChange | null {
  const { plan, record } = memory;
  const { lastGood } = record;
  if (death.wasReady || lastGood === null || !REFUSALS.includes(death.class)) return null;
  const failed = sizesOf(plan);
  const differing = SIZED_REGIONS.filter((region) => failed[region] !== lastGood[region]);
  // What a person has fixed meanwhile is theirs to correct.
  const ours = differing.filter((region) => plan[region].provenance !== "pinned");
  if (ours.length === 0) return null;
  const sizes: Partial<Record<SizedRegion, Size>> = { ...record.sizes };
  const bounds: Partial<Record<SizedRegion, Bounds>> = { ...record.bounds };
  for (const region of ours) {
    sizes[region] = { bytes: lastGood[region], provenance: "adjusted", why: "the last size that started" };
    if (failed[region] <= lastGood[region]) continue;
    const { tooSmallBytes = null } = bounds[region] ?? {};
    bounds[region] = { tooSmallBytes, tooLargeBytes: failed[region], atMs: death.atMs };
  }
  const words = ours.map((region) =>
    `${TITLE_OF[region]} ${formatSize(failed[region])} → ${formatSize(lastGood[region])}`
  );
  const { atMs, generation, class: cause, fillMs } = death;
  const steps = ours.map((region): Step => ({
    ...{ atMs, generation, cause, region, fillMs },
    fromBytes: failed[region],
    toBytes: lastGood[region],
  }));
  return {
    memory: replanned(memory, {
      ...record,
      sizes,
      bounds,
      steps: [...record.steps, ...steps].slice(-KEPT_STEPS),
    }),
    changed: true,
    reason: `${words.join(", ")}, back to the last sizes that started, because the new ones did not`,
  };
}
