/**
 * Which sizes does the next gateway get? They follow from what is wanted, what is fixed, what was learned, and what
 * the budget holds.
 *
 * The invariant: the regions together fit the budget. Where a budget is too small even for the least of each, or a
 * fixed size is too large for it, the plan says by how much it is short.
 * @module
 */

import { formatSize } from "../jvm_flags.ts";
import type { MemoryBudget } from "./budget.ts";
import { fitted } from "./fit.ts";
import type { Fit, HeapDemand, SideDemands } from "./fit.ts";
import {
  DEFAULT_HEAP_BYTES,
  overheadBytes,
  rangeOf,
  SIDE_REGIONS,
  stacksBytes,
  STEP_BYTES,
  usefulHeap,
} from "./region.ts";
import type { Region, SideRegion, SizedRegion } from "./region.ts";

/** Where a planned value comes from. */
export type Provenance =
  | "default"
  | "user"
  | "pinned"
  | "container"
  | "machine"
  | "adjusted"
  | "learned";

/** One planned region of memory. */
export interface PlannedRegion {
  /** The limit that a flag sets: for stacks that of one thread. Without a flag, what is reckoned with. */
  readonly bytes: number;
  /** What it counts for in the budget: nothing for the class space, which is a part of the metaspace. */
  readonly countedBytes: number;
  readonly provenance: Provenance;
  /** Why this value, in words. */
  readonly why: string;
}

/** The sizes of one start. */
export type MemoryPlan = Readonly<Record<Region, PlannedRegion>> & {
  readonly budget: MemoryBudget;
  /** What the regions come to, in bytes. */
  readonly totalBytes: number;
  /** How much of it the budget does not hold: 0 unless something is fixed or the budget is very small. */
  readonly shortBytes: number;
  /** The place that fixes the heap, such as `spark.driver.memory`, or `null`. */
  readonly pinnedBy: string | null;
  /** `MALLOC_ARENA_MAX` of the process; `null` leaves it as it is. */
  readonly mallocArenas: number | null;
};

/** A size that a setting of Spark's or Java's fixes, and which. */
export interface Pin {
  readonly bytes: number;
  readonly by: string;
}

/** Every size that is fixed. */
export type Pins = Readonly<Partial<Record<SizedRegion, Pin>>>;

/** A size that the daemon has chosen after a death, or has learned. */
export interface Size {
  readonly bytes: number;
  readonly provenance: "adjusted" | "learned";
  readonly why: string;
}

/** What gateways before were seen to need, in bytes; 0 where nothing was seen. */
export interface Needs {
  readonly metaspaceBytes: number;
  /** Of everything beside the heap together. */
  readonly besideBytes: number;
}

/** What a plan is made from. */
export interface PlanRequest {
  readonly budget: MemoryBudget;
  /** The heap asked for with `--heap`, in bytes, or `null`. */
  readonly heapBytes: number | null;
  readonly pins: Pins;
  /** Sizes chosen before: they are kept whole, and win over pins. */
  readonly sizes: Readonly<Partial<Record<SizedRegion, Size>>>;
  /** What was seen to be needed. */
  readonly needs: Needs;
  readonly parallelTasks: number;
  /** HotSpot's own default for a thread's stack here, in bytes: 1 MiB on x86-64, 2 MiB on AArch64. */
  readonly defaultStackBytes: number;
  readonly mallocArenas: number | null;
}

/** Makes the plan of a start. */
export function planOf(request: PlanRequest): MemoryPlan {
  const stack = stackOf(request);
  const heap = heapDemand(request);
  const fit = fitted({
    heap,
    sides: sidesOf(request),
    overheadOf: overheadBytes,
    fixedBytes: stack.countedBytes,
    besideBytes: request.needs.besideBytes,
    roomBytes: request.budget.jvmBytes,
  });
  const regions = {
    heap: heapRegion(request, fit),
    direct: sideRegion("direct", request, fit),
    metaspace: sideRegion("metaspace", request, fit),
    classSpace: classSpaceOf(fit.metaspace, request),
    codeCache: sideRegion("codeCache", request, fit),
    stack,
    overhead: overheadOf(fit, stack, request),
  };
  const totalBytes = Object.values(regions).reduce((sum, { countedBytes }) => sum + countedBytes, 0);
  return {
    ...regions,
    budget: request.budget,
    totalBytes,
    shortBytes: Math.max(0, totalBytes - request.budget.jvmBytes),
    pinnedBy: regions.heap.provenance === "pinned" ? request.pins.heap?.by ?? null : null,
    mallocArenas: request.mallocArenas,
  };
}

/** The largest heap that fits beside the least of everything else, in bytes. */
export function largestHeap(request: PlanRequest): number {
  const { heap: _, ...pins } = request.pins;
  const { heap: __, ...sizes } = request.sizes;
  return planOf({ ...request, pins, sizes, heapBytes: request.budget.jvmBytes }).heap.bytes;
}

/** What is asked for on the command line is a first size; what Spark or Java were told is fixed. */
function heapDemand({ sizes, heapBytes, pins }: PlanRequest): HeapDemand {
  if (sizes.heap !== undefined) return { bytes: sizes.heap.bytes, isFixed: false };
  if (heapBytes !== null) return { bytes: heapBytes, isFixed: false };
  if (pins.heap !== undefined) return { bytes: pins.heap.bytes, isFixed: true };
  return { bytes: DEFAULT_HEAP_BYTES, isFixed: false };
}

function heapRegion({ sizes, heapBytes, pins, budget }: PlanRequest, { heap }: Fit): PlannedRegion {
  const asPlanned = (provenance: Provenance, why: string): PlannedRegion => ({
    bytes: heap,
    countedBytes: heap,
    provenance,
    why,
  });
  if (sizes.heap !== undefined) {
    const { bytes, provenance, why } = sizes.heap;
    return heap === bytes ? asPlanned(provenance, why) : asPlanned(budget.source, clamp(why, bytes, budget));
  }
  if (heapBytes !== null) {
    if (heap === heapBytes) return asPlanned("user", "asked for with --heap");
    return asPlanned(budget.source, clamp("--heap", heapBytes, budget));
  }
  if (pins.heap !== undefined) return asPlanned("pinned", `set by ${pins.heap.by}`);
  return heap === DEFAULT_HEAP_BYTES
    ? asPlanned("default", "Spark's default")
    : asPlanned(budget.source, clamp("Spark's default", DEFAULT_HEAP_BYTES, budget));
}

function clamp(what: string, bytes: number, { source, bytes: limitBytes, jvmBytes }: MemoryBudget): string {
  if (usefulHeap(bytes) < bytes && bytes < jvmBytes / 1.3) {
    return `${what}: ${formatSize(bytes)}, but from 32 GiB on references take twice the room`;
  }
  const who = source === "user" ? "--memory-limit" : `the ${source}`;
  return `${what}: ${formatSize(bytes)}, but ${who} allows ${formatSize(limitBytes)} for everything`;
}

function sidesOf({ sizes, pins, needs }: PlanRequest): SideDemands {
  return (heapBytes) => {
    const demand = (region: SideRegion) => {
      const fixed = sizes[region]?.bytes ?? pins[region]?.bytes;
      if (fixed !== undefined) return { wantedBytes: fixed, leastBytes: fixed, isFixed: true };
      const { wantedBytes, leastBytes } = rangeOf(region, heapBytes);
      const least = Math.max(leastBytes, region === "metaspace" ? needs.metaspaceBytes : 0);
      return { wantedBytes: Math.max(wantedBytes, least), leastBytes: least, isFixed: false };
    };
    return { direct: demand("direct"), metaspace: demand("metaspace"), codeCache: demand("codeCache") };
  };
}

const USUAL: Readonly<Record<SideRegion, string>> = {
  direct: "a quarter of the heap, at least 256 MiB",
  metaspace: "three times what a long session was measured to use",
  codeCache: "HotSpot's own default",
};

function sideRegion(
  region: SideRegion,
  { sizes, pins, needs, budget }: PlanRequest,
  fit: Fit,
): PlannedRegion {
  const bytes = fit[region];
  const whole = (provenance: Provenance, why: string) => ({ bytes, countedBytes: bytes, provenance, why });
  const [size, pin] = [sizes[region], pins[region]];
  if (size !== undefined) return whole(size.provenance, size.why);
  if (pin !== undefined) return whole("pinned", `set by ${pin.by}`);
  if (region === "metaspace" && fit.metaspace < needs.metaspaceBytes + STEP_BYTES) {
    return whole("learned", "what gateways before used, and a quarter more");
  }
  if (fit.squeeze === 0) return whole("default", USUAL[region]);
  return whole(budget.source, `less than usual, so that the heap has room`);
}

/** A class's own data are a tenth to an eighth of its metaspace: with half, the metaspace is full first. */
function classSpaceOf(metaspaceBytes: number, { sizes, pins }: PlanRequest): PlannedRegion {
  const [size, pin] = [sizes.classSpace, pins.classSpace];
  if (size !== undefined) return { ...size, countedBytes: 0 };
  if (pin !== undefined) {
    return { bytes: pin.bytes, countedBytes: 0, provenance: "pinned", why: `set by ${pin.by}` };
  }
  // HotSpot rounds up to whole root chunks of 16 MiB (measured, Java 17 and 25).
  const bytes = Math.ceil(metaspaceBytes / 2 / STEP_BYTES) * STEP_BYTES;
  return { bytes, countedBytes: 0, provenance: "default", why: "half of the metaspace" };
}

function stackOf({ sizes, pins, parallelTasks, defaultStackBytes }: PlanRequest): PlannedRegion {
  const [size, pin] = [sizes.stack, pins.stack];
  const bytes = size?.bytes ?? pin?.bytes ?? defaultStackBytes;
  const countedBytes = stacksBytes(bytes, parallelTasks);
  if (size !== undefined) return { ...size, countedBytes };
  if (pin !== undefined) return { bytes, countedBytes, provenance: "pinned", why: `set by ${pin.by}` };
  return { bytes, countedBytes, provenance: "default", why: "HotSpot's own default for a thread" };
}

function overheadOf(fit: Fit, stack: PlannedRegion, { needs }: PlanRequest): PlannedRegion {
  const usual = overheadBytes(fit.heap);
  const sides = SIDE_REGIONS.reduce((sum, region) => sum + fit[region], 0);
  const need = needs.besideBytes - sides - stack.countedBytes;
  if (need > usual) {
    return {
      bytes: need,
      countedBytes: need,
      provenance: "learned",
      why: "what gateways before used besides",
    };
  }
  return { bytes: usual, countedBytes: usual, provenance: "default", why: "64 MiB and 6 % of the heap" };
}

/** Every region that a flag sets. */
export const SIZED_REGIONS: readonly SizedRegion[] = ["heap", ...SIDE_REGIONS, "classSpace", "stack"];
