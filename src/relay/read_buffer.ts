/**
 * How much is read at a time? Little at first, since most connections only ever carry short calls.
 * @module
 */

import type { RelayLimits } from "../core/relay/limits.ts";

/** At each growth. */
const FACTOR = 4;

/** A buffer that grows while it is filled. */
export class ReadBuffer {
  readonly #largestBytes: number;
  #bytes: Uint8Array;

  constructor(limits: Pick<RelayLimits, "firstBufferBytes" | "largestBufferBytes">) {
    this.#bytes = new Uint8Array(limits.firstBufferBytes);
    this.#largestBytes = limits.largestBufferBytes;
  }

  /** Where to read to next. */
  get bytes(): Uint8Array {
    return this.#bytes;
  }

  /** Grows if the last read filled it. What was in it must not be needed any more. */
  fit(readBytes: number): void {
    const { length } = this.#bytes;
    if (readBytes < length || length >= this.#largestBytes) return;
    this.#bytes = new Uint8Array(Math.min(length * FACTOR, this.#largestBytes));
  }
}
