/**
 * What would the policy of now have done about deaths that are known? They are lived through anew, from nothing learned.
 * @module
 */

import { formatSize } from "../jvm_flags.ts";
import { afterDeath } from "./adjust.ts";
import type { MemoryBasis, MemoryPolicy } from "./basis.ts";
import { cureOf } from "./cure.ts";
import { firstMemory, proven, renewed, replanned, used } from "./memory.ts";
import type { Memory, MemoryChange, MemoryDeath } from "./memory.ts";
import type { Sizes, Use } from "./record.ts";
import { TITLE_OF } from "./region.ts";
import type { SizedRegion } from "./region.ts";

/** A death as it was kept. */
export interface KeptDeath extends MemoryDeath {
  /** The sizes of the gateway that died, as far as they are known. */
  readonly sizes: Partial<Sizes>;
  /** What it was seen to use; `null` when that is not known. */
  readonly use: Use | null;
  /** What became of memory then. */
  readonly then: { readonly changed: boolean; readonly reason: string };
}

/** What would be done about it now. */
export interface Replayed {
  /**
   * `spared`: with the sizes it would have had, this death says nothing; `acted` and `left`: whether memory would be
   * changed.
   */
  readonly kind: "spared" | "acted" | "left";
  readonly reason: string;
  /** The heap that it would have had, and the next gateway after it, in bytes. */
  readonly heapBytes: number;
  readonly nextHeapBytes: number;
  /** Whether something else was done then. */
  readonly differs: boolean;
}

/**
 * Lives through deaths.
 * @param deaths Oldest first.
 */
export function replay(
  basis: MemoryBasis,
  policy: MemoryPolicy,
  deaths: readonly KeptDeath[],
): readonly Replayed[] {
  const { mode } = policy;
  let memory = firstMemory(basis, { kept: null, mode, atMs: deaths[0]?.atMs ?? 0 });
  return deaths.map((death) => {
    const started = renewed(memory, policy, death.atMs);
    const heapBytes = started.plan.heap.bytes;
    const spared = sparedBy(started, death);
    if (spared !== null) {
      memory = started;
      const nextHeapBytes = heapBytes;
      return { kind: "spared", reason: spared, heapBytes, nextHeapBytes, differs: true };
    }
    const had = withItsSize(started, death);
    const knowing = used(death.wasReady ? proven(had) : had, death.use);
    const change = afterDeath(knowing, death, policy);
    memory = renewed(change.memory, policy, death.atMs);
    return {
      kind: change.changed ? "acted" : "left",
      reason: change.reason,
      heapBytes,
      nextHeapBytes: memory.plan.heap.bytes,
      differs: !isSame(change, death.then),
    };
  });
}

/** Reasons for leaving it alone may be worded otherwise; sizes may not. */
function isSame(now: Pick<MemoryChange, "changed" | "reason">, then: KeptDeath["then"]): boolean {
  const sizes = ({ reason }: KeptDeath["then"]) => reason.replace(/, because .*$/s, "");
  return now.changed === then.changed && (!now.changed || sizes(now) === sizes(then));
}

/** Why the death says nothing of what the gateway would have had by now; `null` when it does. */
function sparedBy({ plan }: Memory, { class: cause, sizes }: KeptDeath): string | null {
  const cure = cureOf(cause);
  if (cure === null) return null;
  const { region, factor } = cure;
  const had = sizes[region];
  const would = plan[region].bytes;
  if (had === undefined || (factor > 1 ? would <= had : would >= had)) return null;
  return `${TITLE_OF[region]} would have been ${formatSize(would)} by then and not ${
    formatSize(had)
  }, so this ` +
    "death may not have come";
}

/** A size that was further along than this policy had come was somebody's own wish. */
function withItsSize(memory: Memory, { class: cause, sizes }: KeptDeath): Memory {
  const region: SizedRegion | undefined = cureOf(cause)?.region;
  const bytes = region === undefined ? undefined : sizes[region];
  if (region === undefined || bytes === undefined || bytes === memory.plan[region].bytes) return memory;
  const size = { bytes, provenance: "adjusted", why: "the size it had" } as const;
  return replanned(memory, { ...memory.record, sizes: { ...memory.record.sizes, [region]: size } });
}
