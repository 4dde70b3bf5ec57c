/**
 * What can happen to a daemon that others are told of? A closed union: whoever shows, counts or waits for something
 * finds every kind here.
 * @module
 */

import type { Phase, StopStep } from "../lifecycle.ts";
import type { Region } from "../memory/region.ts";
import type { Evidence, ExitStatus, Verdict } from "../verdict.ts";
import type { ConditionKind } from "../watch/condition.ts";

/** How much an event asks of its reader, least first; the levels of the daemon's own log. */
export type Level = "debug" | "info" | "warn" | "error";

/** A region of memory whose next size is another. */
export interface MemoryChange {
  readonly region: Region;
  readonly fromBytes: number;
  readonly toBytes: number;
  readonly why: string;
}

/** What is particular to each kind. */
type Particulars =
  /** A person or a program has asked for something. */
  | {
    readonly kind: "command";
    readonly action: "start" | "stop" | "restart" | "shutdown" | "kill";
    /** `null` where nobody gave a name. */
    readonly by: string | null;
  }
  /** A gateway has come from one phase into another; `null` for a new gateway. */
  | { readonly kind: "phase"; readonly phase: Phase; readonly from: Phase | null }
  | { readonly kind: "starting"; readonly heapBytes: number }
  /** It has a process, which has told its port. */
  | { readonly kind: "attaching"; readonly pid: number }
  | {
    readonly kind: "ready";
    readonly pid: number;
    /** Since its start. */
    readonly afterMs: number;
    /** As the JVM confirms it; `null` where it does not tell. */
    readonly heapBytes: number | null;
  }
  /** The JVM has taken other sizes than planned. */
  | { readonly kind: "memory-differs"; readonly differences: readonly string[] }
  /** A program asks for a heap that its gateway cannot give. */
  | { readonly kind: "heap-ignored" }
  /** Something is wrong with a gateway that runs. */
  | {
    readonly kind: "condition";
    readonly condition: ConditionKind;
    readonly reason: string;
    /** Why it is not ended yet, or `null`. */
    readonly excuse: string | null;
  }
  | { readonly kind: "recovered" }
  /** It is to be ended, and why. */
  | {
    readonly kind: "ending";
    readonly cause: "stop" | "restart" | "retire" | "unfit" | "start-timeout";
    readonly by: string | null;
    readonly reason: string | null;
  }
  | { readonly kind: "end-step"; readonly step: StopStep }
  | { readonly kind: "exited"; readonly exit: ExitStatus }
  /** Nothing runs, and nothing shall. */
  | { readonly kind: "stopped" }
  /** A death that nobody asked for, with its verdict. */
  | {
    readonly kind: "died";
    readonly class: Verdict["class"];
    readonly confidence: Verdict["confidence"];
    readonly summary: string;
    /** The first three lines that speak for it, beside the exit itself. */
    readonly evidence: readonly Evidence[];
    readonly remedy: string;
    readonly exit: ExitStatus;
    /** What becomes of the memory, in words. */
    readonly memory: string;
    readonly next: { readonly kind: "restart" | "give-up"; readonly reason: string };
  }
  | { readonly kind: "memory-plan"; readonly changes: readonly MemoryChange[] }
  /** The evidence of a death is kept under this name. */
  | { readonly kind: "incident"; readonly id: string }
  /** Programs are named by the id of their lease. */
  | { readonly kind: "program-waits"; readonly lease: string }
  | { readonly kind: "program-came"; readonly lease: string }
  | { readonly kind: "program-ended"; readonly lease: string }
  /** Its gateway was lost, and it is told so. */
  | { readonly kind: "program-lost"; readonly lease: string; readonly reason: string }
  /** It is warmed up, and waits for a program. */
  | { readonly kind: "standby" }
  /** Gateways are warmed up no more, or again. */
  | { readonly kind: "warm-up"; readonly refusal: string | null }
  /** Whether there is no memory for a gateway that only waits. */
  | { readonly kind: "memory-pressure"; readonly isShort: boolean }
  /** What came of making a class-data archive; `bytes` is `null` when there is none. */
  | { readonly kind: "archive"; readonly bytes: number | null }
  /** The configuration was read again. */
  | {
    readonly kind: "reload";
    /** What is taken up, such as `restart: always → never`. */
    readonly changes: readonly string[];
    /** The settings that have changed as well, and need a restart. */
    readonly pending: readonly string[];
    /** How many mistakes it has: with any, nothing is changed. What they are says the log, to its reader alone. */
    readonly mistakes: number;
  };

/** Something that has happened, in words and figures. */
export type DaemonEvent = Particulars & {
  /** The gateway it is about, or `null` when it is about none. */
  readonly generation: number | null;
  readonly level: Level;
  /** One sentence for people, or the clause of one. */
  readonly text: string;
};

/** What an event is called. */
export type EventKind = DaemonEvent["kind"];

/** Every name, such as for who registers a listener for each. */
export const EVENT_KINDS = [
  "command",
  "phase",
  "starting",
  "attaching",
  "ready",
  "memory-differs",
  "heap-ignored",
  "condition",
  "recovered",
  "ending",
  "end-step",
  "exited",
  "stopped",
  "died",
  "memory-plan",
  "incident",
  "program-waits",
  "program-came",
  "program-ended",
  "program-lost",
  "standby",
  "warm-up",
  "memory-pressure",
  "archive",
  "reload",
] as const satisfies readonly EventKind[];

/** An event with its place in the order of all. */
export type PublishedEvent = DaemonEvent & {
  /** Grows by one with each event, and from one daemon to the next: a number never means two events. */
  readonly seq: number;
  /** The wall clock in ISO 8601. */
  readonly at: string;
};

/** Events that are not to be had any more. */
export interface Gap {
  /** The last one that was known to whoever asks. */
  readonly after: number;
  /** The first one that follows. */
  readonly before: number;
  /** Too many have come since, or another daemon has counted. */
  readonly reason: "history" | "restart";
}
