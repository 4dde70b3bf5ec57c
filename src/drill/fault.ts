/**
 * What is a drill? A fault, what has to be made of it, and what came of it.
 * @module
 */

import type { Status } from "../api/status.ts";
import type { CauseClass, Verdict } from "../core/verdict.ts";
import type { DaemonProcess } from "./daemon_process.ts";
import type { Scratch } from "./scratch.ts";

/** A healthy daemon, about to be harmed. */
export interface Scene {
  readonly scratch: Scratch;
  readonly daemon: DaemonProcess;
  /** Before the fault. */
  readonly before: Status;
  readonly gatewayPid: number;
}

/** What a strike has done. */
export interface Struck {
  /** By the clock. */
  readonly atMs: number;
  /** Some faults last until their cause is removed: this does. */
  readonly relieve?: () => Promise<void>;
}

/** A fault of a gateway that runs. */
export interface Fault {
  /** What happens. */
  readonly what: string;
  /** The classes of which any is right. */
  readonly expected: readonly CauseClass[];
  /** What the scratch daemon is told besides; the least heap, unless there is something. */
  readonly args?: readonly string[];
  /** What every JVM of the scratch instance is told besides, in `JAVA_TOOL_OPTIONS`: the user's own options stay. */
  readonly javaOptions?: string;
  /**
   * Makes what must be there before the daemon starts; returns the memory control group it is to belong to, or `null`.
   * @throws {Error} When this machine or user does not allow it: then the drill is left out.
   */
  readonly prepare?: (scratch: Scratch) => Promise<string | null>;
  /** Brings it about; need not return before it shows, and may return after. */
  readonly strike: (scene: Scene) => Promise<Struck>;
}

/** What came of a drill. Durations in milliseconds from the fault on; `null` for what did not come in time. */
export interface DrillOutcome {
  readonly name: string;
  readonly what: string;
  /** `passed`: it healed and was named right. */
  readonly result: "passed" | "failed" | "skipped";
  readonly foundMs: number | null;
  readonly namedMs: number | null;
  readonly healedMs: number | null;
  readonly verdict: Pick<Verdict, "class" | "confidence" | "summary"> | null;
  readonly expected: readonly CauseClass[];
  /** How it healed, in words. */
  readonly how: string;
  /** What is wrong, or why it was left out. */
  readonly notes: readonly string[];
}
