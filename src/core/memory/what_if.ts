/**
 * What would the next gateways get, if the limit were another one, or gateways died of this and that?
 * @module
 */

import type { CauseClass } from "../verdict.ts";
import { afterDeath } from "./adjust.ts";
import type { MemoryBasis, MemoryPolicy } from "./basis.ts";
import { firstMemory, proven, renewed } from "./memory.ts";
import type { Memory } from "./memory.ts";
import type { MemoryPlan } from "./plan.ts";
import { SIZED_REGIONS } from "./plan.ts";
import type { SizedRegion } from "./region.ts";

/** What is supposed. */
export interface Supposition {
  /** Another limit, in bytes; `null` leaves it. */
  readonly limitBytes: number | null;
  /** What one gateway after the other dies of. */
  readonly causes: readonly CauseClass[];
  readonly policy: MemoryPolicy;
  /** When all of it happens, by the wall clock. */
  readonly atMs: number;
}

/** What one death would change. */
export interface SupposedDeath {
  readonly cause: CauseClass;
  readonly changed: boolean;
  readonly reason: string;
  /** The plan of the gateway after it. */
  readonly plan: MemoryPlan;
}

/** All of it. */
export interface Outcome {
  readonly before: MemoryPlan;
  /** Under the supposed limit, before the first death. */
  readonly start: MemoryPlan;
  readonly deaths: readonly SupposedDeath[];
  readonly after: MemoryPlan;
  /** The regions of which `after` differs from `before`. */
  readonly changed: readonly SizedRegion[];
}

/** Plays it through; nothing is changed by it. */
export function whatIf(memory: Memory, supposition: Supposition): Outcome {
  const { causes, policy, atMs } = supposition;
  const begun = limited(memory, supposition);
  let now = begun;
  const deaths = causes.map((cause, index): SupposedDeath => {
    // A heap that the machine has no room for is refused at the start; of the rest a gateway in use dies.
    const wasReady = cause !== "heap-exceeds-machine";
    const death = { class: cause, generation: index + 1, atMs, wasReady, fillMs: null };
    const change = afterDeath(wasReady ? proven(now) : now, death, policy);
    now = renewed(change.memory, policy, atMs);
    return { cause, changed: change.changed, reason: change.reason, plan: now.plan };
  });
  const changed = SIZED_REGIONS.filter((region) => now.plan[region].bytes !== memory.plan[region].bytes);
  return { before: memory.plan, start: begun.plan, deaths, after: now.plan, changed };
}

/** As a daemon takes it that is started with another limit. */
function limited(
  { basis, record, plan }: Memory,
  { limitBytes, policy, atMs }: Supposition,
): Memory {
  if (limitBytes === null) return { basis, record, plan };
  const other: MemoryBasis = { ...basis, limit: { bytes: limitBytes, source: "user" } };
  return renewed(firstMemory(other, { kept: record, mode: policy.mode, atMs }), policy, atMs);
}
