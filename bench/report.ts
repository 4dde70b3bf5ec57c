/**
 * Is rekindle ahead of its rivals, and how is that told in a table?
 * @module
 */

import { markdownTable, median } from "./figures.ts";
import type { Figure, Reading } from "./rows/row.ts";

/** What there is of one rival for one figure. */
export type Cell =
  /** One reading of each round, but for those that failed. */
  | { readonly kind: "measured"; readonly readings: readonly Reading[]; readonly failures: readonly string[] }
  | { readonly kind: "absent"; readonly reason: string };

/** One figure of all, by name. */
export interface Line {
  readonly figure: Figure;
  readonly cells: ReadonlyMap<string, Cell>;
}

/** How rekindle stands beside the best of its rivals. */
export interface Standing {
  readonly kind: "ahead" | "level" | "behind";
  readonly rival: string;
  /** How many times better one is than the other, at least 1; infinite beside what never came, or is nothing. */
  readonly factor: number;
}

/** Medians that differ by less than this are level: two runs of the same differ by as much. */
const LEVEL_FACTOR = 1.1;

/** The median, in which what never came is greater than everything else. */
function middle(readings: readonly Reading[]): number {
  return median(readings.map((reading) => reading ?? Infinity)) ?? Infinity;
}

/** How one of the line stands beside the best of the others; `null` when one side is missing. */
export function standingOf(cells: Line["cells"], name: string): Standing | null {
  const middles = cells.entries().flatMap(([rival, cell]) =>
    cell.kind === "measured" ? [[rival, middle(cell.readings)] as const] : []
  ).toArray();
  const ours = middles.find(([rival]) => rival === name)?.[1];
  const [best] = middles.filter(([rival]) => rival !== name).toSorted(([, a], [, b]) => a < b ? -1 : 1);
  if (ours === undefined || best === undefined) return null;
  const [rival, theirs] = best;
  const factor = ours === theirs ? 1 : Math.max(ours, theirs) / Math.min(ours, theirs);
  return { kind: factor < LEVEL_FACTOR ? "level" : ours < theirs ? "ahead" : "behind", rival, factor };
}

/** A table in Markdown: a line for each figure, a column for each rival, and how the first one stands. */
export function tableOf(lines: readonly Line[], names: readonly string[]): string {
  const [first = ""] = names;
  return markdownTable(
    ["less is better", ...names, `${first} is`],
    lines.map(({ figure, cells }) => [
      figure.what,
      ...names.map((name) => cellText(figure, cells.get(name))),
      standingText(standingOf(cells, first)),
    ]),
  );
}

function cellText({ show, never }: Figure, cell: Cell | undefined): string {
  if (cell === undefined) return "";
  if (cell.kind === "absent") return cell.reason;
  const all = cell.readings.length;
  const known = cell.readings.filter((reading) => reading !== null);
  const [least, most] = [Math.min(...known), Math.max(...known)];
  const spread = least === most ? show(least) : `${show(least)} to ${show(most)}`;
  const typical = middle(cell.readings);
  if (!Number.isFinite(typical)) {
    return known.length === 0 ? never : `${never} (${known.length} of ${all}: ${spread})`;
  }
  const missing = known.length === all ? [] : [`${all - known.length} of ${all}: ${never}`];
  const failed = cell.failures.length === 0 ? [] : [`${cell.failures.length} failed`];
  const notes = [...all === 1 || spread === show(typical) ? [] : [spread], ...missing, ...failed];
  return show(typical) + (notes.length === 0 ? "" : ` (${notes.join(", ")})`);
}

function standingText(standing: Standing | null): string {
  if (standing === null) return "";
  const { kind, rival, factor } = standing;
  switch (kind) {
    case "level":
      return `level with ${rival}`;
    case "ahead":
      return Number.isFinite(factor) ? `ahead: ${times(factor)} of ${rival}` : "ahead of all";
    case "behind":
      return `**behind** ${rival}${Number.isFinite(factor) ? `: ${times(factor)}` : ""}`;
  }
}

function times(factor: number): string {
  return `${factor.toFixed(factor < 9.95 ? 1 : 0)}x`;
}
