/**
 * What is remembered of the looks at a living gateway: as much of the past as a judgement on the present needs.
 * @module
 */

import type { Evidence } from "../verdict.ts";
import type { Look, ProcessVitals } from "./vitals.ts";

/** Which connection an answer came over: one that stays open, or one that was opened for it. */
export type Way = "kept" | "fresh";

/** The collector at one moment. */
export interface GcSample {
  readonly atMs: number;
  readonly pausedMs: number;
  readonly collections: number;
  /** How full the old generation is, from 0 to 1. */
  readonly oldFill: number;
}

/** Something that holds since a moment. */
export interface Since<T> {
  readonly sinceMs: number;
  readonly what: T;
}

/** What is known of a ready gateway. Times are the monotonic clock's milliseconds. */
export interface Signs {
  /** The newest answer over each way. */
  readonly answeredMs: Readonly<Record<Way, number>>;
  /** Fresh connections in a row that were not answered. */
  readonly freshMisses: number;
  /** The newest look, and when. */
  readonly look: Since<Look> | null;
  /** Since when every look has found the process stopped. */
  readonly stoppedSinceMs: number | null;
  /** Processor time at the newest look that was not made in silence. */
  readonly cpuBeforeSilenceMs: number | null;
  /** Oldest first; as many as the judgement looks back on. */
  readonly gc: readonly GcSample[];
  /** When Spark was last asked with success: what is said of it below was true then. */
  readonly sparkSeenMs: number;
  /** Whether a SparkContext was active when Spark last answered; `null` before it did. */
  readonly contextActive: boolean | null;
  /** `spark.driver.memory` as the newest context has it; `null` where it does not set it. */
  readonly driverMemory: string | null;
  /** Where the active context shows its jobs; `null` where it does not. */
  readonly uiUrl: string | null;
  /** Since when every look at Spark has found its scheduler dead. */
  readonly schedulerDeadSinceMs: number | null;
  /** Since when every look at Spark has found the same threads waiting for each other. */
  readonly deadlock: Since<readonly string[]> | null;
  /** The first OutOfMemoryError that ended a thread and not the JVM. */
  readonly survived: Since<Evidence> | null;
  /** Until when, and why, the JVM may be silent. */
  readonly patience: { readonly untilMs: number; readonly why: string } | null;
}

/** How long samples of the collector are kept. */
const GC_WINDOW_MS = 30_000;

/** The signs of a gateway that has just answered its first calls. */
export function firstSigns(nowMs: number): Signs {
  return {
    answeredMs: { kept: nowMs, fresh: nowMs },
    freshMisses: 0,
    look: null,
    stoppedSinceMs: null,
    cpuBeforeSilenceMs: null,
    gc: [],
    sparkSeenMs: nowMs,
    contextActive: null,
    driverMemory: null,
    uiUrl: null,
    schedulerDeadSinceMs: null,
    deadlock: null,
    survived: null,
    patience: null,
  };
}

/** A heartbeat was answered. */
export function answered(signs: Signs, way: Way, nowMs: number): Signs {
  return {
    ...signs,
    answeredMs: { ...signs.answeredMs, [way]: nowMs },
    freshMisses: way === "fresh" ? 0 : signs.freshMisses,
    stoppedSinceMs: null,
    patience: null,
  };
}

/** A heartbeat was not answered in time, or its connection failed. */
export function missed(signs: Signs, way: Way): Signs {
  return way === "fresh" ? { ...signs, freshMisses: signs.freshMisses + 1 } : signs;
}

/** The gateway was looked at; `silent` when an answer was overdue by then. */
export function looked(signs: Signs, look: Look, nowMs: number, silent: boolean): Signs {
  const { process, gc, spark } = look;
  return {
    ...signs,
    look: { sinceMs: nowMs, what: look },
    stoppedSinceMs: isStopped(process) ? signs.stoppedSinceMs ?? nowMs : null,
    cpuBeforeSilenceMs: silent ? signs.cpuBeforeSilenceMs : process?.cpuMs ?? null,
    gc: gc === null ? [] : [
      ...signs.gc.filter(({ atMs }) => nowMs - atMs <= GC_WINDOW_MS),
      {
        atMs: nowMs,
        pausedMs: gc.pausedMs,
        collections: gc.collections,
        oldFill: gc.oldMaxBytes > 0 ? gc.oldUsedBytes / gc.oldMaxBytes : 0,
      },
    ],
    ...(spark === null ? {} : {
      sparkSeenMs: nowMs,
      contextActive: spark.contextActive,
      // Of a context that is gone it is still worth telling whoever ran it.
      driverMemory: spark.contextActive ? spark.driverMemory : signs.driverMemory,
      uiUrl: spark.uiUrl,
      schedulerDeadSinceMs: spark.schedulerAlive === false ? signs.schedulerDeadSinceMs ?? nowMs : null,
      deadlock: deadlockOf(signs, spark.deadlocked, nowMs),
    }),
  };
}

/** Stopped by a signal; one stopped by a debugger is `t`, or has a tracer. */
function isStopped(process: ProcessVitals | null): boolean {
  return process?.state === "T" && process.tracerPid === 0;
}

function deadlockOf(signs: Signs, threads: readonly string[], nowMs: number): Signs["deadlock"] {
  if (threads.length === 0) return null;
  const before = signs.deadlock;
  const same = before !== null && threads.join("\n") === before.what.join("\n");
  return same ? before : { sinceMs: nowMs, what: threads };
}

/** When the gateway last answered over any connection. */
export function lastAnswerMs({ answeredMs: { kept, fresh } }: Signs): number {
  return Math.max(kept, fresh);
}

/** Processor time since the last answer, of wall time: 1 is one processor. `null` when it is not known. */
export function workShare(signs: Signs, nowMs: number): number | null {
  const cpuMs = signs.look?.what.process?.cpuMs;
  const wallMs = nowMs - lastAnswerMs(signs);
  if (cpuMs === undefined || signs.cpuBeforeSilenceMs === null || wallMs <= 0) return null;
  return Math.max(0, cpuMs - signs.cpuBeforeSilenceMs) / wallMs;
}

/** What a file that a JVM writes while it stands still says by its name; `null` for any other file. */
export function writingOf(paths: readonly string[]): string | null {
  // JDK 25 writes a heap dump in parts: `.hprof`, `.hprof.p0` and so on.
  if (paths.some((path) => /\.hprof(?:\.gz)?(?:\.p\d+)?$/.test(path))) return "it writes a heap dump";
  if (paths.some((path) => /\/hs_err[^/]*$/.test(path))) return "it writes an error report";
  return null;
}
