/**
 * What time it is, and waiting until later: the only place with timers that outlive a call.
 * @module
 */

import type { Clock } from "../ports.ts";

/** A longer timer fires at once: the delay is a signed 32-bit number (measured on Deno 2.9). */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * What waits for seconds ends on a common beat, up to 250 ms sooner or later: waking a process is most of what a short
 * piece of work costs, and the daemon's periods are multiples of this.
 */
const BEAT_MS = 500;
/** Shorter waits are exact. A beat of two seconds that has taken its time already waits a little less than two. */
const PATIENT_MS = 1_000;

/** This machine's clocks. */
export const clock: Clock = {
  nowMs: () => performance.now(),
  date: () => new Date(),
  sleep,
};

async function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  let leftMs = ms;
  while (leftMs > LONGEST_TIMER_MS && !signal?.aborted) {
    await pause(LONGEST_TIMER_MS, signal);
    leftMs -= LONGEST_TIMER_MS;
  }
  if (!signal?.aborted) await pause(leftMs < PATIENT_MS ? leftMs : untilBeat(leftMs), signal);
}

function untilBeat(ms: number): number {
  const nowMs = performance.now();
  // Timers count whole milliseconds: rounded up, those of one beat are over at the same look.
  return Math.ceil(Math.round((nowMs + ms) / BEAT_MS) * BEAT_MS - nowMs);
}

async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  const wake = () => resolve();
  signal?.addEventListener("abort", wake);
  await promise;
  clearTimeout(timer);
  signal?.removeEventListener("abort", wake);
}
