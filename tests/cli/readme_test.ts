import assert from "node:assert/strict";
import { withTables } from "../../tools/readme.ts";

const README = await Deno.readTextFile(new URL("../../README.md", import.meta.url));

Deno.test('the README has the tables that the program goes by; "./denow task readme" writes them', () => {
  assert.equal(README, withTables(README));
});
