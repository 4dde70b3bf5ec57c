/**
 * Is the gateway started again after a death, when, and why? A decision is a value with its reason in words.
 * @module
 */

import type { CauseClass, Verdict } from "./verdict.ts";

/** When a gateway that ended by itself is started again; the words mean what they mean to containers. */
export type RestartMode = "always" | "on-failure" | "never";

/** One death as the policy remembers it. */
export interface Death {
  readonly atMs: number;
  readonly class: CauseClass;
  /** Whether a program could have used that gateway. */
  readonly wasReady: boolean;
}

/** What happens next. */
export type RestartDecision =
  | { readonly kind: "restart"; readonly delayMs: number; readonly reason: string }
  | { readonly kind: "give-up"; readonly reason: string; readonly retryInMs: number | null };

/** The upper bound of the first wait, and of every wait. */
const BACKOFF_MIN_MS = 200;
export const BACKOFF_MAX_MS = 60_000;
/**
 * Deaths of one class within the window after which the daemon gives up: of gateways that never got ready, and of
 * ones that did. The latter end with their programs, and the next program deserves a gateway; the backoff alone
 * keeps them apart.
 */
export const GIVE_UP_STARTS = 5;
export const GIVE_UP_DEATHS = 20;
export const GIVE_UP_WINDOW_MS = 600_000;
/**
 * After giving up for a cause that may pass by itself, one more start is tried this much later, and twice as much after
 * each that fails, up to the most: what passes mostly does so soon.
 */
export const HALF_OPEN_MIN_MS = 30_000;
export const HALF_OPEN_MAX_MS = 300_000;

/** Causes that give the same result until a person changes something. */
const DETERMINISTIC: readonly CauseClass[] = [
  "invalid-jvm-option",
  "java-missing",
  "java-version-mismatch",
  "module-access-denied",
  "class-version-conflict",
  "class-missing",
  "bad-spark-config",
  "permission-denied",
  "heap-exceeds-machine",
];

/** Whether a death of this class will repeat until a person changes something. */
export function isDeterministic(cause: CauseClass): boolean {
  return DETERMINISTIC.includes(cause);
}

/** What a decision is made of. */
export interface RestartInput {
  readonly verdict: Verdict;
  /** Whether the next start differs from the last one in its memory. */
  readonly planChanged: boolean;
  readonly wasReady: boolean;
  /** Deaths since health was last proven, this one included, oldest first. */
  readonly deaths: readonly Death[];
  readonly mode: RestartMode;
  readonly nowMs: number;
  /** From 0 up to, not including, 1. */
  readonly random: number;
}

/** Decides what follows a death that nobody asked for. */
export function decideRestart(input: RestartInput): RestartDecision {
  const { verdict, mode, deaths, nowMs } = input;
  if (mode === "never") return { kind: "give-up", reason: "the restart mode is never", retryInMs: null };
  if (mode === "on-failure" && verdict.class === "clean-exit") {
    return {
      kind: "give-up",
      reason: "it ended cleanly and the restart mode is on-failure",
      retryInMs: null,
    };
  }
  if (!input.wasReady && !input.planChanged && isDeterministic(verdict.class)) {
    return {
      kind: "give-up",
      reason: `"${verdict.class}" will happen again until it is corrected`,
      retryInMs: null,
    };
  }
  const alike = deaths.filter((death) => death.class === verdict.class && death.wasReady === input.wasReady);
  const recent = alike.filter(({ atMs }) => nowMs - atMs <= GIVE_UP_WINDOW_MS);
  const most = input.wasReady ? GIVE_UP_DEATHS : GIVE_UP_STARTS;
  if (recent.length >= most) {
    return {
      kind: "give-up",
      reason: `${recent.length} deaths by "${verdict.class}" within ${GIVE_UP_WINDOW_MS / 60_000} minutes`,
      retryInMs: Math.min(HALF_OPEN_MAX_MS, HALF_OPEN_MIN_MS * 2 ** (alike.length - most)),
    };
  }
  const attempt = Math.max(1, deaths.length);
  // One that had served and died is the common case, and somebody waits: as with containers the first start is at once.
  const delayMs = input.wasReady && attempt === 1 ? 0 : backoffMs(attempt, input.random);
  const when = delayMs === 0 ? "at once" : `in ${(delayMs / 1000).toFixed(1)} s`;
  return {
    kind: "restart",
    delayMs,
    reason: `death ${attempt} since health was last proven, "${verdict.class}": start again ${when}`,
  };
}

/**
 * Exponential backoff with full jitter: a wait between 0 and 0.2, 0.4, 0.8, 1.6, … s, at most 60 s, from the tenth
 * death on. Full jitter keeps many gateways on one machine from starting in step.
 * @param attempt Deaths since health was last proven, from 1.
 * @param random From 0 up to, not including, 1.
 */
export function backoffMs(attempt: number, random: number): number {
  const ceiling = Math.min(BACKOFF_MAX_MS, BACKOFF_MIN_MS * 2 ** Math.min(attempt - 1, 30));
  return Math.round(random * ceiling);
}
