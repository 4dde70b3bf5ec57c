/**
 * What do the gateways' processes use at this moment? Read from outside: a JVM that stands still is read like any other.
 * @module
 */

import type { JvmReading } from "../core/metrics/readings.ts";
import type { SeatReading } from "../core/metrics/snapshot.ts";
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
    const [process, jvm] = await Promise.all([this.#options.machine.process(pid), this.#jvmOf(pid).read()]);
    // What a process that is gone has last told is no longer so.
    return { process, jvm: process === null ? null : jvm };
  }

  /** Forgets every process but these. */
  keep(pids: readonly (number | null)[]): void {
    for (const pid of this.#jvms.keys()) if (!pids.includes(pid)) this.#jvms.delete(pid);
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
    return timely;
  }
}
