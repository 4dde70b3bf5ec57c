/**
 * What time it is, and waiting until later: the only place with timers that outlive a call.
 * @module
 */

import type { Clock } from "../ports.ts";

/** A longer timer fires at once: the delay is a signed 32-bit number (measured on Deno 2.9). */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

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
  if (!signal?.aborted) await pause(leftMs, signal);
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
