/**
 * Does the gateway still run Java code? Asks again and again and reports each answer; what silence means is decided
 * elsewhere.
 * @module
 */

import type { Clock, Dialer } from "../ports.ts";
import { Py4jClient } from "../gateway/py4j.ts";

/** What a heartbeat needs. */
export interface HeartbeatOptions {
  readonly port: number;
  readonly secret: string;
  readonly periodMs: number;
  readonly clock: Clock;
  readonly dialer: Dialer;
  /** Told of each answer, with the time it took. */
  readonly onBeat: (latencyMs: number) => void;
  /** Ends the heartbeat. */
  readonly signal: AbortSignal;
}

/** One beat in so many goes over a fresh connection: a dead accept thread answers on old connections only. */
const FRESH_EVERY = 5;
/** An old connection whose thread is stuck says nothing of the JVM: so long it is waited for, then another is tried. */
const ANSWER_MS = 4_000;

/**
 * Beats until `signal` is aborted. A connection that fails is no verdict: since py4j 0.10.9.8 a Ctrl-C in any
 * attached program may cut it. The next beat opens another.
 */
export async function beatUntil(options: HeartbeatOptions): Promise<void> {
  const { clock, periodMs, signal, onBeat } = options;
  let kept: Py4jClient | null = null;
  for (let beat = 1; !signal.aborted; beat++) {
    const startMs = clock.nowMs();
    const answered = new AbortController();
    const tooLate = new AbortController();
    void clock.sleep(ANSWER_MS, answered.signal).then(() => tooLate.abort());
    const attempt = { ...options, signal: AbortSignal.any([signal, tooLate.signal]) };
    try {
      if (beat % FRESH_EVERY === 0) {
        using fresh = await Py4jClient.connect(attempt);
        await ask(fresh, attempt.signal);
      } else {
        kept ??= await Py4jClient.connect(attempt);
        await ask(kept, attempt.signal);
      }
      onBeat(clock.nowMs() - startMs);
    } catch {
      kept?.close();
      kept = null;
    }
    answered.abort();
    await clock.sleep(Math.max(0, periodMs - (clock.nowMs() - startMs)), signal);
  }
  kept?.close();
}

/** The cheapest call that proves a thread, a class and a reply, and leaves no object behind. */
async function ask(client: Py4jClient, signal: AbortSignal): Promise<void> {
  await client.call("java.lang.System", "currentTimeMillis", { signal });
}
