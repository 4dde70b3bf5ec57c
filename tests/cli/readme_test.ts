import assert from "node:assert/strict";
import { TABLED, withTables } from "../../tools/readme.ts";

for (const path of Object.keys(TABLED)) {
  Deno.test(`${path} has the tables that the program goes by; "./denow task readme" writes them`, async () => {
    const page = await Deno.readTextFile(new URL(`../../${path}`, import.meta.url));
    assert.equal(page, withTables(path, page));
  });
}
