/**
 * How soon is a gateway usable again that stands still, and runs no Java code any more?
 * @module
 */

import { gatewayOf } from "../rivals/rival.ts";
import { duration } from "../figures.ts";
import { untilUsable } from "../usable.ts";
import { ofEach, type Row } from "./row.ts";

const BOUND_MS = 60_000;

/** SIGSTOP. A gateway that stands by would hide it: the next program would not meet the one that hangs. */
export const hang: Row<"usable"> = {
  name: "hang",
  figures: {
    usable: {
      what: "the gateway hangs (`kill -STOP`) → usable",
      show: duration,
      never: `not in ${BOUND_MS / 1000} s`,
    },
  },
  keeps: "one gateway",
  breakable: false,
  without: {},
  isOnce: false,
  way: {
    kind: "at once",
    measure: (keepers) =>
      ofEach(keepers, async (keeper) => {
        Deno.kill(await gatewayOf(keeper), "SIGSTOP");
        return { usable: await untilUsable(keeper, BOUND_MS) };
      }),
  },
};
