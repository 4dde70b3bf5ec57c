/**
 * May a heap that was raised become smaller again? After a week without want of memory, at a start that happens anyway.
 * @module
 */

import type { MemoryBasis } from "./basis.ts";
import type { MemoryRecord } from "./record.ts";
import { DEFAULT_HEAP_BYTES, HEAP_STEP_BYTES, usefulHeap } from "./region.ts";
import { oldPeakOf } from "./use.ts";

/** How long memory has to have been enough. */
const CALM_MS = 7 * 86_400_000;
/** A heap of which the old generation never held half is more than twice what is needed. */
const ROOMY = 2;
/** What failed so long ago may have been another program's doing. */
const BOUNDS_MEMORY_MS = 30 * 86_400_000;

/** What is remembered when the next gateway is about to start; `atMs` is the wall clock. */
export function calmed(record: MemoryRecord, basis: MemoryBasis, atMs: number): MemoryRecord {
  const kept = forgetful(record, atMs);
  const { sizes: { heap, ...others }, calmSinceMs, bounds } = kept;
  if (heap === undefined || atMs - calmSinceMs < CALM_MS) return kept;
  const recent = kept.uses.filter((use) => atMs - use.atMs < CALM_MS);
  const oldBytes = oldPeakOf(recent);
  if (oldBytes === null) return kept;
  const usual = basis.heapBytes ?? basis.pins.heap?.bytes ?? DEFAULT_HEAP_BYTES;
  const { tooSmallBytes } = bounds.heap ?? { tooSmallBytes: null };
  // Half of the way to the size that failed: never back to it.
  const failed = tooSmallBytes === null ? 0 : (heap.bytes + tooSmallBytes) / 2;
  const bytes = usefulHeap(Math.max(usual, ROOMY * oldBytes, failed));
  if (bytes > heap.bytes - HEAP_STEP_BYTES || bytes <= (tooSmallBytes ?? 0)) return kept;
  const why = "a week passed, and half of the last heap was never used";
  return {
    ...kept,
    sizes: bytes === usual ? others : { ...others, heap: { bytes, provenance: "learned", why } },
    calmSinceMs: atMs,
  };
}

function forgetful(record: MemoryRecord, atMs: number): MemoryRecord {
  const entries = Object.entries(record.bounds);
  const fresh = entries.filter(([, bound]) => atMs - bound.atMs < BOUNDS_MEMORY_MS);
  return fresh.length === entries.length ? record : { ...record, bounds: Object.fromEntries(fresh) };
}
