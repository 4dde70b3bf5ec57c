/**
 * Waiting for what another side does, a turn of the event loop at a time.
 * @module
 */

import { setImmediate } from "node:timers/promises";

/** So many turns are minutes of waiting for a socket: what has not come by then will not. */
const TURNS = 1_000_000;

/** @throws {Error} When it does not come true. */
export async function turnsUntil(isTrue: () => boolean): Promise<void> {
  for (let turn = 0; turn < TURNS; turn++) {
    if (isTrue()) return;
    await setImmediate();
  }
  throw new Error(`It did not come true: ${isTrue}`);
}
