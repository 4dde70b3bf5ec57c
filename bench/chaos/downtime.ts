/**
 * For how long was there no gateway that is ready?
 * @module
 */

import { pause } from "../figures.ts";
import type { Site } from "./site.ts";

/** How often the daemon is asked, in milliseconds: what is shorter may not be seen. */
const ASK_MS = 100;

/** Asks the daemon all the time; no answer is no gateway. */
export class Downtime {
  readonly #site: Site;
  #downSinceMs: number | null = null;
  #longestMs = 0;

  constructor(site: Site) {
    this.#site = site;
  }

  /** Forgets what was. */
  begin(): void {
    this.#longestMs = 0;
  }

  /** The longest time without one since the beginning, in milliseconds; one that has not ended yet counts. */
  get longestMs(): number {
    const now = this.#downSinceMs === null ? 0 : performance.now() - this.#downSinceMs;
    return Math.max(this.#longestMs, now);
  }

  /** Asks until it is told to end. */
  async watch(isOver: () => boolean): Promise<void> {
    for (; !isOver(); await pause(ASK_MS)) {
      const askedMs = performance.now();
      if ((await this.#site.status())?.ready !== true) this.#downSinceMs ??= askedMs;
      else {
        this.#longestMs = this.longestMs;
        this.#downSinceMs = null;
      }
    }
  }
}
