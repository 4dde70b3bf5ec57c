/**
 * How soon does a program have its first result, and how soon has the next one, right behind it?
 * @module
 */

import { duration } from "../figures.ts";
import type { Keeper } from "../rivals/rival.ts";
import { runShape, SHAPES } from "../shape_run.ts";
import type { Row } from "./row.ts";

async function firstResultMs(keeper: Keeper): Promise<number> {
  const command = await keeper.command(["python", SHAPES, "sql"]);
  return (await runShape(keeper.place, command, [])).firstMs;
}

/** SQL with a join, by a program that knows nothing of who keeps its gateway. */
export const firstResult: Row<"first" | "next"> = {
  name: "first-result",
  figures: {
    first: { what: "a program's start → its first result", show: duration, never: "never" },
    next: { what: "the next program, right behind it", show: duration, never: "never" },
  },
  keeps: "by default",
  breakable: false,
  without: {},
  isOnce: false,
  way: {
    kind: "in turn",
    measure: async (keeper) => ({ first: await firstResultMs(keeper), next: await firstResultMs(keeper) }),
  },
};
