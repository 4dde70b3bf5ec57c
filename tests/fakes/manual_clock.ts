/**
 * Time that passes only when a test says so.
 * @module
 */

import { setImmediate } from "node:timers/promises";
import type { Clock } from "../../src/ports.ts";

interface Sleeper {
  readonly dueMs: number;
  readonly wake: () => void;
}

/** A clock that stands still until it is advanced. Starts at 0 ms and a fixed date. */
export class ManualClock implements Clock {
  readonly #startMs: number;
  readonly #sleepers = new Set<Sleeper>();
  readonly #waiting: (() => void)[] = [];
  #nowMs = 0;

  /** @param start The date at 0 ms. */
  constructor(start: Date = new Date("2026-01-01T00:00:00Z")) {
    this.#startMs = start.getTime();
  }

  nowMs(): number {
    return this.#nowMs;
  }

  date(): Date {
    return new Date(this.#startMs + this.#nowMs);
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const wake = () => resolve();
    const sleeper = { dueMs: this.#nowMs + Math.max(0, ms), wake };
    this.#sleepers.add(sleeper);
    signal?.addEventListener("abort", wake);
    for (const tell of this.#waiting.splice(0)) tell();
    await promise;
    this.#sleepers.delete(sleeper);
    signal?.removeEventListener("abort", wake);
  }

  /** In how many milliseconds each sleeper wakes, the next one first. */
  get pendingMs(): readonly number[] {
    return [...this.#sleepers].map(({ dueMs }) => dueMs - this.#nowMs).sort((a, b) => a - b);
  }

  /** Resolves when at least so many sleep. */
  async sleeping(count = 1): Promise<void> {
    while (this.#sleepers.size < count) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#waiting.push(resolve);
      await promise;
    }
  }

  /**
   * Lets time pass. Sleepers wake in the order they are due, each at its own time, and what they set off is done
   * before the next one wakes; a sleep begun on the way counts from then.
   */
  async advance(ms: number): Promise<void> {
    const untilMs = this.#nowMs + ms;
    await setImmediate();
    for (let next = this.#next(untilMs); next !== undefined; next = this.#next(untilMs)) {
      this.#nowMs = next.dueMs;
      this.#sleepers.delete(next);
      next.wake();
      await setImmediate();
    }
    this.#nowMs = untilMs;
  }

  #next(untilMs: number): Sleeper | undefined {
    const due = [...this.#sleepers].filter(({ dueMs }) => dueMs <= untilMs);
    return due.sort((a, b) => a.dueMs - b.dueMs)[0];
  }
}
