/**
 * How do rows of words become columns that fit a terminal? The last column is broken over lines.
 * @module
 */

import { printable } from "../printable.ts";

/** What a terminal holds. */
export const WIDTH = 100;
/** Between two columns. */
const GAP = "  ";

/**
 * Lines of at most {@linkcode WIDTH} characters, as far as the columns before the last one allow.
 * @param indent What every line begins with.
 */
export function columns(rows: readonly (readonly string[])[], indent = ""): readonly string[] {
  return columnsByRow(rows, indent).flat();
}

/** The same, with the lines of each row by themselves. */
export function columnsByRow(
  rows: readonly (readonly string[])[],
  indent = "",
): readonly (readonly string[])[] {
  const clean = rows.map((row) => row.map((cell) => printable(cell)));
  const count = Math.max(...clean.map((row) => row.length)) - 1;
  const widths = Array.from(
    { length: count },
    (_, at) => Math.max(...clean.map((row) => row[at]?.length ?? 0)),
  );
  const before = widths.reduce((sum, width) => sum + width + GAP.length, indent.length);
  return clean.map((row) => {
    const [first = "", ...more] = wrapped(row[count] ?? "", WIDTH - before);
    const head = widths.map((width, at) => (row[at] ?? "").padEnd(width) + GAP).join("");
    return [`${indent}${head}${first}`.trimEnd(), ...more.map((line) => " ".repeat(before) + line)];
  });
}

/** Columns below a title and an empty line before it; nothing when there are no rows. */
export function section(title: string, rows: readonly (readonly string[])[]): readonly string[] {
  return rows.length === 0 ? [] : ["", title, ...columns(rows, "  ")];
}

/** A text in lines, fit for a terminal; a word that is longer than a line stays whole. */
export function wrapped(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of printable(text).split(" ")) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}
