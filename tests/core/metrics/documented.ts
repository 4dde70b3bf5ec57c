/**
 * What there is to know of each metric, in the words of a query: for the documents that name them.
 * @module
 */

import type { Family } from "../../../src/core/metrics/family.ts";
import { familiesOf } from "../../../src/core/metrics/families.ts";
import { snapshot } from "./snapshots.ts";

/** Everything that is ever published, on a machine that tells everything. */
export const FAMILIES: readonly Family[] = familiesOf(snapshot());

/** The name that a query begins from: of a histogram and a summary without what follows it. */
export function queryName({ name, type }: Family): string {
  return type === "counter" ? `${name}_total` : type === "info" ? `${name}_info` : name;
}

/** Every name of a sample. */
export function sampleNames(family: Family): readonly string[] {
  return [...new Set(family.samples.map(({ suffix }) => queryName(family) + (suffix ?? "")))];
}

/** The labels, without the bound of a bucket. */
export function labelNames({ samples }: Family): readonly string[] {
  return [...new Set(samples.flatMap(({ labels }) => Object.keys(labels)))].filter((name) => name !== "le");
}

/** The line of the table in docs/METRICS.md. */
export function rowOf(family: Family): string {
  const labels = labelNames(family).map((name) => `\`${name}\``).join(", ");
  return `| \`${queryName(family)}\` | ${family.type} | ${labels} | ${family.help} |`;
}

/** The names of metrics in a text of queries. */
export function namesIn(text: string): readonly string[] {
  return [...new Set(text.match(/\b(?:rekindle|jvm|process)_[a-z_]+\b/g) ?? [])];
}
