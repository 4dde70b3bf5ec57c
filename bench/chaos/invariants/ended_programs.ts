/**
 * Does every program come to an end? What counts is how long it has not come forward, not how long it takes.
 * @module
 */

import type { Invariant } from "../invariant.ts";

/**
 * So long a program may be without a new line, in milliseconds. A gateway that is stopped is replaced after 30 s, a wait
 * between two starts lasts a minute at most, a start as long: together less than half of this.
 */
const STUCK_MS = 300_000;

/** Watches the programs of each step. */
export function endedPrograms(): Invariant {
  return {
    what: "no program hangs",
    always: (_, programs) =>
      programs.flatMap(({ end, plan, lines, progressAtMs }) =>
        end === null && performance.now() - progressAtMs > STUCK_MS
          ? [`${plan.kind} by ${plan.way} has stood still for ${STUCK_MS / 1000} s after ${lines} lines`]
          : []
      ),
  };
}
