/**
 * Does a program that lacks memory come to its end when it is run again?
 * @module
 */

import { jvmsOf } from "../../tests/real/memory.ts";
import { program } from "../../tests/real/rekindle.ts";
import { duration } from "../figures.ts";
import { runProgram } from "../program_run.ts";
import type { Keeper } from "../rivals/rival.ts";
import { untilUsable } from "../usable.ts";
import type { Row } from "./row.ts";

const MOST_RUNS = 3;
const BACK_MS = 60_000;
/** The result of a collect() is larger than the heap of 1 GiB that all begin with. */
const NEED = ["python", program("memory.py"), "collect", "1150"];

/** `rekindle exec` runs it again by itself; for the others somebody does, as soon as there is a gateway. */
async function measure(keeper: Keeper) {
  const beginMs = performance.now();
  for (let runs = 0; runs < MOST_RUNS;) {
    const { code, stdout } = await runProgram(keeper.place, await keeper.command(NEED));
    // Every run says which JVM it has found.
    runs += Math.max(1, jvmsOf(stdout).length);
    if (code === 0) return { runs, took: performance.now() - beginMs };
    if (await untilUsable(keeper, BACK_MS) === null) break;
  }
  return { runs: null, took: null };
}

/** One lack of twelve: `heal.ts` has the others. */
export const heal: Row<"runs" | "took"> = {
  name: "heal",
  figures: {
    runs: {
      what: `a program needs more heap: runs until it passes, of ${MOST_RUNS}`,
      show: String,
      never: `0 of ${MOST_RUNS} pass`,
    },
    took: { what: "its right result, from the first start", show: duration, never: "never" },
  },
  keeps: "by default",
  breakable: false,
  without: {},
  isOnce: false,
  way: { kind: "in turn", measure },
};
