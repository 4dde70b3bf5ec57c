/**
 * Which incidents are given up for new ones? A pure choice by age, number and size.
 * @module
 */

/** One incident as far as the choice needs it. */
export interface KeptIncident {
  readonly id: string;
  readonly class: string;
  /** The wall clock, in milliseconds since 1970. */
  readonly atMs: number;
  /** Of everything in its folder but a heap dump. */
  readonly bytes: number;
}

/**
 * How many heap dumps are kept. They count for themselves, and not into the budget of bytes: one of them may be larger
 * than all other evidence together.
 */
export const KEPT_DUMPS = 3;

/** For so long after a heap dump none of the same class of cause is kept: it would show the same. */
export const DUMP_AGAIN_MS = 86_400_000;

/**
 * Which incidents' heap dumps have to go.
 * @param withDump Those that have one, oldest first.
 */
export function superfluousDumps<T>(withDump: readonly T[]): readonly T[] {
  return withDump.slice(0, -KEPT_DUMPS);
}

/** How much may be kept. */
export interface Budget {
  readonly bytes: number;
  readonly count: number;
  readonly ageMs: number;
}

/** What is kept unless somebody says otherwise: 256 MiB, fifty incidents, thirty days. */
export const BUDGET: Budget = { bytes: 256 * 2 ** 20, count: 50, ageMs: 30 * 86_400_000 };

/**
 * Names what has to go, so that the rest is within the budget. What is too old goes in any case. Then the oldest go
 * first, but of a streak (incidents in a row of one class) the first and the last stay as long as anything else can
 * go: how a trouble began and how it stands tell more than its repetitions. The newest incident always stays.
 * @param kept Oldest first; the last one is the newest.
 */
export function superfluous(
  kept: readonly KeptIncident[],
  nowMs: number,
  budget: Budget = BUDGET,
): readonly string[] {
  const newest = kept.at(-1);
  const isOld = (each: KeptIncident) => each !== newest && nowMs - each.atMs > budget.ageMs;
  const young = kept.filter((each) => !isOld(each));
  const isWithin = (each: KeptIncident, at: number) =>
    young[at - 1]?.class === each.class && young[at + 1]?.class === each.class;
  const order = [
    ...young.filter(isWithin),
    ...young.filter((each, at) => each !== newest && !isWithin(each, at)),
  ];
  const gone = kept.filter(isOld);
  let count = young.length;
  let bytes = young.reduce((sum, each) => sum + each.bytes, 0);
  for (const each of order) {
    if (count <= budget.count && bytes <= budget.bytes) break;
    gone.push(each);
    count--;
    bytes -= each.bytes;
  }
  return gone.map(({ id }) => id);
}
