/**
 * When has a daemon with a standby nothing left to prepare?
 * @module
 */

import type { Status } from "../../src/api/status.ts";

/** Whether a program would find a warm gateway, and the next one another. */
export function rests({ pool: { seats } }: Status): boolean {
  return seats.length === 2 &&
    seats.every(({ phase, warmth, programs, retirement }) =>
      phase === "ready" && warmth === "warm" && programs === 0 && retirement === null
    );
}

/** Whether what later gateways start sooner by has been made, or cannot be. */
export function hasHeadStart({ archive, bytecode }: Status): boolean {
  return ![archive, bytecode].some((state) => /none yet|being made/.test(state));
}
