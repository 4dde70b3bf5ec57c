/**
 * What can be wrong with a gateway that runs? Silence is not all: some JVMs that answer every heartbeat are of no use to
 * any program.
 * @module
 */

/** What can be wrong with a gateway that runs, the most telling first. */
export const CONDITIONS = [
  "scheduler-dead",
  "deadlock",
  "gc-spiral",
  "accept-thread-dead",
  "stopped",
  "silent",
  "poisoned",
] as const;

/** One of {@linkcode CONDITIONS}. */
export type ConditionKind = (typeof CONDITIONS)[number];

/** What is wrong, and what shows it. */
export interface Condition {
  readonly kind: ConditionKind;
  readonly sinceMs: number;
  /** One clause in plain words. */
  readonly reason: string;
  /** What was seen, one clause each. */
  readonly evidence: readonly string[];
}

/** What the judgement goes by. */
export interface JudgementRules {
  /** Silence after which the gateway is not trusted, and after which it is ended unless something excuses it. */
  readonly suspectAfterMs: number;
  readonly actAfterMs: number;
  readonly heapBytes: number;
}
