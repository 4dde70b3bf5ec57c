/**
 * Is a heap that ran full twice fed by a leak? Then a larger one only delays the death.
 * @module
 */

import { formatSize } from "../jvm_flags.ts";
import type { Cure } from "./cure.ts";
import type { MemoryDeath } from "./memory.ts";
import type { MemoryRecord } from "./record.ts";

/** A leak, and what to say of it. */
export interface Leak {
  readonly reason: string;
  readonly since: NonNullable<MemoryRecord["leak"]>;
}

/** Only a heap that fills slowly tells a leak from data that are too large: those arrive in one burst. */
const SLOW_MS = 30_000;
/** Twice the heap, give or take what a collector rounds away. */
const TWICE = 1.9;
/** A leak fills twice the heap in twice the time; the second program may have been a bit faster. */
const LONGER = 1.5;
/** For so long a leak is taken to be there still: after that, one more try. */
export const LEAK_MEMORY_MS = 7 * 86_400_000;

/** The leak that two deaths show; `null` when they do not. */
export function leakOf(
  { steps, leak }: MemoryRecord,
  { class: cause, atMs, fillMs }: MemoryDeath,
  { cure, heapBytes }: { readonly cure: Cure; readonly heapBytes: number },
): Leak | null {
  if (cure.region !== "heap" || cure.factor < 1) return null;
  if (leak !== null && heapBytes >= leak.heapBytes && Math.abs(atMs - leak.atMs) < LEAK_MEMORY_MS) {
    return { reason: `${ADVICE}: it was seen to leak with ${formatSize(leak.heapBytes)}`, since: leak };
  }
  const last = steps.findLast(({ region }) => region === "heap");
  if (last === undefined || last.cause !== cause || last.fillMs === null || fillMs === null) return null;
  const isTwice = heapBytes >= TWICE * last.fromBytes;
  const isSlow = last.fillMs >= SLOW_MS && fillMs >= LONGER * last.fillMs;
  if (!isTwice || !isSlow) return null;
  const reason = `${ADVICE}: ${formatSize(last.fromBytes)} were full in ${seconds(last.fillMs)}, and ` +
    `${formatSize(heapBytes)} in ${seconds(fillMs)}`;
  return { reason, since: { heapBytes, atMs } };
}

const ADVICE = "the heap stays: a leak fills any heap, and a larger one only delays the same death";

function seconds(ms: number): string {
  return `${Math.round(ms / 1000)} s`;
}
