/**
 * How is something read again and again that may take its time, such as a file on a disk that has stalled?
 * @module
 */

import { awaitAtMost } from "../gateway/deadline.ts";
import type { Clock } from "../ports.ts";

/** What reading needs. */
export interface TimelyOptions<T> {
  readonly clock: Clock;
  /** So long a reader waits. */
  readonly ms: number;
  readonly read: () => Promise<T>;
}

/** Reads one thing, never twice at a time, and has what it was before where the reading takes too long or fails. */
export class Timely<T> {
  readonly #options: TimelyOptions<T>;
  #last: T | null = null;
  #underway: Promise<void> | null = null;

  constructor(options: TimelyOptions<T>) {
    this.#options = options;
  }

  /** What it is, or was when it could be read last; `null` when it never could. */
  async read(): Promise<T | null> {
    const { clock, ms } = this.#options;
    await awaitAtMost({ clock, ms }, this.#underway ??= this.#renew());
    return this.#last;
  }

  async #renew(): Promise<void> {
    try {
      this.#last = await this.#options.read();
    } catch {
      // What was known before is still the best there is.
    } finally {
      this.#underway = null;
    }
  }
}
