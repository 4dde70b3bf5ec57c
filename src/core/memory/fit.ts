/**
 * How are regions made to fit a room? Those beside the heap give way first, down to what they need; then the heap.
 * @module
 */

import { HEAP_FLOOR_BYTES, HEAP_STEP_BYTES, SIDE_REGIONS, STEP_BYTES, usefulHeap } from "./region.ts";
import type { Range, SideRegion } from "./region.ts";

/** The heap that is wanted; one that is fixed stays whatever the room. */
export interface HeapDemand {
  readonly bytes: number;
  readonly isFixed: boolean;
}

/** What the regions beside a heap want and need at least; sizes that are fixed are taken to the byte. */
export type SideDemands = (
  heapBytes: number,
) => Readonly<Record<SideRegion, Range & { readonly isFixed: boolean }>>;

/** What has to fit. */
export interface FitRequest {
  readonly heap: HeapDemand;
  readonly sides: SideDemands;
  /** What the JVM itself needs beside a heap. */
  readonly overheadOf: (heapBytes: number) => number;
  /** What does not move. */
  readonly fixedBytes: number;
  /** What everything beside the heap has to come to at least: what gateways were seen to use. */
  readonly besideBytes: number;
  readonly roomBytes: number;
}

/** The sizes, in bytes. */
export type Fit = Readonly<Record<SideRegion | "heap", number>> & {
  /** How far the regions beside the heap gave way: 0 not at all, 1 to their least. */
  readonly squeeze: number;
};

/** In how many steps the regions beside the heap give way. */
const SQUEEZES = 16;

/** The sizes that fit, or the least there are: the caller sees by their sum whether they do. */
export function fitted(request: FitRequest): Fit {
  const { heap } = request;
  const wanted = heap.isFixed ? heap.bytes : useful(heap.bytes);
  const whole = squeezed(wanted, request);
  if (whole !== null) return whole;
  const possible = heap.isFixed ? wanted : largestThatFits(wanted, request);
  return squeezed(possible, request) ?? sizesWith(possible, 1, request);
}

/** The sizes beside a heap that gave way no further than they must; `null` when even their least does not fit. */
function squeezed(heapBytes: number, request: FitRequest): Fit | null {
  for (let step = 0; step <= SQUEEZES; step++) {
    const fit = sizesWith(heapBytes, step / SQUEEZES, request);
    if (totalOf(fit, request) <= request.roomBytes) return fit;
  }
  return null;
}

/** A small heap may be no multiple of the step: somebody asked for just that. */
function useful(bytes: number): number {
  const rounded = usefulHeap(bytes);
  return rounded < bytes && bytes - rounded < HEAP_STEP_BYTES ? bytes : rounded;
}

/** The sum grows with the heap, so halving finds the largest. */
function largestThatFits(wantedBytes: number, request: FitRequest): number {
  const fits = (steps: number) =>
    totalOf(sizesWith(steps * HEAP_STEP_BYTES, 1, request), request) <= request.roomBytes;
  let [low, high] = [0, Math.floor(wantedBytes / HEAP_STEP_BYTES)];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (fits(middle)) low = middle;
    else high = middle - 1;
  }
  const floor = Math.min(wantedBytes, HEAP_FLOOR_BYTES);
  return Math.max(floor, usefulHeap(low * HEAP_STEP_BYTES));
}

function sizesWith(heap: number, squeeze: number, { sides }: FitRequest): Fit {
  const demands = sides(heap);
  const size = (region: SideRegion) => {
    const { wantedBytes, leastBytes, isFixed } = demands[region];
    if (isFixed) return wantedBytes;
    return Math.ceil((wantedBytes - (wantedBytes - leastBytes) * squeeze) / STEP_BYTES) * STEP_BYTES;
  };
  return {
    heap,
    squeeze,
    direct: size("direct"),
    metaspace: size("metaspace"),
    codeCache: size("codeCache"),
  };
}

function totalOf(fit: Fit, { overheadOf, fixedBytes, besideBytes }: FitRequest): number {
  const sides = SIDE_REGIONS.reduce((sum, region) => sum + fit[region], 0);
  return fit.heap + Math.max(besideBytes, sides + overheadOf(fit.heap) + fixedBytes);
}
