/**
 * What does a check say of an installation?
 * @module
 */

/**
 * How bad something is: an `error` keeps the gateway or the first program from working, a `warning` will bite some
 * programs or some day, a `note` is worth knowing when something else goes wrong.
 */
export type Severity = "error" | "warning" | "note";

/** One thing that is not as it should be. */
export interface Finding {
  readonly severity: Severity;
  /** What is so, one sentence without its full stop. */
  readonly what: string;
  /** What comes of it. */
  readonly why: string;
  /** What to type, or where, to put it right. */
  readonly fix: string;
}

/** What one check has seen. */
export interface Examination {
  /** What was looked at and how it is, in a few words. */
  readonly seen: string;
  readonly findings: readonly Finding[];
}

/** The gravest of all findings; `null` without any. */
export function worstOf(findings: readonly Finding[]): Severity | null {
  const order: readonly Severity[] = ["error", "warning", "note"];
  return order.find((severity) => findings.some((each) => each.severity === severity)) ?? null;
}
