/**
 * How many answers may be without an end at a time? Each holds a connection of the daemon's.
 * @module
 */

import { problem } from "./problem.ts";

/** Sockets are what runs out first: systems allow a process some thousands. */
const LIMIT = 1024;

/** The room there is for streams. */
export class StreamRoom {
  readonly #limit: number;
  #taken = 0;

  constructor(limit: number = LIMIT) {
    this.#limit = limit;
  }

  /** How many there are. */
  get taken(): number {
    return this.#taken;
  }

  /** Takes a place: gives it back when called, once; or the answer to whoever finds none. */
  enter(): (() => void) | Response {
    if (this.#taken >= this.#limit) {
      return problem(503, `${this.#limit} streams are open already. Ask again when one has ended.`, {
        "retry-after": "5",
      });
    }
    this.#taken++;
    let isIn = true;
    return () => {
      if (isIn) this.#taken--;
      isIn = false;
    };
  }
}
