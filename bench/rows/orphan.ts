/**
 * What becomes of the gateway when its supervisor is killed, and is there one of it when that is back?
 * @module
 */

import { duration, pause } from "../figures.ts";
import { childrenOf, gatewaysOf, isAlive } from "../proc.ts";
import { gatewayOf } from "../rivals/rival.ts";
import type { Keeper } from "../rivals/rival.ts";
import { untilUsable } from "../usable.ts";
import type { Row } from "./row.ts";

const END_MS = 10_000;
const BACK_MS = 60_000;
const LOOK_MS = 5;

/** How long it takes from now, in milliseconds; `null` when it does not come within the bound. */
async function untilTrue(look: () => boolean, boundMs: number): Promise<number | null> {
  for (const beginMs = performance.now(); performance.now() - beginMs < boundMs; await pause(LOOK_MS)) {
    if (look()) return performance.now() - beginMs;
  }
  return null;
}

async function measure(keeper: Keeper) {
  const gateway = await gatewayOf(keeper);
  const own = keeper.ownPids();
  // Of runit's two it is the one that has it as a child.
  const supervisor = own.find((pid) => childrenOf(pid).includes(gateway)) ?? own[0];
  if (supervisor === undefined) throw new Error("There is nothing that keeps the gateway");
  Deno.kill(supervisor, "SIGKILL");
  const ended = await untilTrue(() => !isAlive(gateway), END_MS);
  await keeper.again();
  const others = () => gatewaysOf(keeper.place).filter((pid) => pid !== gateway);
  await untilTrue(() => others().length > 0, BACK_MS);
  if (await untilUsable(keeper, BACK_MS) === null) throw new Error("no gateway came back");
  return { ended, gateways: gatewaysOf(keeper.place).length };
}

/** `kill -9` of what has the gateway for a child. */
export const orphan: Row<"ended" | "gateways"> = {
  name: "orphan",
  figures: {
    ended: { what: "`kill -9` of the supervisor → its gateway has ended", show: duration, never: "runs on" },
    gateways: { what: "gateways when the supervisor is back", show: String, never: "" },
  },
  keeps: "one gateway",
  breakable: false,
  without: { systemd: "is process 1" },
  isOnce: false,
  way: { kind: "in turn", measure },
};
