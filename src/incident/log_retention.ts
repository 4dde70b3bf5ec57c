/**
 * Which files of HotSpot in the folder of logs are given up? A report goes there when the JVM that wrote it was ended on
 * request, and no incident ever takes it.
 * @module
 */

import { join } from "@std/path";
import { reasonOf } from "../errors.ts";
import type { Clock, Files } from "../ports.ts";

/** One file of the folder. */
export interface KeptLog {
  readonly name: string;
  /** The wall clock, in milliseconds since 1970. */
  readonly modifiedMs: number;
}

/** How many may be kept, and for how long. */
export interface LogBudget {
  readonly count: number;
  readonly ageMs: number;
}

/** What is kept unless somebody says otherwise: twenty files, of at most 200 KiB as a rule, and thirty days. */
export const LOG_BUDGET: LogBudget = { count: 20, ageMs: 30 * 86_400_000 };

/** Error reports, what the compiler was at, and logs of collections; the gateway's outputs are limited by themselves. */
const OF_HOTSPOT = /^(?:hs_err_|replay_|gc[._-])/;

/** Names what is too old, and the oldest beyond the number. Files of another kind are never named. */
export function staleLogs(
  kept: readonly KeptLog[],
  nowMs: number,
  budget: LogBudget = LOG_BUDGET,
): readonly string[] {
  return kept.filter(({ name }) => OF_HOTSPOT.test(name))
    .toSorted((a, b) => b.modifiedMs - a.modifiedMs)
    .filter(({ modifiedMs }, at) => at >= budget.count || nowMs - modifiedMs > budget.ageMs)
    .map(({ name }) => name);
}

/** What was removed, and what could not be and why: paths. */
export interface Pruned {
  readonly removed: readonly string[];
  readonly failed: readonly { readonly path: string; readonly reason: string }[];
}

/** Removes what {@linkcode staleLogs} names. Call it while no gateway of this folder runs. Never rejects. */
export async function pruneLogs(
  folder: string,
  { files, clock }: { readonly files: Files; readonly clock: Clock },
): Promise<Pruned> {
  const removed: string[] = [];
  const failed: { path: string; reason: string }[] = [];
  const kept: KeptLog[] = [];
  for (const name of await files.list(folder)) {
    const stat = await files.stat(join(folder, name));
    if (stat?.isFile) kept.push({ name, modifiedMs: stat.modifiedMs });
  }
  for (const name of staleLogs(kept, clock.date().getTime())) {
    const path = join(folder, name);
    try {
      await files.remove(path);
      removed.push(path);
    } catch (error) {
      failed.push({ path, reason: reasonOf(error) });
    }
  }
  return { removed, failed };
}
