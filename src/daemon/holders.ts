/**
 * Which programs are gone without a word? One that was killed tells nobody, nor does one that came by the environment
 * file. It is looked after while there is such a program, and then every two seconds.
 * @module
 */

import { hasDeparted, type Holder, holderState, LOOK_MS, quietLooks } from "../core/relay/departure.ts";
import type { Clock, Machine } from "../ports.ts";

/** What is needed to watch programs. */
export interface HoldersOptions {
  readonly clock: Clock;
  readonly machine: Pick<Machine, "process">;
  /** How many connections the program of a lease has. */
  readonly connections: (lease: string) => number;
  /** Told once of a lease whose program is gone, which is then forgotten; it must not throw. */
  readonly onGone: (lease: string) => void;
  /** Ends all watching. */
  readonly signal: AbortSignal;
}

interface Watched {
  readonly holder: Holder | null;
  quiet: number;
}

/** The programs behind the leases. */
export class Holders {
  readonly #options: HoldersOptions;
  readonly #watched = new Map<string, Watched>();
  /** Ends the round of looks that is under way: there is one while there is something to look after. */
  #round: AbortController | null = null;

  constructor(options: HoldersOptions) {
    this.#options = options;
    options.signal.addEventListener("abort", () => this.#rest(), { once: true });
  }

  /**
   * Watches a lease whose program has come; anew when it was watched before.
   * @param holder The program's process, or `null` when it is not known.
   */
  hold(lease: string, holder: Holder | null): void {
    if (this.#options.signal.aborted) return;
    this.#watched.set(lease, { holder, quiet: 0 });
    if (this.#round !== null) return;
    this.#round = new AbortController();
    void this.#watch(this.#round.signal);
  }

  /** Watches a lease no more: it has ended otherwise, or its gateway was lost. Harmless when it is not watched. */
  forget(lease: string): void {
    this.#watched.delete(lease);
    if (this.#watched.size === 0) this.#rest();
  }

  #rest(): void {
    this.#watched.clear();
    this.#round?.abort();
    this.#round = null;
  }

  async #watch(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#options.clock.sleep(LOOK_MS, signal);
      for (const [lease, watched] of [...this.#watched]) {
        if (signal.aborted) return;
        if (!await this.#isGone(lease, watched)) continue;
        this.forget(lease);
        this.#options.onGone(lease);
      }
    }
  }

  async #isGone(lease: string, watched: Watched): Promise<boolean> {
    const { connections, machine } = this.#options;
    const { holder } = watched;
    try {
      // Only for one without a connection is the kernel asked.
      const vitals = holder && connections(lease) === 0 ? await machine.process(holder.pid) : null;
      // It was forgotten, or held anew, in the meantime.
      if (this.#watched.get(lease) !== watched) return false;
      // Counted after the answer: it may have come with a new connection.
      watched.quiet = quietLooks(watched.quiet, connections(lease));
      return hasDeparted(watched.quiet, holderState(holder, vitals));
    } catch {
      // A look that fails says nothing, neither for nor against.
      return false;
    }
  }
}
