/**
 * When is a gateway usable? When it answers an authenticated call of Java code, whoever keeps it.
 * @module
 */

import { answersAt } from "../src/drill/watch.ts";
import { dialer } from "../src/runtime/net.ts";
import { pause } from "./figures.ts";
import type { Keeper } from "./rivals/rival.ts";

/** A gateway that takes longer for one call, in milliseconds, is asked anew: it may have been replaced. */
const ANSWER_MS = 1_000;
const LOOK_MS = 5;

/** How long it takes from now to the first answer, in milliseconds; `null` when none comes within the bound. */
export async function untilUsable(keeper: Pick<Keeper, "way">, boundMs: number): Promise<number | null> {
  const beginMs = performance.now();
  while (performance.now() - beginMs < boundMs) {
    const way = await keeper.way();
    if (way !== null && await answersAt(way, { dialer, withinMs: ANSWER_MS })) {
      return performance.now() - beginMs;
    }
    await pause(LOOK_MS);
  }
  return null;
}
