import assert from "node:assert/strict";
import fc from "fast-check";
import { parseHsErr } from "../../../src/core/hs_err/hs_err.ts";
import { hsErrVerdict } from "../../../src/core/hs_err/hs_err_verdict.ts";
import { damaged } from "../../damage.ts";
import { fuzz } from "../../fuzz.ts";
import { numbered, report, REPORTS, texts } from "./hs_err_fixtures.ts";

const WHOLE = REPORTS.map((name) => texts(report(name)).join("\n"));

fuzz(
  "an error report, damaged anyhow: read without an exception, and nothing told that is not in it",
  400,
  fc.property(damaged(WHOLE), (bytes) => {
    const lines = numbered(new TextDecoder().decode(bytes).split("\n"));
    const hsErr = parseHsErr(lines);
    if (hsErr === null) return;
    // Every fact has its line, and it stands there.
    const told = JSON.stringify(hsErr, (_, value) => {
      if (typeof value === "number") assert.ok(Number.isFinite(value), `${value}`);
      // Less a log's prefix.
      if (isLine(value)) assert.ok(lines[value.number - 1]?.text.includes(value.text));
      return value;
    });
    assert.ok(told.length <= 4 * bytes.length + 4096, `${told.length} of ${bytes.length}`);
    const { evidence, summary, remedy, fatal } = hsErrVerdict(hsErr);
    assert.equal(fatal, true);
    for (const { line } of evidence) assert.ok(line !== null && line >= 1 && line <= lines.length);
    for (const sentence of [summary, remedy]) {
      assert.match(sentence, /^[^\n]+\.$/);
      assert.doesNotMatch(sentence, /\b(?:undefined|NaN|Infinity|null)\b/);
    }
  }),
);

function isLine(value: unknown): value is { readonly number: number; readonly text: string } {
  return typeof value === "object" && value !== null && "number" in value && "text" in value;
}
