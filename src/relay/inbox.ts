/**
 * What does a program send, of which the first may come before there is anybody to pass it to?
 * @module
 */

import type { Connection } from "../ports.ts";

/** More than a program sends before it is answered, which is nothing. */
const AHEAD_BYTES = 4096;

/** Reads one end of a connection; only one may wait in it at a time, except for {@linkcode left}. */
export class Inbox {
  readonly #connection: Connection;
  #rest: Uint8Array;
  #ahead: Promise<Uint8Array | null> | null = null;

  /** @param rest What was read with the secret and behind it. */
  constructor(connection: Connection, rest: Uint8Array) {
    this.#connection = connection;
    this.#rest = rest;
  }

  /** Calls back when the program hangs up before anybody reads; not when it says something first. */
  left(tell: () => void): void {
    this.#ahead ??= this.#read(new Uint8Array(AHEAD_BYTES));
    void this.#ahead.then((bytes) => bytes === null && tell());
  }

  /** The next bytes, which may be in `buffer`; `null` at the end, however it came. */
  async next(buffer: Uint8Array): Promise<Uint8Array | null> {
    if (this.#rest.length > 0) {
      const rest = this.#rest;
      this.#rest = new Uint8Array();
      return rest;
    }
    if (this.#ahead === null) return await this.#read(buffer);
    const bytes = await this.#ahead;
    this.#ahead = null;
    return bytes;
  }

  async #read(buffer: Uint8Array): Promise<Uint8Array | null> {
    try {
      const count = await this.#connection.read(buffer);
      return count === null ? null : buffer.subarray(0, count);
    } catch {
      // Reset by the other end, which is as good an end as any.
      return null;
    }
  }
}
