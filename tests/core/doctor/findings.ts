/**
 * What is expected of an examination.
 * @module
 */

import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import type { Examination, Severity } from "../../../src/core/doctor/finding.ts";

/** A finding, by its severity, what it says, and what it says to do. */
export type Expected = readonly [severity: Severity, what: RegExp, fix: RegExp];

/** Asserts that exactly these findings were made, in this order, and that each one tells all a person needs. */
export function finds({ seen, findings }: Examination, expected: readonly Expected[]): void {
  ok(seen.length > 0, "it says what was seen");
  const told = findings.map(({ severity, what }) => `${severity}: ${what}`);
  deepStrictEqual(
    findings.map(({ severity }) => severity),
    expected.map(([severity]) => severity),
    told.join("\n"),
  );
  for (const [at, [, what, fix]] of expected.entries()) {
    match(findings[at]?.what ?? "", what);
    match(findings[at]?.fix ?? "", fix);
    ok((findings[at]?.why ?? "").length > 10, "it says why that matters");
    strictEqual(/\.$/.test(findings[at]?.what ?? ""), false, "the full stop is the printer's");
  }
}

/** One case: what is other than usual, and what is found. */
export type Case<Facts> = readonly [name: string, other: Partial<Facts>, ...expected: readonly Expected[]];

/** Tests every case, and that nothing is found where all is as usual. */
export function testCases<Facts>(
  symbol: string,
  { examine, usual, cases }: {
    readonly examine: (facts: Facts) => Examination;
    readonly usual: NoInfer<Facts>;
    readonly cases: readonly Case<NoInfer<Facts>>[];
  },
): void {
  Deno.test(`${symbol}: finds nothing where all is well`, () => finds(examine(usual), []));
  for (const [name, other, ...expected] of cases) {
    Deno.test(`${symbol}: ${name}`, () => finds(examine({ ...usual, ...other }), expected));
  }
}
