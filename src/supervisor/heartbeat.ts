/**
 * Does the gateway still run Java code? Asks again and again, over a connection that stays open and over fresh ones,
 * and reports each answer and each miss; what they mean is decided elsewhere.
 * @module
 */

import type { Way } from "../core/watch/signs.ts";
import type { Clock, Dialer } from "../ports.ts";
import { Py4jClient } from "../gateway/py4j.ts";
import { within } from "../gateway/deadline.ts";

/** What a heartbeat needs. */
export interface HeartbeatOptions {
  readonly port: number;
  readonly secret: string;
  readonly periodMs: number;
  readonly clock: Clock;
  readonly dialer: Dialer;
  /** Told of each answer, with the time it took. */
  readonly onBeat: (way: Way, latencyMs: number) => void;
  /** Told when an answer did not come in time or a connection failed. */
  readonly onMiss: (way: Way) => void;
  /** Ends the heartbeat. */
  readonly signal: AbortSignal;
}

/** Fresh connections cost the JVM a thread each and find out less often needed things: one in so many periods. */
const FRESH_PERIODS = 2.5;
/** An old connection whose thread is stuck says nothing of the JVM: so long it is waited for, then another is tried. */
const ANSWER_MS = 4_000;

/**
 * Beats until `signal` is aborted. A connection that fails is no verdict: since py4j 0.10.9.8 a Ctrl-C in any
 * attached program may cut it. The next beat opens another.
 */
export async function beatUntil(options: HeartbeatOptions): Promise<void> {
  await Promise.all([beatOnKept(options), beatOnFresh(options)]);
}

async function beatOnKept(options: HeartbeatOptions): Promise<void> {
  let kept: Py4jClient | null = null;
  await repeat("kept", options.periodMs, options, async (attempt) => {
    try {
      kept ??= await Py4jClient.connect(attempt);
      await ask(kept, attempt.signal);
    } catch (error) {
      kept?.close();
      kept = null;
      throw error;
    }
  });
  kept = close(kept);
}

async function beatOnFresh(options: HeartbeatOptions): Promise<void> {
  const periodMs = FRESH_PERIODS * options.periodMs;
  // The first kept beat is a fresh connection itself.
  await options.clock.sleep(periodMs, options.signal);
  await repeat("fresh", periodMs, options, async (attempt) => {
    using fresh = await Py4jClient.connect(attempt);
    await ask(fresh, attempt.signal);
  });
}

type Attempt = HeartbeatOptions & { readonly signal: AbortSignal };

async function repeat(
  way: Way,
  periodMs: number,
  options: HeartbeatOptions,
  beat: (attempt: Attempt) => Promise<void>,
): Promise<void> {
  const { clock, signal, onBeat, onMiss } = options;
  while (!signal.aborted) {
    const startMs = clock.nowMs();
    try {
      await within({ clock, ms: ANSWER_MS, signal }, (until) => beat({ ...options, signal: until }));
      onBeat(way, clock.nowMs() - startMs);
    } catch {
      if (!signal.aborted) onMiss(way);
    }
    await clock.sleep(Math.max(0, periodMs - (clock.nowMs() - startMs)), signal);
  }
}

function close(client: Py4jClient | null): null {
  client?.close();
  return null;
}

/** The cheapest call that proves a thread, a class and a reply, and leaves no object behind. */
async function ask(client: Py4jClient, signal: AbortSignal): Promise<void> {
  await client.call("java.lang.System", "currentTimeMillis", { signal });
}
