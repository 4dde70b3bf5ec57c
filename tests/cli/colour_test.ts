import assert from "node:assert/strict";
import { mayColour } from "../../src/cli/colour.ts";

Deno.test("mayColour() follows NO_COLOR, then FORCE_COLOR, then the terminal", () => {
  const table: readonly (readonly [Record<string, string>, boolean, boolean])[] = [
    [{}, true, true],
    [{}, false, false],
    [{ TERM: "xterm" }, true, true],
    [{ TERM: "dumb" }, true, false],
    [{ NO_COLOR: "1" }, true, false],
    [{ NO_COLOR: "0" }, true, false],
    [{ NO_COLOR: "" }, true, true],
    [{ FORCE_COLOR: "1" }, false, true],
    [{ FORCE_COLOR: "3", TERM: "dumb" }, false, true],
    [{ FORCE_COLOR: "0" }, true, false],
    [{ FORCE_COLOR: "" }, false, false],
    [{ FORCE_COLOR: "1", NO_COLOR: "1" }, true, false],
  ];
  for (const [env, isTerminal, wanted] of table) {
    assert.equal(mayColour(env, isTerminal), wanted, JSON.stringify([env, isTerminal]));
  }
});
