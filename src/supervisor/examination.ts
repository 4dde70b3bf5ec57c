/**
 * How does a gateway that runs look from outside? The kernel, HotSpot's performance data and Spark are asked again
 * and again; what is found is reported and judged elsewhere.
 * @module
 */

import { writingOf } from "../core/signs.ts";
import type { CloserLook, GcVitals, Look, SparkVitals } from "../core/vitals.ts";
import type { Clock, Machine } from "../ports.ts";

/** Asks Spark; each look is one short conversation. */
export interface Probe {
  /** @throws {Error} When the gateway does not answer. */
  look(signal: AbortSignal): Promise<SparkVitals>;
  close(): void;
}

/** What examining needs. */
export interface ExaminationOptions {
  readonly pid: number;
  readonly port: number;
  readonly periodMs: number;
  readonly clock: Clock;
  readonly machine: Machine;
  readonly probe: Probe;
  readonly readGc: () => Promise<GcVitals | null>;
  /** Whether something is wrong, so that a closer look is worth its price. */
  readonly troubled: () => boolean;
  readonly onLook: (look: Look) => void;
  /** Ends the examination. */
  readonly signal: AbortSignal;
}

/** Spark is asked less often than the kernel: its answer costs the JVM some calls. */
const SPARK_PERIODS = 2.5;
/** A Spark that answers later is asked again; the heartbeat tells whether the JVM answers at all. */
const SPARK_ANSWER_MS = 4_000;

/** Looks until `signal` is aborted. */
export async function examineUntil(options: ExaminationOptions): Promise<void> {
  const { clock, signal, periodMs, onLook } = options;
  let spark: SparkVitals | null = null;
  const asking = askSpark(options, (found) => spark = found);
  while (!signal.aborted) {
    const [process, gc, closer] = await Promise.all([
      options.machine.process(options.pid),
      options.readGc(),
      options.troubled() ? lookCloser(options) : null,
    ]);
    if (signal.aborted) break;
    onLook({ process, gc, spark, closer });
    // An answer is news once.
    spark = null;
    await clock.sleep(periodMs, signal);
  }
  await asking;
}

async function askSpark(
  { clock, probe, periodMs, signal }: ExaminationOptions,
  onAnswer: (spark: SparkVitals) => void,
): Promise<void> {
  while (!signal.aborted) {
    await clock.sleep(SPARK_PERIODS * periodMs, signal);
    if (signal.aborted) break;
    const answered = new AbortController();
    const tooLate = new AbortController();
    void clock.sleep(SPARK_ANSWER_MS, answered.signal).then(() => tooLate.abort());
    try {
      onAnswer(await probe.look(AbortSignal.any([signal, tooLate.signal])));
    } catch {
      // No answer is no news: the heartbeat judges silence.
    }
    answered.abort();
  }
  probe.close();
}

async function lookCloser({ machine, pid, port }: ExaminationOptions): Promise<CloserLook> {
  const [paths, diskSleepers, programs] = await Promise.all([
    machine.openFiles(pid),
    machine.threadsInDiskSleep(pid),
    machine.connectionsTo(port),
  ]);
  return { writing: writingOf(paths), diskSleepers, programs };
}
