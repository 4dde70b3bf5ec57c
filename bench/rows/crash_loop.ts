/**
 * What does a gateway cost that cannot start, and does it come back once the cause is gone?
 * @module
 */

import { duration, pause, percent } from "../figures.ts";
import { cpuWithReapedMs } from "../proc.ts";
import { gatewayOf } from "../rivals/rival.ts";
import type { Keeper } from "../rivals/rival.ts";
import { untilUsable } from "../usable.ts";
import { ofEach, type Row } from "./row.ts";

const BROKEN_MS = 60_000;
/** rekindle tries after half a minute, a minute, two minutes when it has given up. */
const BOUND_MS = 180_000;

/** Processor time of those who keep it, with all that they have started and that has ended. */
function cpuMs(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + cpuWithReapedMs(pid), 0);
}

async function measure(keeper: Keeper) {
  const pids = keeper.ownPids();
  const gateway = await gatewayOf(keeper);
  await keeper.breakJava(true);
  // What the gateway has used by now counts as its parent's once it is reaped.
  const beforeMs = cpuMs([...pids, gateway]);
  Deno.kill(gateway, "SIGKILL");
  await pause(BROKEN_MS);
  const usedMs = cpuMs(pids) - beforeMs;
  await keeper.breakJava(false);
  return { cpu: usedMs / BROKEN_MS * 100, back: await untilUsable(keeper, BOUND_MS) };
}

/** A minute in which Java ends at once with exit code 1. */
export const crashLoop: Row<"cpu" | "back"> = {
  name: "crash-loop",
  figures: {
    cpu: { what: "no gateway can start for a minute: processor time of it", show: percent, never: "" },
    back: {
      what: "the cause is gone after a minute of failed starts → usable",
      show: duration,
      never: `not in ${BOUND_MS / 60_000} min`,
    },
  },
  keeps: "one gateway",
  breakable: true,
  without: { "plain PySpark": "starts no other one" },
  isOnce: true,
  way: { kind: "at once", measure: (keepers) => ofEach(keepers, measure) },
};
