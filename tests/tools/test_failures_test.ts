/**
 * Are the tests that failed found in what Deno printed?
 * @module
 */
import assert from "node:assert/strict";
import { fromFileUrl, join } from "@std/path";
import { failures } from "../../tools/test_failures.ts";

const TESTS = `
import { equal } from "node:assert/strict";
Deno.test("adds up", () => equal(1, 2));
Deno.test("goes in steps", async (t) => void await t.step("the first", () => { throw new Error("bad\\nvery"); }));
Deno.test("is fine", () => console.log("\\n ERRORS \\n\\nis fine => here\\n\\n FAILURES \\n"));
`;

Deno.test("failures() gives each failed test of a real run with the first line of its error", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(join(folder, "some_test.ts"), TESTS);
    const { stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["test", "-A", "--no-check", "--no-config", folder],
      cwd: fromFileUrl(new URL("../..", import.meta.url)),
    }).output();
    const found = failures(new TextDecoder().decode(stdout));
    assert.deepEqual(found.map(({ test }) => test.split(" => ")[0]), [
      "adds up",
      "goes in steps ... the first",
    ]);
    assert.deepEqual(found.map(({ error }) => error), ["error: AssertionError: 1 == 2", "error: Error: bad"]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("failures() finds none where Deno did not get so far", () => {
  assert.deepEqual(failures(""), []);
  assert.deepEqual(failures("error: Type checking failed."), []);
});
