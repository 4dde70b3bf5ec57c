/**
 * What does a gateway use at most, and what do the next ones need therefore?
 * @module
 */

import type { Look } from "../watch/vitals.ts";
import type { Needs } from "./plan.ts";
import type { Use } from "./record.ts";

/** What is seen of the newest gateway: its peaks, and since when its heap has been filling. */
export interface Seen {
  readonly oldBytes: number | null;
  readonly metaspaceBytes: number | null;
  readonly besideBytes: number | null;
  readonly pythonBytes: number | null;
  /** Since when the old generation has been more than a quarter full, by the monotonic clock; `null` when it is not. */
  readonly fillingSinceMs: number | null;
}

/** Nothing was seen yet. */
export const UNSEEN: Seen = {
  oldBytes: null,
  metaspaceBytes: null,
  besideBytes: null,
  pythonBytes: null,
  fillingSinceMs: null,
};

/** A heap that fills is one of which the old generation has more than this in use. */
const FILLING = 0.25;

/** Takes one look in; `nowMs` is the monotonic clock. */
export function seen(before: Seen, { process, gc, pythonBytes }: Look, nowMs: number): Seen {
  const residentBytes = process?.residentBytes ?? null;
  const isFilling = gc !== null && gc.oldUsedBytes > FILLING * gc.oldMaxBytes;
  return {
    oldBytes: most(before.oldBytes, gc?.oldUsedBytes ?? null),
    metaspaceBytes: most(before.metaspaceBytes, gc?.metaspaceBytes ?? null),
    // Of the heap, pages that were never touched are not in memory: then this is less than it was, never more.
    besideBytes: gc === null || residentBytes === null ? before.besideBytes : most(
      before.besideBytes,
      residentBytes > gc.heapCommittedBytes ? residentBytes - gc.heapCommittedBytes : null,
    ),
    pythonBytes: most(before.pythonBytes, pythonBytes),
    fillingSinceMs: gc === null ? before.fillingSinceMs : isFilling ? before.fillingSinceMs ?? nowMs : null,
  };
}

/** What is to be remembered of a gateway that was seen; `null` when nothing was. */
export function useOf(
  { fillingSinceMs: _, ...peaks }: Seen,
  generation: number,
  atMs: number,
): Use | null {
  return Object.values(peaks).every((bytes) => bytes === null) ? null : { generation, atMs, ...peaks };
}

/** The next gateway gets a quarter more metaspace than was used, and a tenth more of everything beside the heap. */
const METASPACE_MARGIN = 1.25;
const BESIDE_MARGIN = 1.1;

/** What the next gateway needs. */
export function needsOf(uses: readonly Use[]): Needs {
  return {
    metaspaceBytes: METASPACE_MARGIN * peak(uses.map(({ metaspaceBytes }) => metaspaceBytes)),
    besideBytes: BESIDE_MARGIN * peak(uses.map(({ besideBytes }) => besideBytes)),
  };
}

/** The most that Python was seen to use, in bytes; 0 when it was not seen. */
export function pythonPeakOf(uses: readonly Use[]): number {
  return peak(uses.map(({ pythonBytes }) => pythonBytes));
}

/** The most that was left in the old generation, in bytes; `null` when no gateway was seen. */
export function oldPeakOf(uses: readonly Use[]): number | null {
  const known = uses.flatMap(({ oldBytes }) => oldBytes ?? []);
  return known.length === 0 ? null : Math.max(...known);
}

function peak(values: readonly (number | null)[]): number {
  return Math.max(0, ...values.map((value) => value ?? 0));
}

function most(a: number | null, b: number | null): number | null {
  return a === null || b === null ? a ?? b : Math.max(a, b);
}
