/**
 * Which size is tried next? The one that a cure wants, between the sizes that have failed, as far as the budget holds it.
 * @module
 */

import { formatSize } from "../jvm_flags.ts";
import { LIMIT_OF } from "./budget.ts";
import type { Cure } from "./cure.ts";
import { requestOf } from "./memory.ts";
import type { Memory } from "./memory.ts";
import { largestHeap, planOf } from "./plan.ts";
import type { MemoryPlan } from "./plan.ts";
import { HEAP_FLOOR_BYTES, HEAP_STEP_BYTES, MOST_BYTES, STEP_BYTES, TITLE_OF, usefulHeap } from "./region.ts";
import type { SizedRegion } from "./region.ts";

/** The size, or why there is none. */
export type Target =
  | { readonly kind: "size"; readonly bytes: number }
  | { readonly kind: "none"; readonly reason: string };

/** The size that is tried next. */
export function targetOf(memory: Memory, cure: Cure): Target {
  if (cure.region !== "heap") return raisedSide(memory, cure.region, cure.factor);
  return cure.factor > 1 ? raisedHeap(memory, cure.factor) : loweredHeap(memory, cure.factor);
}

/** A step costs a whole Spark session, and one of two a day. */
const WORTHWHILE = 1 / 8;

function raisedHeap({ basis, record, plan }: Memory, factor: number): Target {
  const heap = plan.heap.bytes;
  const { tooLargeBytes = null } = record.bounds.heap ?? {};
  const largest = largestHeap(requestOf(basis, record));
  // Between a heap that was too small and one that was too large, the middle is the best guess left.
  const ceiling = tooLargeBytes === null ? largest : Math.min(largest, (heap + tooLargeBytes) / 2);
  const bytes = usefulHeap(Math.min(heap * factor, ceiling));
  if (bytes >= heap + Math.max(HEAP_STEP_BYTES, WORTHWHILE * heap)) return { kind: "size", bytes };
  const { budget } = plan;
  return none(
    `the heap is ${formatSize(heap)} and no much larger one fits the ${formatSize(budget.bytes)} ` +
      `${LIMIT_OF[budget.source]}: more memory, fewer parallel tasks or less data at once is needed`,
  );
}

/** At once what the budget allows when the heap was above it. */
function loweredHeap({ basis, record, plan }: Memory, factor: number): Target {
  const heap = plan.heap.bytes;
  const { tooSmallBytes = null } = record.bounds.heap ?? {};
  const wanted = Math.min(heap * factor, largestHeap(requestOf(basis, record)));
  const floor = tooSmallBytes === null
    ? HEAP_FLOOR_BYTES
    : Math.max(HEAP_FLOOR_BYTES, (heap + tooSmallBytes) / 2);
  const bytes = usefulHeap(Math.max(wanted, floor));
  if (bytes <= heap - HEAP_STEP_BYTES && bytes > (tooSmallBytes ?? 0)) return { kind: "size", bytes };
  return none(
    `the heap is ${formatSize(heap)} and cannot shrink further: the limit must grow, or the Python ` +
      "workers must use less",
  );
}

function raisedSide(memory: Memory, region: Exclude<SizedRegion, "heap">, factor: number): Target {
  const { basis, record, plan } = memory;
  const now = plan[region].bytes;
  const most = Math.min(now * factor, MOST_BYTES[region]);
  const request = requestOf(basis, record);
  const why = { provenance: "adjusted", why: "" } as const;
  const tooSmallHeap = record.bounds.heap?.tooSmallBytes ?? 0;
  const fits = (bytes: number) => {
    const next: MemoryPlan = planOf({ ...request, sizes: { ...request.sizes, [region]: { bytes, ...why } } });
    return next.shortBytes <= plan.shortBytes && (next.heap.bytes >= plan.heap.bytes ||
      next.heap.bytes > tooSmallHeap);
  };
  const unit = region === "stack" ? now : STEP_BYTES;
  for (let bytes = most; bytes > now; bytes -= Math.max(unit, (most - now) / 4)) {
    const whole = Math.floor(bytes / unit) * unit;
    if (whole >= now + unit && fits(whole)) return { kind: "size", bytes: whole };
  }
  const title = TITLE_OF[region];
  return none(
    now >= MOST_BYTES[region]
      ? `${title} of ${formatSize(now)} are the most that is ever tried: more would only delay the same death`
      : `${title} of ${formatSize(now)} is all that fits the ${formatSize(plan.budget.bytes)} ` +
        `${LIMIT_OF[plan.budget.source]} beside this heap: more memory or a smaller --heap is needed`,
  );
}

function none(reason: string): Target {
  return { kind: "none", reason };
}
