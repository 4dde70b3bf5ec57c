import assert from "node:assert/strict";
import { matchSignature } from "../../src/core/signature_match.ts";
import { SIGNATURES } from "../../src/core/signatures.ts";
import { CAUSE_CLASSES } from "../../src/core/verdict.ts";
import type { OutputLine } from "../../src/core/verdict.ts";
import { EXAMPLES } from "./signature_examples.ts";

function lines(texts: readonly string[]): readonly OutputLine[] {
  return texts.map((text, index) => ({ number: index + 1, text }));
}

/** The verdict on a gateway that never got ready. */
function atStart(...stderr: string[]) {
  return matchSignature({
    exit: { code: 1, signal: null },
    wasReady: false,
    stdout: [],
    stderr: lines(stderr),
  });
}

Deno.test("every row of SIGNATURES has examples", () => {
  assert.deepEqual(EXAMPLES.map((example) => example.class), SIGNATURES.map((row) => row.class));
  for (const { hits, misses } of EXAMPLES) assert.ok(hits.length > 0 && misses.length > 0);
});

Deno.test("every row of SIGNATURES explains its own lines before any other row, and no near miss", () => {
  for (const [index, row] of SIGNATURES.entries()) {
    for (const hit of EXAMPLES[index]?.hits ?? []) {
      assert.equal(atStart(hit)?.summary, row.summary, hit);
      assert.equal(atStart(hit)?.class, row.class, hit);
    }
    for (const miss of EXAMPLES[index]?.misses ?? []) assert.doesNotMatch(miss, row.pattern);
  }
});

Deno.test("every row of SIGNATURES has a pattern without memory of its last match", () => {
  for (const { pattern } of SIGNATURES) assert.equal(pattern.flags, "");
});

Deno.test("every class of cause has a row, or is judged by more than text", () => {
  const otherwise = [
    "requested",
    "clean-exit",
    "unresponsive",
    "process-stopped",
    "accept-thread-dead",
    "scheduler-dead",
    "deadlock",
    "start-timeout",
    "killed-by-oom-killer",
    "unknown",
  ];
  const named = new Set([...SIGNATURES.map((row) => row.class), ...otherwise]);
  assert.deepEqual([...CAUSE_CLASSES].filter((name) => !named.has(name)), []);
});

Deno.test("matchSignature() leaves words that speak for a failed start to the job once it is ready", () => {
  for (const [index, row] of SIGNATURES.entries()) {
    const [hit = ""] = EXAMPLES[index]?.hits ?? [];
    const exit = { code: 1, signal: null };
    const match = matchSignature({ exit, wasReady: true, stdout: [], stderr: lines([hit]) });
    assert.equal(match?.summary, row.atStart ? undefined : row.summary, hit);
  }
});

Deno.test("matchSignature() searches both streams and counts their lines", () => {
  const text = "java.lang.OutOfMemoryError: Metaspace";
  const exit = { code: 1, signal: null };
  const found = matchSignature({ exit, wasReady: true, stdout: lines(["", text]), stderr: lines([text]) });
  assert.deepEqual(found?.evidence, [
    { source: "stdout", line: 2, text },
    { source: "stderr", line: 1, text },
  ]);
});

Deno.test("matchSignature() shows at most the first two lines and the last", () => {
  const many = Array.from(
    { length: 9 },
    (_, index) => `java.lang.OutOfMemoryError: Java heap space ${index}`,
  );
  assert.deepEqual(atStart(...many)?.evidence.map(({ line }) => line), [1, 2, 9]);
  assert.deepEqual(atStart(...many.slice(0, 3))?.evidence.map(({ line }) => line), [1, 2, 3]);
});
