/**
 * An examination of a scripted gateway, on a clock under the test's command.
 * @module
 */

import assert from "node:assert/strict";
import type { GcVitals, Look, ProcessVitals, SparkVitals } from "../../src/core/watch/vitals.ts";
import { examineUntil } from "../../src/supervisor/examination.ts";
import type { Probe } from "../../src/supervisor/examination.ts";
import { ManualClock } from "../fakes/manual_clock.ts";
import { ScriptedMachine } from "../fakes/scripted_machine.ts";

/** The gateway that is looked at. */
export const PID = 42;
/** The period of the looks. */
export const PERIOD_MS = 2_000;
/** The period of the looks at Spark. */
export const SPARK_MS = 2.5 * PERIOD_MS;
/** How long Spark is waited for. */
export const ANSWER_MS = 4_000;

/** A process that is well. */
export const PROCESS: ProcessVitals = {
  state: "S",
  startTicks: 7,
  cpuMs: 100,
  tracerPid: 0,
  residentBytes: 2 ** 27,
};
/** A collector that is well. */
export const GC: GcVitals = {
  pausedMs: 5,
  collections: 1,
  cause: null,
  oldUsedBytes: 1,
  oldMaxBytes: 2,
  heapCommittedBytes: 3,
  metaspaceBytes: 4,
};
/** A Spark that is well. */
export const SPARK: SparkVitals = {
  contextActive: true,
  schedulerAlive: true,
  driverMemory: null,
  uiUrl: null,
  folders: ["/tmp/x"],
  deadlocked: [],
};

/** A probe that answers, hangs or fails as the test says. */
export class ScriptedProbe implements Probe {
  /** How often it was asked, and by what it was ended or failed. */
  asked = 0;
  readonly givenUp: number[] = [];
  closed = 0;
  does: "answer" | "hang" | "fail" = "answer";
  finds: SparkVitals = SPARK;
  readonly #clock: ManualClock;

  constructor(clock: ManualClock) {
    this.#clock = clock;
  }

  async look(signal: AbortSignal): Promise<SparkVitals> {
    assert.equal(this.closed, 0, "it was asked after it was closed");
    this.asked++;
    if (this.does === "fail") throw new Error("Connection refused");
    if (this.does === "answer") return this.finds;
    const { promise, reject } = Promise.withResolvers<SparkVitals>();
    signal.addEventListener("abort", () => {
      this.givenUp.push(this.#clock.nowMs());
      reject(signal.reason);
    });
    return await promise;
  }

  close(): void {
    this.closed++;
  }
}

/** An examination under way; ends, and must leave nothing behind, when it is disposed of. */
export class Examination implements AsyncDisposable {
  readonly clock = new ManualClock();
  readonly machine = new ScriptedMachine();
  readonly probe = new ScriptedProbe(this.clock);
  readonly looks: Look[] = [];
  /** When each look was made. */
  readonly atMs: number[] = [];
  troubled = false;
  relayed = 0;
  gc: GcVitals | null = GC;
  readonly #stop = new AbortController();
  readonly #ended: Promise<void>;

  constructor({ ended = false } = {}) {
    this.machine.vitals.set(PID, PROCESS);
    if (ended) this.#stop.abort();
    this.#ended = examineUntil({
      ...{ pid: PID, port: 4000, periodMs: PERIOD_MS, signal: this.#stop.signal },
      ...{ clock: this.clock, machine: this.machine, probe: this.probe },
      readGc: () => Promise.resolve(this.gc),
      troubled: () => this.troubled,
      relayed: () => this.relayed,
      onLook: (look) => {
        this.looks.push(look);
        this.atMs.push(this.clock.nowMs());
      },
    });
  }

  get newest(): Look | undefined {
    return this.looks.at(-1);
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    assert.equal(this.probe.closed, 1);
    assert.deepEqual(this.clock.pendingMs, []);
  }
}
