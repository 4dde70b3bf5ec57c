import assert from "node:assert/strict";
import fc from "fast-check";
import { columns, WIDTH, wrapped } from "../../src/cli/columns.ts";

Deno.test("columns() are as wide as their longest word, and the last one is broken over lines", () => {
  assert.deepEqual(columns([["a", "bb", "one two"], ["ccc", "d", "x ".repeat(50).trim()]], "  "), [
    "  a    bb  one two",
    `  ccc  d   ${"x ".repeat(45).trim()}`,
    `${" ".repeat(11)}${"x ".repeat(5).trim()}`,
  ]);
  assert.deepEqual(columns([]), []);
});

Deno.test("columns() lets nothing command the terminal", () => {
  assert.deepEqual(columns([["a\x1b[2J", "b\nc"]]), ["a [2J  b c"]);
});

Deno.test("wrapped() loses no word, and no line is longer than it may be unless a word is", () => {
  const words = fc.array(fc.stringMatching(/^[a-z]{1,30}$/), { minLength: 1 });
  fc.assert(fc.property(words, fc.integer({ min: 1, max: WIDTH }), (all, width) => {
    const lines = wrapped(all.join(" "), width);
    assert.equal(lines.join(" "), all.join(" "));
    for (const line of lines) assert.ok(line.length <= width || !line.includes(" "), line);
  }));
});
