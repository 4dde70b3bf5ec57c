/**
 * What has the gateway used over the last hour? One timer looks every few seconds and when the phase changes, and keeps
 * what charts are drawn from.
 * @module
 */

import { PHASES, pidOf } from "../core/lifecycle.ts";
import { History } from "../core/metrics/history.ts";
import type { FigureColumns } from "../core/metrics/history.ts";
import type { JvmReading } from "../core/metrics/readings.ts";
import { leadOf } from "../core/pool/pool.ts";
import type { PoolState } from "../core/pool/pool.ts";
import type { ProcessVitals } from "../core/watch/vitals.ts";
import type { Clock } from "../ports.ts";
import type { Gauges } from "./gauges.ts";

/** How far two samples are apart. */
export const SAMPLE_PERIOD_MS = 5_000;
/** How long they are kept. */
export const SAMPLES_KEPT_MS = 3_600_000;
/** An hour of samples, and as many changes of phase as two failed starts a minute make besides. */
const ROOM = 1_024;
/** A phase lasts longer, or does not matter to a chart. */
const PHASE_MS = 250;

/** Of wall time: an idle JVM with its heartbeat takes 0.003 of a processor, and what it publishes stays as it is. */
const IDLE_SHARE = 0.01;

/** What sampling needs. */
export interface SamplerOptions {
  readonly clock: Clock;
  readonly pool: () => PoolState;
  readonly gauges: Pick<Gauges, "process" | "jvm">;
  /** How long the last heartbeat of a gateway took, in milliseconds. */
  readonly latencyMs: (generation: number) => number | null;
}

/** What the next sample is compared with. */
interface Before {
  readonly generation: number;
  readonly atMs: number;
  readonly process: ProcessVitals | null;
  readonly jvm: JvmReading | null;
}

/** Samples until it is told to end. */
export class Sampler {
  readonly #options: SamplerOptions;
  readonly #history = new History({ keptSeconds: SAMPLES_KEPT_MS / 1000, room: ROOM });
  #before: Before | null = null;
  #wake = new AbortController();

  constructor(options: SamplerOptions) {
    this.#options = options;
  }

  /** The samples after a moment, in seconds since 1970. */
  since(seconds: number): FigureColumns {
    return this.#history.since(seconds);
  }

  /** Looks at once when the gateway that stands for all is another, or in another phase. */
  follow(before: PoolState, after: PoolState): void {
    const [old, now] = [leadOf(before).life, leadOf(after).life];
    if (old.generation !== now.generation || old.gateway.phase !== now.gateway.phase) this.#wake.abort();
  }

  /** Samples until `signal` is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    while (!signal.aborted) {
      this.#wake = new AbortController();
      await this.#sample();
      await clock.sleep(SAMPLE_PERIOD_MS, AbortSignal.any([signal, this.#wake.signal]));
      if (this.#wake.signal.aborted) await clock.sleep(PHASE_MS, signal);
    }
  }

  async #sample(): Promise<void> {
    const { clock, pool: poolNow, gauges, latencyMs } = this.#options;
    const pool = poolNow();
    const { life } = leadOf(pool);
    const { generation, gateway: { phase } } = life;
    const pid = pidOf(life);
    const process = pid === null ? null : await gauges.process(pid);
    const atMs = clock.nowMs();
    const before = this.#before?.generation === generation ? this.#before : null;
    const wallMs = before === null ? 0 : atMs - before.atMs;
    const rate = (now: number | null, then: number | null) =>
      now === null || then === null || wallMs <= 0 ? null : Math.max(0, now - then) / wallMs;
    const processors = rate(process?.cpuMs ?? null, before?.process?.cpuMs ?? null);
    const known = processors !== null && processors < IDLE_SHARE ? before?.jvm ?? null : null;
    const jvm = known ?? (pid === null || process === null ? null : await gauges.jvm(pid));
    const gcShare = rate(pausedMsOf(jvm), pausedMsOf(before?.jvm ?? null));
    const latency = phase === "ready" ? latencyMs(generation) : null;
    this.#before = { generation, atMs, process, jvm };
    this.#history.add({
      timeSeconds: clock.date().getTime() / 1000,
      generation,
      phase: PHASES.indexOf(phase),
      heapUsedBytes: jvm?.heapUsedBytes ?? null,
      heapCommittedBytes: jvm?.heapCommittedBytes ?? null,
      heapMaxBytes: jvm?.heapMaxBytes ?? null,
      residentBytes: process?.residentBytes ?? null,
      processors: rounded(processors),
      // A pause that began before the sample before counts as a whole when it ends.
      gcShare: gcShare === null ? null : Math.min(1, rounded(gcShare) ?? 0),
      heartbeatMs: rounded(latency),
      programs: pool.seats.reduce((sum, { programs }) => sum + programs.length, 0),
    });
  }
}

function pausedMsOf(jvm: JvmReading | null): number | null {
  return jvm === null ? null : jvm.collectors.reduce((sum, { pausedMs }) => sum + pausedMs, 0);
}

/** To thousandths, as many as a chart can show. */
function rounded(value: number | null): number | null {
  return value === null ? null : Math.round(value * 1000) / 1000;
}
