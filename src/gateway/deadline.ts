/**
 * How is something asked that may never answer?
 * @module
 */

import type { Clock } from "../ports.ts";

/** How long an answer is waited for, and what else ends the wait. */
export interface Deadline {
  readonly clock: Clock;
  readonly ms: number;
  readonly signal: AbortSignal;
  /** What the work is told at the deadline. @default A `DOMException` of name `AbortError`. */
  readonly reason?: Error;
}

/** Does `work` with a signal that is aborted at the deadline, or together with the given one; leaves no timer behind. */
export async function within<T>(
  { clock, ms, signal, reason }: Deadline,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const answered = new AbortController();
  const tooLate = new AbortController();
  void clock.sleep(ms, answered.signal).then(() => tooLate.abort(reason));
  try {
    return await work(AbortSignal.any([signal, tooLate.signal]));
  } finally {
    answered.abort();
  }
}

/** Waits for something that happens, but no longer than so; leaves no timer behind. Rejects when that does. */
export async function awaitAtMost(
  { clock, ms }: Pick<Deadline, "clock" | "ms">,
  happened: Promise<unknown>,
): Promise<void> {
  const enough = new AbortController();
  try {
    await Promise.race([happened, clock.sleep(ms, enough.signal)]);
  } finally {
    enough.abort();
  }
}
