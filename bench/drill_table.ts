/**
 * How are the drills' outcomes told: as tables in the documentation, medians of all runs.
 * @module
 */

import { duration, markdownTable, median } from "./figures.ts";
import type { LaunchOutcome } from "./launch_drill.ts";
import type { LaunchFault } from "./launch_faults.ts";
import { BOUND_MS, type RunningOutcome } from "./running_drill.ts";
import type { RunningFault } from "./running_faults.ts";

/** Everything seen of one fault on one PySpark. */
export interface Rows<F, O> {
  readonly fault: F;
  readonly version: string;
  readonly outcomes: readonly O[];
  /** Why there are none, or fewer. */
  readonly failures: readonly string[];
}

/** The table of faults of running gateways. */
export function runningTable(rows: readonly Rows<RunningFault, RunningOutcome>[]): string {
  return markdownTable(
    ["while the gateway runs", "PySpark", "noticed after", "verdict", "usable again after", "n"],
    rows.map(({ fault, version, outcomes, failures }) => [
      fault.what,
      version,
      time(
        outcomes.map(({ noticedMs }) => noticedMs),
        fault.harmless ? "nothing to notice" : `not in ${BOUND_MS / 1000} s`,
      ),
      verdictCell(outcomes, fault.expected, failures),
      time(outcomes.map(({ usableMs }) => usableMs), fault.harmless ? "stays usable" : "–") +
      (outcomes.some(({ relieved }) => relieved) ? ", from then" : ""),
      String(outcomes.length),
    ]),
  );
}

/** The table of faults of starts. */
export function launchTable(rows: readonly Rows<LaunchFault, LaunchOutcome>[]): string {
  return markdownTable(
    ["while it starts", "PySpark", "said after", "verdict", "then", "n"],
    rows.map(({ fault, version, outcomes, failures }) => [
      fault.what,
      version,
      time(outcomes.map(({ saidMs }) => saidMs), "–"),
      verdictCell(outcomes, fault.expected, failures),
      // The numbers in it differ from run to run: the first one stands for all.
      outcomes[0]?.then ?? "–",
      String(outcomes.length),
    ]),
  );
}

/** What shows at once whether something is not as it should be. */
export function isAsExpected(
  { outcomes, failures }: Rows<unknown, { readonly expected: boolean }>,
): boolean {
  return failures.length === 0 && outcomes.every(({ expected }) => expected);
}

function time(values: readonly (number | null)[], never: string): string {
  const known = values.filter((value) => value !== null);
  const middle = median(known);
  if (middle === null) return never;
  const missing = values.length - known.length;
  return duration(middle) + (missing === 0 ? "" : ` (${missing} of ${values.length}: ${never})`);
}

interface Judged {
  readonly verdict: string;
  readonly expected: boolean;
  readonly notes: readonly string[];
}

function verdictCell(
  outcomes: readonly Judged[],
  expected: readonly string[],
  failures: readonly string[],
): string {
  const verdicts = [...new Set(outcomes.map(({ verdict }) => verdict))];
  const notes = [...new Set([...outcomes.flatMap((outcome) => outcome.notes), ...failures])];
  const wrong = outcomes.filter((outcome) => !outcome.expected).length + failures.length;
  return [
    verdicts.map((verdict) => verdict === "none" ? "none" : verdict.replace(/^\S+/, "`$&`")).join(", "),
    ...notes,
    ...(wrong === 0 ? [] : [`**not as expected** (${expected.join(" or ")})`]),
  ].filter((part) => part !== "").join("; ");
}
