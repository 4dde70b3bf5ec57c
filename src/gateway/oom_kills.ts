/**
 * How many out-of-memory kills of the kernel fell into a gateway's life?
 * @module
 */

import type { OomKills } from "../ports.ts";

/** What two counts have between them; `null` where either is not known. */
export function killsBetween(before: OomKills, after: OomKills): OomKills {
  return {
    group: difference(before.group, after.group),
    machine: difference(before.machine, after.machine),
  };
}

function difference(before: number | null, after: number | null): number | null {
  return before === null || after === null ? null : after - before;
}
