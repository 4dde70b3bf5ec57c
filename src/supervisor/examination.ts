/**
 * How does a gateway that runs look from outside? The kernel, HotSpot's performance data and Spark are asked again
 * and again; what is found is reported and judged elsewhere.
 * @module
 */

import { writingOf } from "../core/watch/signs.ts";
import type { CloserLook, GcVitals, Look, ProcessVitals, SparkVitals } from "../core/watch/vitals.ts";
import type { Clock, Machine } from "../ports.ts";
import { within } from "../gateway/deadline.ts";

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
  /** Connections of programs that come through this process. */
  readonly relayed: () => number;
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
/**
 * Processor time, of wall time, below which a JVM does nothing worth asking about: an idle gateway with its heartbeat
 * takes 0.003, the making of a SparkContext a second at once, a collector that spirals more than 0.5.
 */
const IDLE_SHARE = 0.01;
const COLLECTING_SHARE = 0.1;
/** A JVM that idles without a context is asked all the same, once in so many turns. */
const IDLE_TURNS = 6;

/** Looks until `signal` is aborted. */
export async function examineUntil(options: ExaminationOptions): Promise<void> {
  const { clock, signal, periodMs, onLook, machine, pid, troubled } = options;
  let spark: SparkVitals | null = null;
  let pythonBytes: number | null = null;
  const asking = askSpark(options, (found, workers) => [spark, pythonBytes] = [found, workers]);
  const work = new WorkMeter(clock);
  while (!signal.aborted) {
    const process = await machine.process(pid);
    const inTrouble = troubled();
    // A collector that does not run has nothing new to tell.
    const collects = work.shareUntil(process) >= COLLECTING_SHARE;
    const [gc, closer] = await Promise.all([
      collects || inTrouble ? options.readGc() : null,
      inTrouble ? lookCloser(options) : null,
    ]);
    if (signal.aborted) break;
    onLook({ process, gc, spark, pythonBytes, closer });
    // An answer is news once.
    [spark, pythonBytes] = [null, null];
    await clock.sleep(periodMs, signal);
  }
  await asking;
}

async function askSpark(
  options: ExaminationOptions,
  onAnswer: (spark: SparkVitals, pythonBytes: number | null) => void,
): Promise<void> {
  const { clock, probe, periodMs, signal, machine, pid } = options;
  const work = new WorkMeter(clock);
  let idleTurns = 0;
  let restful = false;
  while (!signal.aborted) {
    await clock.sleep(SPARK_PERIODS * periodMs, signal);
    if (signal.aborted) break;
    const idles = work.shareUntil(await machine.process(pid)) < IDLE_SHARE;
    idleTurns = restful && idles ? (idleTurns + 1) % IDLE_TURNS : 0;
    if (idleTurns > 0) continue;
    try {
      const spark = await within({ clock, ms: SPARK_ANSWER_MS, signal }, (until) => probe.look(until));
      restful = !spark.contextActive && spark.deadlocked.length === 0;
      // Workers live with a context, and looking for them reads all of /proc.
      onAnswer(spark, spark.contextActive ? await workersBytes(machine, pid) : null);
    } catch {
      // No answer is no news: the heartbeat judges silence.
      restful = false;
    }
  }
  probe.close();
}

/** What the members of a JVM's session have in memory. Pages that forked workers share are counted for each. */
async function workersBytes(machine: Machine, session: number): Promise<number> {
  const members = await machine.sessionMembers(session);
  const sizes = await Promise.all(members.map((pid) => machine.residentBytes(pid)));
  return sizes.reduce<number>((sum, bytes) => sum + (bytes ?? 0), 0);
}

/** How hard a process has worked since it was last asked. */
class WorkMeter {
  readonly #clock: Clock;
  #before: { readonly atMs: number; readonly cpuMs: number } | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Processor time since the look before, of wall time; infinite where it is not known. */
  shareUntil(process: ProcessVitals | null): number {
    const before = this.#before;
    const atMs = this.#clock.nowMs();
    this.#before = process && { atMs, cpuMs: process.cpuMs };
    if (process === null || before === null || atMs <= before.atMs) return Infinity;
    return (process.cpuMs - before.cpuMs) / (atMs - before.atMs);
  }
}

async function lookCloser({ machine, pid, port, relayed }: ExaminationOptions): Promise<CloserLook> {
  const [paths, diskSleepers, direct] = await Promise.all([
    machine.openFiles(pid),
    machine.threadsInDiskSleep(pid),
    machine.connectionsTo(port),
  ]);
  const through = relayed();
  // Of those that come through, all are known; of the others it may be that none is.
  const programs = direct === null && through === 0 ? null : (direct ?? 0) + through;
  return { writing: writingOf(paths), diskSleepers, programs };
}
