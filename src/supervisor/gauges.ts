/**
 * What do the gateways' processes use at this moment? Read from outside: a JVM that stands still is read like any other.
 * @module
 */

import type { JvmReading } from "../core/metrics/readings.ts";
import type { SeatReading } from "../core/metrics/snapshot.ts";
import type { ProcessVitals } from "../core/watch/vitals.ts";
import type { PerfDataReaders } from "../incident/hsperfdata.ts";
import { jvmReadingOf } from "../incident/jvm_reading.ts";
import type { Clock, Machine } from "../ports.ts";
import { Timely } from "./timely.ts";

/** What reading needs. */
export interface GaugesOptions {
  readonly clock: Clock;
  readonly machine: Pick<Machine, "process">;
  readonly perfData: Pick<PerfDataReaders, "data">;
}

/** Both take less than 1 ms; a scrape waits no longer for a disk that has stalled. */
const READ_MS = 100;

/** More than there are gateways at a time; the oldest have ended. */
const KEPT_JVMS = 64;

/** Reads any of the living gateways. */
export class Gauges {
  readonly #options: GaugesOptions;
  readonly #jvms = new Map<number, Timely<JvmReading | null>>();

  constructor(options: GaugesOptions) {
    this.#options = options;
  }

  /** @param pid `null` where there is no process. */
  async read(pid: number | null): Promise<SeatReading> {
    if (pid === null) return { process: null, jvm: null };
    const [process, jvm] = await Promise.all([this.process(pid), this.jvm(pid)]);
    // What a process that is gone has last told is no longer so.
    return { process, jvm: process === null ? null : jvm };
  }

  /** What the kernel tells; `null` when the process is gone. */
  async process(pid: number): Promise<ProcessVitals | null> {
    return await this.#options.machine.process(pid);
  }

  /** What the JVM publishes; `null` when that is nothing. */
  async jvm(pid: number): Promise<JvmReading | null> {
    return await this.#jvmOf(pid).read();
  }

  #jvmOf(pid: number): Timely<JvmReading | null> {
    const known = this.#jvms.get(pid);
    if (known !== undefined) return known;
    const { clock, perfData } = this.#options;
    const read = async () => {
      const data = await perfData.data(pid);
      return data && jvmReadingOf(data);
    };
    const timely = new Timely({ clock, ms: READ_MS, read });
    this.#jvms.set(pid, timely);
    const [oldest] = this.#jvms.keys();
    if (this.#jvms.size > KEPT_JVMS && oldest !== undefined) this.#jvms.delete(oldest);
    return timely;
  }
}
