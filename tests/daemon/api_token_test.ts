import assert from "node:assert/strict";
import { apiToken } from "../../src/daemon/api_token.ts";
import { UserError } from "../../src/errors.ts";

const ENV = { CREDENTIALS_DIRECTORY: "/run/credentials/x" };

/** Files of which one is the credential. */
function holding(text: string) {
  return {
    readText: (path: string) =>
      path === "/run/credentials/x/api-token"
        ? Promise.resolve(text)
        : Promise.reject(new Error("not there")),
  };
}

Deno.test("apiToken() is 256 bits, another one each time, where no credential was given", async () => {
  const tokens = [await apiToken({}, holding("never asked")), await apiToken({}, holding("never asked"))];
  for (const token of tokens) assert.match(token, /^[0-9a-f]{64}$/);
  assert.notEqual(tokens[0], tokens[1]);
  const other = { CREDENTIALS_DIRECTORY: "/run/credentials/other" };
  assert.match(await apiToken(other, holding("not asked for")), /^[0-9a-f]{64}$/);
});

Deno.test("apiToken() is the credential without the line end that a file has", async () => {
  const token = "a-token/of+thirty-two=characters";
  assert.equal(token.length, 32);
  assert.equal(await apiToken(ENV, holding(`${token}\n`)), token);
});

Deno.test("apiToken() refuses what is short or has no place in a header, and does not repeat it", async () => {
  for (const text of ["", "x".repeat(31), `${"x".repeat(40)} y`, `${"x".repeat(40)}\ny`, "ä".repeat(40)]) {
    await assert.rejects(apiToken(ENV, holding(text)), (error: UserError) => {
      assert.ok(error instanceof UserError);
      assert.equal(error.exitCode, 78);
      assert.equal(text !== "" && error.message.includes(text), false);
      return true;
    });
  }
});
