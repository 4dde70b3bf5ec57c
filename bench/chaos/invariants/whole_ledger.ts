/**
 * Does the ledger tell of every generation once, in order, with one end for each?
 * @module
 */

import { join } from "@std/path";
import { readLedger } from "../../../src/core/ledger/ledger.ts";
import { LEDGER_FILE } from "../../../src/supervisor/ledger.ts";
import type { Invariant } from "../invariant.ts";
import type { Site } from "../site.ts";

/** What a full disk has cost is remembered, so that it is not held against the steps behind it. */
export function wholeLedger(): Invariant {
  /** Generations whose end was lost, and how many lines cannot be read, until a new daemon repairs the file. */
  const lostEnds = new Set<number>();
  let lostLines = 0;
  const look = async (
    site: Site,
    living: readonly number[],
    mayLack: boolean,
  ): Promise<readonly string[]> => {
    const text = await Deno.readTextFile(join(site.place.stateDir, LEDGER_FILE)).catch(() => "");
    const { records, damagedLines, tornBytes, open } = readLedger(text);
    const damaged = damagedLines + (tornBytes > 0 ? 1 : 0);
    const withoutEnd = open.map(({ generation }) => generation).filter((each) => !living.includes(each));
    if (mayLack) {
      withoutEnd.forEach((each) => lostEnds.add(each));
      lostLines = damaged;
    }
    const broken: string[] = [];
    if (damaged > lostLines) broken.push(`the ledger has ${damaged} lines that cannot be read`);
    const launched = records.flatMap((each) => each.kind === "launched" ? [each.generation] : []);
    for (const [at, generation] of launched.entries()) {
      const before = launched[at - 1] ?? 0;
      if (generation <= before) broken.push(`generation ${generation} was launched behind ${before}`);
    }
    for (const kind of ["started", "ready", "ended"] as const) {
      const numbers = records.flatMap((each) => each.kind === kind ? [each.generation] : []);
      const twice = numbers.filter((number, at) => numbers.indexOf(number) !== at);
      if (twice.length > 0) broken.push(`the ledger has "${kind}" twice of generation ${twice.join(", ")}`);
    }
    const lost = withoutEnd.filter((each) => !lostEnds.has(each));
    if (lost.length > 0) broken.push(`the ledger has no end of generation ${lost.join(", ")}`);
    return broken;
  };
  return {
    what: "the ledger is whole: it can be read, generations grow, each has one end",
    atRest: ({ site, status, mayLackRecords }) =>
      look(site, status.pool.seats.map(({ generation }) => generation), mayLackRecords),
    atEnd: (site) => look(site, [], false),
  };
}
