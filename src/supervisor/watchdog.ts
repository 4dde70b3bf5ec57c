/**
 * Does the loop that owns the state still turn? A supervisor that stands still watches nothing, so it is better ended
 * and started anew by whoever runs it.
 * @module
 */

import type { Clock } from "../ports.ts";

/** What the watchdog needs. */
export interface WatchdogOptions {
  /** How long the loop is behind its work, in milliseconds. */
  readonly lagMs: () => number;
  readonly clock: Clock;
  /** Told once for each time that the loop falls behind by {@linkcode WARN_AFTER_MS}. */
  readonly onLate: (lagMs: number) => void;
  /** Told when it has stood still for {@linkcode END_AFTER_MS}. */
  readonly onStuck: (lagMs: number) => void;
  readonly signal: AbortSignal;
}

/** The loop's steps take microseconds. The same time as for `/livez`, and enough for three looks of a liveness probe. */
export const WARN_AFTER_MS = 10_000;
export const END_AFTER_MS = 40_000;
const LOOK_MS = 5_000;

/** Looks again and again until `signal` is aborted. A process that was suspended has not stood still: it was not there. */
export async function watchLoop({ lagMs, clock, onLate, onStuck, signal }: WatchdogOptions): Promise<void> {
  let late = false;
  let stuckLooks = 0;
  while (!signal.aborted) {
    await clock.sleep(LOOK_MS, signal);
    if (signal.aborted) return;
    const lag = lagMs();
    if (lag >= WARN_AFTER_MS && !late) onLate(lag);
    late = lag >= WARN_AFTER_MS;
    stuckLooks = late ? stuckLooks + 1 : 0;
    // Counted in looks and not by the clock alone, so that a sleep of the whole machine is no standstill.
    if (lag >= END_AFTER_MS && stuckLooks * LOOK_MS >= END_AFTER_MS - WARN_AFTER_MS) return onStuck(lag);
  }
}
