/**
 * What does it cost to keep a gateway for which nobody has any work?
 * @module
 */

import { mebibytes, pause, percent } from "../figures.ts";
import { cpuWithReapedMs, holdingsOf } from "../proc.ts";
import type { Keeper } from "../rivals/rival.ts";
import { ofEach, type Row } from "./row.ts";

/** What belongs to the start is over by then. */
const SETTLED_MS = 10_000;
const IDLE_MS = 30_000;

async function measure(keeper: Keeper) {
  const pids = keeper.ownPids();
  const sum = (value: (pid: number) => number, of = pids) => of.reduce((all, pid) => all + value(pid), 0);
  await pause(SETTLED_MS);
  const beforeMs = sum(cpuWithReapedMs);
  await pause(IDLE_MS);
  const everything = new Set([...pids, ...keeper.place.processes().map((line) => parseInt(line))]);
  return {
    rss: sum((pid) => holdingsOf(pid).rssBytes),
    cpu: (sum(cpuWithReapedMs) - beforeMs) / IDLE_MS * 100,
    all: sum((pid) => holdingsOf(pid).pssBytes, [...everything]),
  };
}

/** By itself rekindle keeps a second gateway, warmed up, which is told as well. */
export const idle: Row<"rss" | "cpu" | "all"> = {
  name: "idle",
  figures: {
    rss: { what: "at rest: memory of the supervisor (RSS)", show: mebibytes, never: "" },
    cpu: { what: "at rest: processor time of the supervisor", show: percent, never: "" },
    all: { what: "at rest: memory of all that is kept, gateways too (PSS)", show: mebibytes, never: "" },
  },
  keeps: "by default",
  breakable: false,
  without: { "plain PySpark": "keeps nothing" },
  isOnce: true,
  way: { kind: "at once", measure: (keepers) => ofEach(keepers, measure) },
};
