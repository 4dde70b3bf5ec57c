import assert from "node:assert/strict";
import { stepLine } from "../../src/cli/progress.ts";

Deno.test("stepLine() writes each step over the last one, what was to control the terminal made harmless", () => {
  let shown = "";
  const step = stepLine((text) => shown += text);
  step("heap: \x1b]0;mine\x07");
  step(null);
  const clear = "\r\x1b[K";
  assert.ok(shown.startsWith(`${clear}heap: `) && shown.endsWith(` …${clear}`));
  assert.equal(shown.split("\x1b").length - 1, 2);
});

Deno.test("stepLine() is silent where nobody looks", () => {
  assert.doesNotThrow(() => stepLine(null)("heap"));
});
