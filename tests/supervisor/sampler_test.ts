import assert from "node:assert/strict";
import { PHASES } from "../../src/core/lifecycle.ts";
import { initialPool } from "../../src/core/pool/pool.ts";
import type { PoolState } from "../../src/core/pool/pool.ts";
import type { SeatReading } from "../../src/core/metrics/snapshot.ts";
import { Sampler } from "../../src/supervisor/sampler.ts";
import { JVM } from "../core/metrics/snapshots.ts";
import { ManualClock } from "../fakes/manual_clock.ts";
import { stateAfter, WAYS } from "./ways.ts";

const READY = initialPool(stateAfter(WAYS.ready));
const BACKOFF = initialPool(stateAfter(WAYS.backoff));

/** A sampler that runs on a clock of its own. */
class Sampling {
  readonly clock = new ManualClock();
  pool: PoolState = READY;
  reading: SeatReading = reading(0, 0);
  /** How often the JVM's own figures were read. */
  readings = 0;
  readonly #end = new AbortController();
  readonly sampler = new Sampler({
    clock: this.clock,
    pool: () => this.pool,
    gauges: {
      process: () => Promise.resolve(this.reading.process),
      jvm: () => {
        this.readings++;
        return Promise.resolve(this.reading.jvm);
      },
    },
    latencyMs: () => 1.5,
  });
  readonly #run = this.sampler.run(this.#end.signal);

  become(pool: PoolState): void {
    const before = this.pool;
    this.pool = pool;
    this.sampler.follow(before, pool);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#end.abort();
    await this.#run;
  }
}

function reading(cpuMs: number, pausedMs: number): SeatReading {
  return {
    process: { state: "S", startTicks: 1, cpuMs, tracerPid: 0, residentBytes: 2 ** 28 },
    jvm: { ...JVM, collectors: [{ name: "Copy", count: 1, pausedMs }] },
  };
}

Deno.test("Sampler looks once a period, and reckons shares of the time between two looks", async () => {
  await using sampling = new Sampling();
  await sampling.clock.sleeping();
  sampling.reading = reading(2_500, 1_000);
  await sampling.clock.advance(5_000);
  const { timeSeconds, processors, gcShare, heapUsedBytes, residentBytes, heartbeatMs } = sampling.sampler
    .since(0);
  assert.equal((timeSeconds[1] ?? 0) - (timeSeconds[0] ?? 0), 5);
  assert.deepEqual(processors, [null, 0.5]);
  assert.deepEqual(gcShare, [null, 0.2]);
  assert.deepEqual(heapUsedBytes, [JVM.heapUsedBytes, JVM.heapUsedBytes]);
  assert.deepEqual(residentBytes, [2 ** 28, 2 ** 28]);
  assert.deepEqual(heartbeatMs, [1.5, 1.5]);
  assert.deepEqual(sampling.clock.pendingMs, [5_000]);
});

Deno.test("Sampler looks when the phase changes, and knows nothing of a process that is gone", async () => {
  await using sampling = new Sampling();
  await sampling.clock.sleeping();
  await sampling.clock.advance(1_000);
  sampling.become(BACKOFF);
  await sampling.clock.advance(0);
  await sampling.clock.advance(250);
  const { phase, residentBytes, heartbeatMs, processors, timeSeconds } = sampling.sampler.since(0);
  assert.deepEqual(phase.map((place) => PHASES[place]), ["ready", "backoff"]);
  assert.deepEqual([residentBytes, heartbeatMs, processors].map((column) => column[1]), [null, null, null]);
  assert.equal((timeSeconds[1] ?? 0) - (timeSeconds[0] ?? 0), 1.25);
});

Deno.test("Sampler reads nothing anew of a JVM that idles, and all of one that works again", async () => {
  await using sampling = new Sampling();
  await sampling.clock.sleeping();
  sampling.reading = reading(15, 0);
  await sampling.clock.advance(5_000);
  assert.equal(sampling.readings, 1);
  sampling.reading = reading(1_015, 500);
  await sampling.clock.advance(5_000);
  assert.equal(sampling.readings, 2);
  const { heapUsedBytes, gcShare } = sampling.sampler.since(0);
  assert.deepEqual(heapUsedBytes, Array(3).fill(JVM.heapUsedBytes));
  assert.deepEqual(gcShare, [null, 0, 0.1]);
});

Deno.test("Sampler does not look for a change that no chart shows", async () => {
  await using sampling = new Sampling();
  await sampling.clock.sleeping();
  sampling.become({ ...READY, isShort: true });
  await sampling.clock.advance(4_000);
  assert.equal(sampling.sampler.since(0).timeSeconds.length, 1);
});
