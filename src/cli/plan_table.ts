/**
 * How does a person read a memory plan? The regions as a table, and what of the limit is left for them.
 * @module
 */

import { formatSize } from "../core/jvm_flags.ts";
import { LIMIT_OF } from "../core/memory/budget.ts";
import type { MemoryPlan, Pins } from "../core/memory/plan.ts";
import { renderPlan, sizeWordOf } from "../core/memory/plan_flags.ts";
import { REGIONS, TITLE_OF } from "../core/memory/region.ts";
import type { Region, SizedRegion } from "../core/memory/region.ts";
import { PAINT } from "./colour.ts";
import { columns, columnsByRow, WIDTH, wrapped } from "./columns.ts";

const HEAD = ["REGION", "SIZE", "FLAG", "FROM", "WHY"];

/** How rows that changed are shown. */
export interface Marks {
  readonly changed: readonly SizedRegion[];
  readonly colour: boolean;
}

/** Every region in a row; a `*` marks those that changed. */
export function regionTable(plan: MemoryPlan, marks: Marks | null = null): readonly string[] {
  const flags = renderPlan(plan);
  const flagOf = (region: Region) => flags.find((flag) => sizeWordOf(flag)?.region === region);
  const isChanged = (region: Region) => marks?.changed.some((each) => each === region) ?? false;
  const rows = REGIONS.map((region) => {
    const { bytes, provenance, why } = plan[region];
    const size = region === "stack" ? `${formatSize(bytes)} each` : formatSize(bytes);
    const flag = flagOf(region) ?? (region === "overhead" ? "-" : "your own");
    return [`${isChanged(region) ? "*" : ""}${TITLE_OF[region]}`, size, flag, provenance, why];
  });
  const [head = [], ...lines] = columnsByRow([HEAD, ...rows]);
  const isColoured = (at: number) => marks?.colour === true && isChanged(REGIONS[at] ?? "overhead");
  const coloured = lines.map((row, at) =>
    isColoured(at) ? row.map((line) => `${PAINT.attention}${line}${PAINT.plain}`) : row
  );
  return [...head, ...coloured.flat()];
}

/**
 * What the limit is spent on, and whether it is enough.
 * @param whose Whose limit it is, where that is not the plan's own word.
 */
export function budgetPart(plan: MemoryPlan, pins: Pins, whose: string | null = null): readonly string[] {
  const { budget, totalBytes, shortBytes, stack } = plan;
  const counted = `the regions together; stacks count ${formatSize(stack.countedBytes)} in all, the class ` +
    "space is in the metaspace";
  const rows = [
    ["limit", formatSize(budget.bytes), whose ?? LIMIT_OF[budget.source]],
    ...budget.reserves.map((each) => [`- ${each.for}`, formatSize(each.bytes), each.why]),
    ["= JVM", formatSize(budget.jvmBytes), "what is left for it"],
    ["planned", formatSize(totalBytes), counted],
    shortBytes > 0
      ? ["short", formatSize(shortBytes), "the kernel may kill the gateway when it uses all it may"]
      : ["slack", formatSize(budget.jvmBytes - totalBytes), "planned for nobody"],
  ];
  const lines = ["Budget", ...columns(rows, "  ")];
  return shortBytes > 0
    ? [...lines, ...wrapped(remedyOf(plan, pins), WIDTH - 2).map((line) => `  ${line}`)]
    : lines;
}

/** What brings a plan that is too large for its budget back into it. */
function remedyOf({ budget, shortBytes }: MemoryPlan, pins: Pins): string {
  const fixed = Object.values(pins).map(({ by }) => by);
  const lower = fixed.length > 0
    ? `lower what is fixed by ${fixed.join(", ")}`
    : "run fewer tasks at once (local[N])";
  const raise = budget.source === "machine"
    ? "use a larger machine"
    : `raise the limit ${LIMIT_OF[budget.source]}`;
  return `What to do: ${raise} by ${formatSize(shortBytes)}, or ${lower}.`;
}
