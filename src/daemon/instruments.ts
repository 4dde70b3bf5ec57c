/**
 * How are the numbers for `/metrics` and the charts come by? The machine's steps are added up, and what goes up and down
 * is read when it is asked for.
 * @module
 */

import type { FiguresDocument } from "../api/figures.ts";
import type { Assembly, DaemonOptions } from "./assembly.ts";
import { PHASES, pidOf } from "../core/lifecycle.ts";
import { familiesOf } from "../core/metrics/families.ts";
import type { Family } from "../core/metrics/family.ts";
import type { RelayReading } from "../core/metrics/snapshot.ts";
import { NOTHING, withHeartbeat, withLead, withStep } from "../core/metrics/tally.ts";
import type { Tally } from "../core/metrics/tally.ts";
import { leadOf } from "../core/pool/pool.ts";
import type { PoolInput } from "../core/pool/step.ts";
import { PerfDataReaders } from "../incident/hsperfdata.ts";
import type { Relay } from "../relay/relay.ts";
import { Gauges } from "../supervisor/gauges.ts";
import { SAMPLE_PERIOD_MS, Sampler, SAMPLES_KEPT_MS } from "../supervisor/sampler.ts";
import { Timely } from "../supervisor/timely.ts";

/** A scrape waits no longer for a disk that has stalled. */
const READ_MS = 100;

type Parts = Pick<Assembly, "supervisor" | "driver" | "relay" | "store" | "events" | "status">;
type Options = Pick<DaemonOptions, "runtime" | "pid">;

/** The instruments of one daemon. To be made before its first input. */
export class Instruments {
  readonly #parts: Parts;
  readonly #options: Options;
  readonly #beganMs: number;
  readonly #gauges: Gauges;
  readonly #sampler: Sampler;
  readonly #storedIncidents: Timely<number>;
  #tally: Tally = NOTHING;

  constructor(parts: Parts, options: Options) {
    const { runtime: { clock, files, machine } } = options;
    const { supervisor, driver, store } = parts;
    this.#parts = parts;
    this.#options = options;
    this.#beganMs = clock.nowMs();
    this.#gauges = new Gauges({ clock, machine, perfData: new PerfDataReaders(files) });
    this.#storedIncidents = new Timely({ clock, ms: READ_MS, read: () => store.count() });
    this.#sampler = new Sampler({
      clock,
      pool: () => supervisor.pool,
      gauges: this.#gauges,
      latencyMs: (generation) => driver.latencyMs(generation),
    });
    supervisor.observe({
      onInput: (input) => this.#count(input),
      onChange: (change) => {
        this.#tally = withStep(this.#tally, change);
      },
      onPool: (before, after) => {
        this.#tally = withLead(this.#tally, leadOf(after).life, clock.nowMs());
        this.#sampler.follow(before, after);
      },
    });
  }

  /** Samples what the charts show until `signal` is aborted. */
  async sample(signal: AbortSignal): Promise<void> {
    await this.#sampler.run(signal);
  }

  /** What the charts show of the moments after one, in seconds since 1970. */
  readonly figures = (sinceSeconds: number): FiguresDocument => ({
    periodMs: SAMPLE_PERIOD_MS,
    keptMs: SAMPLES_KEPT_MS,
    phases: PHASES,
    columns: this.#sampler.since(sinceSeconds),
  });

  /** Every metric, as it is now. */
  readonly families = async (): Promise<readonly Family[]> => {
    const { supervisor, driver, relay, events, status } = this.#parts;
    const { clock, machine } = this.#options.runtime;
    const { pool } = supervisor;
    const pids = pool.seats.map(({ life }) => pidOf(life));
    const [seats, storedIncidents, limit, memoryLeft, kills, container, own] = await Promise.all([
      Promise.all(pids.map((pid) => this.#gauges.read(pid))),
      this.#storedIncidents.read(),
      machine.memoryLimit(),
      machine.memoryLeft(),
      machine.oomKills(this.#options.pid),
      machine.container(),
      machine.ownProcess(),
    ]);
    const { health, pool: policy, daemon, spark, java } = status();
    return familiesOf({
      ...{ pool, policy, health, seats, storedIncidents, memoryLeft, container, own },
      nowMs: clock.nowMs(),
      wallMs: clock.date().getTime(),
      beganMs: this.#beganMs,
      build: { version: daemon.version, spark: spark.version, java: java.version },
      lagMs: supervisor.lagMs,
      tally: this.#tally,
      relay: relay && relayReading(relay),
      streams: { open: events.listeners, dropped: events.dropped },
      lostLogBytes: driver.everLostLogBytes,
      memoryLimitBytes: limit.bytes,
      oomKills: kills.group,
    });
  };

  #count(input: PoolInput): void {
    if (input.kind === "missed") this.#tally = withHeartbeat(this.#tally, null);
    if (input.kind !== "heartbeat" || input.way !== "kept") return;
    const latencyMs = this.#parts.driver.latencyMs(input.generation);
    if (latencyMs !== null) this.#tally = withHeartbeat(this.#tally, latencyMs);
  }
}

function relayReading(relay: Relay): RelayReading {
  const { connections, held, leases, events, bytes } = relay.snapshot();
  const count = (state: string) => leases.filter((lease) => lease.state === state).length;
  return {
    ...{ connections, held, events, bytes },
    leases: { issued: count("issued"), bound: count("bound"), lost: count("lost") },
  };
}
