/**
 * How much memory does the next gateway get? The first plan comes from the machine and the user; each later one
 * from the one before and the verdict on the death between them.
 *
 * The rule behind every change: a memory error raised by the JVM may raise its own region; a death dealt by the
 * kernel or by malloc must lower the heap. Confusing the two makes the next death certain.
 * @module
 */

import { formatSize, GIB, MIB, renderSize } from "./jvm_flags.ts";
import type { CauseClass } from "./verdict.ts";

/** Where a planned value comes from. */
export type Provenance = "default" | "user" | "pinned" | "container" | "machine" | "adjusted";

/** One planned region of memory. */
export interface PlannedRegion {
  readonly bytes: number;
  readonly provenance: Provenance;
  /** Why this value, in words. */
  readonly why: string;
}

/** What the whole gateway may use, and who says so. */
export interface MemoryBudget {
  readonly bytes: number;
  readonly source: "container" | "machine" | "user";
}

/** The memory flags of one start. */
export interface MemoryPlan {
  readonly heap: PlannedRegion;
  readonly direct: PlannedRegion;
  readonly budget: MemoryBudget;
  /** The place that fixes the heap, such as `spark.driver.memory`, or `null`. */
  readonly pinnedBy: string | null;
  /** The largest heap known to be too small, in bytes, and the smallest known to be too large. */
  readonly tooSmallBytes: number | null;
  readonly tooLargeBytes: number | null;
}

/** How far the daemon may move memory. */
export type MemoryMode = "adjust" | "suggest" | "off";

/** Spark makes no context in less: 1.5 times its reserve of 300 MiB (UnifiedMemoryManager, 2.0 to 4.3). */
export const SPARK_LEAST_HEAP_BYTES = 450 * MIB;
/** A JVM counts a survivor space less than its -Xmx, so Spark's own least would not do. */
export const HEAP_FLOOR_BYTES = 512 * MIB;
/** Spark's own default for `spark.driver.memory`. */
export const DEFAULT_HEAP_BYTES = GIB;
/** What the daemon itself may need, of the same container. */
const DAEMON_BYTES = 150 * MIB;
/** From 32 GiB on, references take twice the room: such a heap holds less than one of 31 GiB until about 40. */
const COMPRESSED_OOPS_BYTES = 31 * GIB;
const UNCOMPRESSED_USEFUL_BYTES = 40 * GIB;
const STEP_BYTES = 64 * MIB;

/** What the first plan is made of. */
export interface PlanRequest {
  /** The heap asked for with `--heap`, in bytes, or `null`. */
  readonly heapBytes: number | null;
  /** The heap that Spark's or Java's own settings fix, in bytes, and where; or `null`. */
  readonly pin: { readonly bytes: number; readonly by: string } | null;
  readonly limit: MemoryBudget;
}

/**
 * The largest heap the daemon chooses by itself within a budget. In local mode the Python workers live beside the
 * heap, and Spark reckons 0.4 of it for them on Kubernetes (`spark.kubernetes.memoryOverheadFactor`).
 */
export function largestHeap(budget: MemoryBudget): number {
  const heap = roundDown((budget.bytes - DAEMON_BYTES) / 1.4);
  return avoidGap(Math.max(HEAP_FLOOR_BYTES, Math.min(heap, hardHeapLimit(budget))));
}

/** The largest heap a person may ask for: it leaves what the JVM needs beside it, and nothing for Python. */
export function hardHeapLimit(budget: MemoryBudget): number {
  const rest = budget.bytes - DAEMON_BYTES;
  return Math.max(HEAP_FLOOR_BYTES, roundDown(Math.min(rest / 1.1, rest - 384 * MIB)));
}

/** The plan of the first start. */
export function firstPlan(request: PlanRequest): MemoryPlan {
  const { limit, pin, heapBytes } = request;
  const heap = firstHeap(request);
  return {
    heap,
    direct: directFor(heap.bytes),
    budget: limit,
    // What is asked for on the command line is a first size, and may move; what Spark or Java were told is a pin.
    pinnedBy: heapBytes === null ? pin?.by ?? null : null,
    tooSmallBytes: null,
    tooLargeBytes: null,
  };
}

function firstHeap({ heapBytes, pin, limit }: PlanRequest): PlannedRegion {
  if (heapBytes !== null) {
    const hard = hardHeapLimit(limit);
    return heapBytes <= hard
      ? { bytes: heapBytes, provenance: "user", why: "asked for with --heap" }
      : clamped(avoidGap(hard), limit, `--heap asks for ${formatSize(heapBytes)}`);
  }
  if (pin !== null) return { bytes: pin.bytes, provenance: "pinned", why: `set by ${pin.by}` };
  const largest = largestHeap(limit);
  return DEFAULT_HEAP_BYTES <= largest
    ? { bytes: DEFAULT_HEAP_BYTES, provenance: "default", why: "Spark's default" }
    : clamped(largest, limit, `Spark's default is ${formatSize(DEFAULT_HEAP_BYTES)}`);
}

function clamped(bytes: number, limit: MemoryBudget, asked: string): PlannedRegion {
  const who = limit.source === "user" ? "--memory-limit" : `the ${limit.source}`;
  return {
    bytes,
    provenance: limit.source,
    why: `${asked}, but ${who} allows ${formatSize(limit.bytes)} for everything`,
  };
}

/** The JVM's own default equals the heap, which would let a full gateway grow to twice its heap. */
function directFor(heapBytes: number): PlannedRegion {
  const bytes = Math.max(256 * MIB, roundDown(heapBytes / 4));
  return { bytes, provenance: "default", why: "a quarter of the heap, at least 256 MiB" };
}

/** What a death changes. */
export interface PlanChange {
  readonly plan: MemoryPlan;
  readonly changed: boolean;
  /** What was changed, or why nothing was, in words. */
  readonly reason: string;
}

/** Settings of {@linkcode nextPlan}. */
export interface PlanPolicy {
  readonly mode: MemoryMode;
  /** Whether the mode was asked for: only then may a pinned heap move. */
  readonly modeIsExplicit: boolean;
}

/** The plan after a death of class `cause`. Never changes anything for a cause that memory cannot cure. */
export function nextPlan(plan: MemoryPlan, cause: CauseClass, policy: PlanPolicy): PlanChange {
  const change = wantedChange(plan, cause);
  const movesPin = plan.pinnedBy !== null && !policy.modeIsExplicit &&
    change.plan.heap.bytes !== plan.heap.bytes;
  if (!change.changed || policy.mode === "adjust" && !movesPin) return change;
  const reason = policy.mode === "adjust"
    ? `${plan.pinnedBy} fixes the heap, so it stays; --memory-mode adjust would allow: ${change.reason}`
    : `memory mode is "${policy.mode}", so nothing changes; "adjust" would do: ${change.reason}`;
  return { plan, changed: false, reason };
}

function wantedChange(plan: MemoryPlan, cause: CauseClass): PlanChange {
  switch (cause) {
    case "heap-oom":
    case "gc-overhead":
      return raiseHeap(plan);
    case "killed-by-oom-killer":
    case "native-memory-oom":
    case "heap-exceeds-machine":
      return lowerHeap(plan);
    case "direct-memory-oom":
      return raiseDirect(plan);
    default:
      return { plan, changed: false, reason: `memory settings do not cure "${cause}"` };
  }
}

/** Doubling, because each restart costs the user a whole Spark session: two steps reach four times the heap. */
function raiseHeap(plan: MemoryPlan): PlanChange {
  const heap = plan.heap.bytes;
  // The heap never goes back to one that was too small, so this one is the largest of them.
  const known = { ...plan, tooSmallBytes: heap };
  // Between a heap that was too small and one that was too large, the middle is the best guess left.
  const ceiling = plan.tooLargeBytes === null
    ? largestHeap(plan.budget)
    : Math.min(largestHeap(plan.budget), roundDown((heap + plan.tooLargeBytes) / 2));
  const target = avoidGap(Math.min(heap * 2, ceiling));
  if (target < heap + STEP_BYTES) {
    return {
      plan: known,
      changed: false,
      reason: `the heap is ${formatSize(heap)} and no larger one fits the ${formatSize(plan.budget.bytes)} ` +
        `of the ${plan.budget.source}: more memory, fewer parallel tasks or less data at once is needed`,
    };
  }
  return withHeap(known, target, "the last one ran out of heap");
}

/** A fifth less, and at once what the budget allows when the heap was above it. */
function lowerHeap(plan: MemoryPlan): PlanChange {
  const heap = plan.heap.bytes;
  const known = { ...plan, tooLargeBytes: heap };
  const fifthLess = roundDown(Math.min(heap * 0.8, largestHeap(plan.budget)));
  const floor = plan.tooSmallBytes === null
    ? HEAP_FLOOR_BYTES
    : Math.max(HEAP_FLOOR_BYTES, roundDown((heap + plan.tooSmallBytes) / 2));
  const target = avoidGap(Math.max(fifthLess, floor));
  if (target > heap - STEP_BYTES || target <= (plan.tooSmallBytes ?? 0)) {
    return {
      plan: known,
      changed: false,
      reason:
        `the heap is ${formatSize(heap)} and cannot shrink further: the limit must grow, or the Python ` +
        "workers must use less",
    };
  }
  return withHeap(known, target, "the last one left too little memory for everything else");
}

function withHeap(plan: MemoryPlan, bytes: number, why: string): PlanChange {
  const heap: PlannedRegion = { bytes, provenance: "adjusted", why };
  const direct = plan.direct.provenance === "adjusted" ? plan.direct : directFor(bytes);
  return {
    plan: { ...plan, heap, direct },
    changed: true,
    reason: `heap ${formatSize(plan.heap.bytes)} → ${formatSize(bytes)}, because ${why}`,
  };
}

function raiseDirect(plan: MemoryPlan): PlanChange {
  const room = hardHeapLimit(plan.budget) - plan.heap.bytes;
  const bytes = roundDown(Math.min(plan.direct.bytes * 2, room));
  if (bytes < plan.direct.bytes + STEP_BYTES) {
    return { plan, changed: false, reason: "no more direct memory fits the budget beside this heap" };
  }
  const why = "the last one ran out of direct buffer memory";
  return {
    plan: { ...plan, direct: { bytes, provenance: "adjusted", why } },
    changed: true,
    reason: `direct memory ${formatSize(plan.direct.bytes)} → ${formatSize(bytes)}, because ${why}`,
  };
}

/** The flags that put a plan into effect. */
export function renderPlan(plan: MemoryPlan): readonly string[] {
  return [`-Xmx${renderSize(plan.heap.bytes)}`, `-XX:MaxDirectMemorySize=${renderSize(plan.direct.bytes)}`];
}

function avoidGap(bytes: number): number {
  return bytes > COMPRESSED_OOPS_BYTES && bytes < UNCOMPRESSED_USEFUL_BYTES ? COMPRESSED_OOPS_BYTES : bytes;
}

function roundDown(bytes: number): number {
  return Math.floor(bytes / STEP_BYTES) * STEP_BYTES;
}
