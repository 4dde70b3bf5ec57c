import assert from "node:assert/strict";
import { explainLog } from "../../../src/core/diagnosis/explain.ts";
import type { OutputLine } from "../../../src/core/verdict.ts";
import { Unwrapper, wrapWidth } from "../../../src/core/diagnosis/wrapped_lines.ts";
import { LOGS } from "./logs_seen.ts";

/** Breaks text as PowerShell does: behind the last space that fits, or inside a word that is too long. */
function wrapped(text: string, width: number): string {
  return text.split("\n").map((line) => {
    const pieces: string[] = [];
    for (let rest = line; rest !== "";) {
      const space = rest.length > width ? rest.lastIndexOf(" ", width - 1) : -1;
      const end = rest.length <= width ? rest.length : space > 0 ? space + 1 : width;
      pieces.push(rest.slice(0, end));
      rest = rest.slice(end);
    }
    return pieces.join("\n");
  }).join("\n");
}

function lines(text: string): readonly OutputLine[] {
  return text.split("\n").map((line, index) => ({ number: index + 1, text: line }));
}

function unwrapped(text: string): readonly string[] {
  const width = wrapWidth(lines(text));
  assert.ok(width !== null);
  const unwrapper = new Unwrapper(width);
  const whole = lines(text).flatMap((line) => unwrapper.take(line) ?? []);
  return [...whole, unwrapper.end()].flatMap((line) => line === null ? [] : [line.text]);
}

const TRACE = [
  "24/01/01 10:00:00 WARN TaskSetManager: Lost task 0.0 in stage 4.0 (TID 4) (172.19.0.4 executor 1): a.BException: no",
  "\tat org.apache.spark.sql.execution.datasources.FileFormatWriter$.executeTask(FileFormatWriter.scala:421)",
  "\tat org.apache.spark.executor.Executor$TaskRunner.$anonfun$run$3(Executor.scala:624)",
  "Caused by: org.postgresql.util.PSQLException: ERROR: column is of type timestamp but expression is varying",
  "Traceback (most recent call last):",
  '  File "/opt/spark/python/lib/pyspark.zip/pyspark/sql/readwriter.py", line 1461, in save_as_a_table',
].join("\n");

for (const width of [23, 30, 42, 60]) {
  Deno.test(`an Unwrapper puts together what a console of ${width} columns broke`, () => {
    assert.deepEqual(unwrapped(wrapped(TRACE, width)), TRACE.split("\n"));
  });
}

Deno.test("wrapWidth() leaves logs alone that were not broken", () => {
  assert.equal(wrapWidth(lines(TRACE)), null);
  for (const [name, { text }] of Object.entries(LOGS)) assert.equal(wrapWidth(lines(text)), null, name);
  assert.equal(wrapWidth([]), null);
});

Deno.test("explainLog() names the same cause when a console of 60 columns broke the log", () => {
  const long = Object.entries(LOGS).filter(([, { text }]) => wrapWidth(lines(wrapped(text, 60))) !== null);
  assert.ok(long.length >= 3, String(long.length));
  for (const [name, { text, is }] of long) assert.equal(explainLog(lines(wrapped(text, 60))).class, is, name);
});
