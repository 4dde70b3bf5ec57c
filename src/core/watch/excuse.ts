/**
 * What speaks for a gateway in which something is wrong: work that takes its time, and programs an end would hurt.
 * @module
 */

import type { Condition, JudgementRules } from "./condition.ts";
import { lastAnswerMs, workShare } from "./signs.ts";
import type { Signs } from "./signs.ts";

/** A spiral is named sooner than it is ended: a program may still let go of what fills the heap. */
const SPIRAL_ENDED_MS = 20_000;
const SECOND = 1000;
const GIB = 2 ** 30;

/** Why a gateway in this condition is not ended yet, as a clause, or `null` when nothing speaks for it. */
export function excuseFor(
  condition: Condition,
  signs: Signs,
  nowMs: number,
  rules: JudgementRules,
): string | null {
  switch (condition.kind) {
    case "scheduler-dead":
    case "deadlock":
      return null;
    case "gc-spiral":
      // It may run out of memory in its spiral, and tell why in a dump: that is worth more than the sooner end.
      return writing(signs, nowMs, rules) ??
        (nowMs - condition.sinceMs < SPIRAL_ENDED_MS ? "it may still find room" : null);
    case "accept-thread-dead":
    case "poisoned":
      return spared(signs);
    case "stopped":
    case "silent":
      return silenceExcuse(signs, nowMs, rules);
  }
}

/** A program that is attached may still be served: its work is worth more than a prompt replacement. */
function spared({ look }: Signs): string | null {
  const programs = look?.what.closer?.programs;
  if (programs === undefined) return "it has not been looked at closely yet";
  return programs === null || programs === 0
    ? null
    : "a program is attached; it is replaced when that has gone";
}

/** What it writes while it stands still, as far as that takes no longer than it should. */
function writing(signs: Signs, nowMs: number, { heapBytes }: JudgementRules): string | null {
  const { patience, look } = signs;
  if (patience !== null && nowMs < patience.untilMs) return patience.why;
  // A compressed heap dump took 9 to 15 s a GiB, 31 s on a busy machine; HotSpot gives an error report 120 s
  // (ErrorLogTimeout).
  const limitMs = Math.max(120 * SECOND, 30 * SECOND * heapBytes / GIB);
  return nowMs - lastAnswerMs(signs) < limitMs ? look?.what.closer?.writing ?? null : null;
}

function silenceExcuse(signs: Signs, nowMs: number, rules: JudgementRules): string | null {
  const { heapBytes, actAfterMs } = rules;
  const written = writing(signs, nowMs, rules);
  if (written !== null) return written;
  const silentMs = nowMs - lastAnswerMs(signs);
  const heapGib = heapBytes / GIB;
  const look = signs.look?.what ?? null;
  const excuses: readonly (readonly [string | null, number])[] = [
    [isTraced(signs) ? "a debugger has stopped it" : null, 3600 * SECOND],
    // A full collection of 512 MiB took 0.15 s, and grows with the live heap.
    [
      look?.gc?.cause ? `it collects garbage (${look.gc.cause})` : null,
      actAfterMs + 15 * SECOND + 2 * SECOND * heapGib,
    ],
    [
      (look?.closer?.diskSleepers ?? 0) > 0 ? "its threads wait for a disk, or are frozen" : null,
      actAfterMs + 45 * SECOND,
    ],
    [(workShare(signs, nowMs) ?? 0) >= 0.5 ? "it is hard at work" : null, actAfterMs + 15 * SECOND],
  ];
  return excuses.find(([excuse, limitMs]) => excuse !== null && silentMs < limitMs)?.[0] ?? null;
}

function isTraced({ look }: Signs): boolean {
  const process = look?.what.process;
  return process?.state === "t" || (process?.tracerPid ?? 0) > 0;
}
