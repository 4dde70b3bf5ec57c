/**
 * How soon is a gateway usable again after `kill -9`?
 * @module
 */

import { duration, pause } from "../figures.ts";
import { gatewayOf } from "../rivals/rival.ts";
import type { Keeper, Keeps } from "../rivals/rival.ts";
import { untilUsable } from "../usable.ts";
import type { Row } from "./row.ts";

/** A gateway that has lived for less counts as a failed start with most, which wait then. */
const SETTLED_MS = 2_500;
/** Some look once a second: the kill comes at any moment of it. */
const CYCLE_MS = 1_000;
const BOUND_MS = 30_000;

/** Kills the gateway of one that has settled. @returns Milliseconds until one is usable; `null` when none is within the bound. */
export async function killAndWait(keeper: Keeper): Promise<{ readonly usable: number | null }> {
  await pause(SETTLED_MS + Math.random() * CYCLE_MS);
  Deno.kill(await gatewayOf(keeper), "SIGKILL");
  return { usable: await untilUsable(keeper, BOUND_MS) };
}

function row(name: string, keeps: Keeps, what: string, without: Row["without"] = {}): Row<"usable"> {
  return {
    name,
    figures: { usable: { what, show: duration, never: `not in ${BOUND_MS / 1000} s` } },
    keeps,
    breakable: false,
    without,
    isOnce: false,
    way: { kind: "in turn", measure: killAndWait },
  };
}

/** With the gateway that stands by. */
export const kill = row("kill", "by default", "`kill -9` of the gateway → usable");

/** Like for like: a JVM has to start. */
export const killOfOne = row(
  "kill-of-one",
  "one gateway",
  "the same, where rekindle keeps one gateway as well",
  { "plain PySpark": "as above" },
);
