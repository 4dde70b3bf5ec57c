/**
 * How do measured numbers become figures that a person reads?
 * @module
 */

/** The median, or `null` of nothing. */
export function median(values: readonly number[]): number | null {
  return percentile(values, 50);
}

/** The value that `percent` of all are not above, by the nearest rank; `null` of nothing. */
export function percentile(values: readonly number[], percent: number): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  if (percent === 50 && Number.isInteger(middle) && middle > 0) {
    return ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
  }
  return sorted[Math.max(0, Math.ceil(sorted.length * percent / 100) - 1)] ?? null;
}

/** A duration with as many digits as mean something, such as `35 ms`, `1.42 s`, `15.3 s` or `5 min`. */
export function duration(ms: number): string {
  if (ms >= 99_500) return `${(ms / 60_000).toFixed(1).replace(/\.0$/, "")} min`;
  if (ms < 995) return `${Math.round(ms)} ms`;
  return `${(ms / 1000).toFixed(ms < 9_950 ? 2 : 1)} s`;
}

/** Bytes as mebibytes. */
export function mebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}

/** Microseconds, or milliseconds from one on. */
export function microseconds(value: number): string {
  return Math.abs(value) < 1000 ? `${value.toFixed(0)} µs` : `${(value / 1000).toFixed(2)} ms`;
}

/** A share of one processor. */
export function percent(value: number): string {
  return `${value.toFixed(2)} %`;
}

/** A table in Markdown. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), `|${head.map(() => "---|").join("")}`, ...rows.map(line)].join("\n");
}

/** Columns of text, each as wide as its widest cell. */
export function columns(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? "").length))
  );
  return rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ").trimEnd())
    .join("\n");
}

/** Prints a line of a report. */
export function say(line = ""): void {
  const bytes = new TextEncoder().encode(`${line}\n`);
  for (let written = 0; written < bytes.length;) written += Deno.stdout.writeSync(bytes.subarray(written));
}

/** Waits. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
