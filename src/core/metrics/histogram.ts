/**
 * How often was something how large? Counts by upper bound, for what cannot be kept one by one.
 * @module
 */

import type { Family, Sample } from "./family.ts";

/** Counts of values up to each bound and above all of them, and their sum. */
export interface Histogram {
  /** Ascending. */
  readonly bounds: readonly number[];
  /** Of the values between a bound and the one before it; one more than there are bounds. */
  readonly counts: readonly number[];
  readonly sum: number;
}

/** Nothing was observed. @param bounds Ascending. */
export function emptyHistogram(bounds: readonly number[]): Histogram {
  return { bounds, counts: Array(bounds.length + 1).fill(0), sum: 0 };
}

/** One value more. */
export function observed({ bounds, counts, sum }: Histogram, value: number): Histogram {
  const found = bounds.findIndex((bound) => value <= bound);
  const place = found === -1 ? bounds.length : found;
  return {
    bounds,
    counts: counts.map((count, at) => at === place ? count + 1 : count),
    sum: sum + value,
  };
}

/** The family: each bucket counts what the ones below it count as well. */
export function histogramFamily(name: string, help: string, histogram: Histogram): Family {
  let total = 0;
  const buckets = histogram.counts.map((count, at): Sample => {
    total += count;
    return { suffix: "_bucket", labels: { le: boundText(histogram.bounds[at]) }, value: total };
  });
  return {
    name,
    type: "histogram",
    help,
    samples: [
      ...buckets,
      { suffix: "_count", labels: {}, value: total },
      { suffix: "_sum", labels: {}, value: histogram.sum },
    ],
  };
}

/** OpenMetrics writes whole bounds as "1.0"; in both formats, so that a query finds either. */
function boundText(bound: number | undefined): string {
  if (bound === undefined) return "+Inf";
  return Number.isInteger(bound) ? `${bound}.0` : String(bound);
}
