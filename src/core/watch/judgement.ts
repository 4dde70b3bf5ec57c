/**
 * Is a gateway that runs fit to serve? Silence alone ends nothing: what is seen beside it says whether the JVM hangs
 * or works.
 * @module
 */

import type { Condition, JudgementRules } from "./condition.ts";
import { excuseFor } from "./excuse.ts";
import { lastAnswerMs, workShare } from "./signs.ts";
import type { GcSample, Signs } from "./signs.ts";

/** What to think of a gateway now. */
export interface Judgement {
  readonly condition: Condition | null;
  /** Why it is not ended although something is wrong, or `null`. */
  readonly excuse: string | null;
  /** Whether it is to be ended now. */
  readonly act: boolean;
  /** When to judge again if nothing new is heard. */
  readonly againMs: number;
}

/** Two looks at Spark, five seconds apart, that found its scheduler dead: one might have met a context being made. */
const SCHEDULER_MS = 4_000;
/** Threads that wait with a time limit may look deadlocked, and go on. */
const DEADLOCK_MS = 10_000;
/**
 * Of wall time, for so long at least, and with so many collections. Spirals of 512 MiB and 1 GiB held 0.85 to 1.0 over
 * 20 s, the heaviest healthy load (80 % of the heap held, every job right) 0.64. G1 also spirals in small steps: 0.5 to
 * 0.9 of the time in 70 to 850 collections a second, where healthy loads had 7 at most (PySpark 3.5, Java 17).
 */
const SPIRALS = [{ share: 0.8, perSecond: 0 }, { share: 0.5, perSecond: 50 }] as const;
const SPIRAL_NAMED_MS = 10_000;
/** A program that calls System.gc() in a loop also spends its time collecting, but has room. */
const SPIRAL_OLD_FILL = 0.8;
/** One long collection is no spiral. */
const SPIRAL_COLLECTIONS = 3;
/** Fresh connections are tried every 5 s, for 4 s. */
const ACCEPT_MS = 12_000;
const ACCEPT_MISSES = 2;
/** How often to judge a gateway that is excused or spared, when there is no news of it. */
const AGAIN_MS = 2_500;

/** Judges a ready gateway by its signs. */
export function judge(signs: Signs, nowMs: number, rules: JudgementRules): Judgement {
  const lastMs = lastAnswerMs(signs);
  const condition = schedulerDead(signs) ?? deadlocked(signs) ?? spiral(signs) ??
    acceptThreadDead(signs, nowMs, rules) ?? silence(signs, nowMs, rules) ?? poisoned(signs);
  if (condition === null) {
    return { condition, excuse: null, act: false, againMs: lastMs + rules.suspectAfterMs };
  }
  const excuse = excuseFor(condition, signs, nowMs, rules);
  const dueMs = isSilence(condition) ? lastMs + rules.actAfterMs : nowMs;
  const act = excuse === null && nowMs >= dueMs;
  return { condition, excuse, act, againMs: Math.max(dueMs, nowMs + (excuse === null ? 0 : AGAIN_MS)) };
}

function isSilence({ kind }: Condition): boolean {
  return kind === "stopped" || kind === "silent";
}

function schedulerDead({ schedulerDeadSinceMs: sinceMs, sparkSeenMs }: Signs): Condition | null {
  if (sinceMs === null || sparkSeenMs - sinceMs < SCHEDULER_MS) return null;
  return {
    kind: "scheduler-dead",
    sinceMs,
    reason: "Spark's scheduler thread has ended, so no job will ever finish",
    evidence: ["a SparkContext is active and its dag-scheduler-event-loop does not run"],
  };
}

function deadlocked({ deadlock, sparkSeenMs }: Signs): Condition | null {
  if (deadlock === null || sparkSeenMs - deadlock.sinceMs < DEADLOCK_MS) return null;
  const { sinceMs, what: threads } = deadlock;
  return {
    kind: "deadlock",
    sinceMs,
    reason: `${threads.length} threads wait for each other for ever`,
    evidence: [`deadlocked for ${seconds(sparkSeenMs - sinceMs)}: ${threads.join(", ")}`],
  };
}

function spiral({ gc }: Signs): Condition | null {
  const newest = gc.at(-1);
  const oldest = newest && spiralSince(gc, newest);
  if (newest === undefined || !oldest || newest.atMs - oldest.atMs < SPIRAL_NAMED_MS) return null;
  const wallMs = newest.atMs - oldest.atMs;
  const pausedMs = newest.pausedMs - oldest.pausedMs;
  return {
    kind: "gc-spiral",
    sinceMs: oldest.atMs,
    reason: `${percent(pausedMs / wallMs)} of its time goes into garbage collection and the heap stays full`,
    evidence: [
      `${newest.collections - oldest.collections} collections in ${seconds(wallMs)} took ${
        seconds(pausedMs)
      }`,
      `the old generation is ${percent(newest.oldFill)} full`,
    ],
  };
}

/** Where the longest stretch back from the newest sample begins in which the heap was full and mostly collected. */
function spiralSince(gc: readonly GcSample[], newest: GcSample): GcSample | null {
  let since: GcSample | null = null;
  for (const sample of gc.toReversed()) {
    if (sample.oldFill < SPIRAL_OLD_FILL) break;
    const wallMs = newest.atMs - sample.atMs;
    const collections = newest.collections - sample.collections;
    const pausedMs = newest.pausedMs - sample.pausedMs;
    const spirals = SPIRALS.some(({ share, perSecond }) =>
      pausedMs >= share * wallMs && collections >= perSecond * wallMs / 1000
    );
    if (spirals && collections >= SPIRAL_COLLECTIONS) since = sample;
  }
  return since;
}

function acceptThreadDead(signs: Signs, nowMs: number, rules: JudgementRules): Condition | null {
  const { kept, fresh } = signs.answeredMs;
  const deaf = nowMs - fresh >= ACCEPT_MS && signs.freshMisses >= ACCEPT_MISSES;
  if (!deaf || nowMs - kept >= rules.suspectAfterMs) return null;
  return {
    kind: "accept-thread-dead",
    sinceMs: fresh,
    reason: "it answers on old connections and takes no new ones, so no program can attach",
    evidence: [
      `the last ${signs.freshMisses} new connections were not answered, for ${seconds(nowMs - fresh)}`,
      `the connection that was kept open was answered ${seconds(nowMs - kept)} ago`,
    ],
  };
}

function poisoned({ survived }: Signs): Condition | null {
  if (survived === null) return null;
  return {
    kind: "poisoned",
    sinceMs: survived.sinceMs,
    reason: "an OutOfMemoryError has ended one of its threads and not the JVM, which is damaged",
    // The line itself goes into the verdict with its place.
    evidence: [],
  };
}

function silence(signs: Signs, nowMs: number, rules: JudgementRules): Condition | null {
  const sinceMs = lastAnswerMs(signs);
  const silentMs = nowMs - sinceMs;
  if (silentMs < rules.suspectAfterMs) return null;
  const process = signs.look?.what.process ?? null;
  const silent = `no answer for ${seconds(silentMs)}`;
  if (signs.stoppedSinceMs !== null) {
    return {
      kind: "stopped",
      sinceMs,
      reason: "the process was stopped by a signal and does not run",
      evidence: [silent, "the kernel shows it in state T (stopped)"],
    };
  }
  const share = workShare(signs, nowMs);
  return {
    kind: "silent",
    sinceMs,
    reason: silent,
    evidence: [
      ...(process === null ? [] : [`the kernel shows it in state ${process.state}`]),
      ...(share === null ? [] : [`meanwhile it used ${percent(share)} of one processor`]),
    ],
  };
}

function seconds(ms: number): string {
  return `${Math.round(ms / 1000)} s`;
}

function percent(share: number): string {
  return `${Math.round(Math.min(1, share) * 100)} %`;
}
