import assert from "node:assert/strict";
import { withTables } from "../../tools/readme.ts";

const README = await Deno.readTextFile(new URL("../../README.md", import.meta.url));

Deno.test('the README has the tables that the program goes by; "./denow task readme" writes them', () => {
  assert.equal(README, withTables(README));
});

Deno.test("every section that the README's tables point to is there", () => {
  const anchors = README.matchAll(/^#+ (.*)$/gm).map(([, title = ""]) =>
    title.toLowerCase().replaceAll(/[^a-z0-9 -]/g, "").replaceAll(" ", "-")
  ).toArray();
  const links = README.matchAll(/\]\(#([^)]+)\)/g).map(([, anchor = ""]) => anchor).toArray();
  assert.ok(links.length > 5);
  assert.deepEqual(links.filter((link) => !anchors.includes(link)), []);
});
