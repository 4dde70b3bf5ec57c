/**
 * What is memory planned on? What the machine and the user give, which stays the same for the daemon's whole life.
 * @module
 */

import type { MemoryLimit } from "./budget.ts";
import type { Pins } from "./plan.ts";

/** How far the daemon may move memory. */
export type MemoryMode = "adjust" | "suggest" | "off";

/** What the machine and the user give; the same for the daemon's whole life. */
export interface MemoryBasis {
  readonly limit: MemoryLimit;
  /** The heap asked for with `--heap`, in bytes, or `null`. */
  readonly heapBytes: number | null;
  /** What Spark's or Java's own settings fix. */
  readonly pins: Pins;
  /** Tasks that run at once in the gateway itself. */
  readonly parallelTasks: number;
  /** Whether tasks run in the gateway itself. */
  readonly isLocal: boolean;
  /** HotSpot's own default for a thread's stack, in bytes. */
  readonly defaultStackBytes: number;
  /** How many gateways share the memory, each with a program of its own. */
  readonly gateways: number;
  /** What another gateway that waits takes, in bytes. */
  readonly standbyBytes: number;
}

/** How far memory may move. */
export interface MemoryPolicy {
  readonly mode: MemoryMode;
  /** Whether the mode was asked for: only then may what is pinned move. */
  readonly modeIsExplicit: boolean;
}
