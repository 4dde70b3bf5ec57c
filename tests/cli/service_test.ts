import assert from "node:assert/strict";
import { carryOut } from "../../src/cli/service/carry_out.ts";
import type { Step } from "../../src/cli/service/steps.ts";
import { mustServe, serviceOf } from "../../src/cli/service_folders.ts";
import { resolveSettings } from "../../src/config.ts";
import { UserError } from "../../src/errors.ts";
import { serviceFolders } from "../../src/folders.ts";
import { children } from "../../src/runtime/child.ts";
import { files } from "../../src/runtime/files.ts";

/** Takes steps for real; what was printed, and how it ended. */
async function taken(steps: readonly Step[], journal = "") {
  const printed: string[] = [];
  const folder = await Deno.makeTempDir();
  // A journal of this test alone.
  const bin = await Deno.makeTempDir();
  await Deno.writeTextFile(`${bin}/journalctl`, `#!/bin/sh\nprintf '%s' '${journal}'\n`, { mode: 0o755 });
  const env = { PATH: `${bin}:${Deno.env.get("PATH")}`, TMPDIR: folder, FOLDER: folder };
  const print = (text: string) => void printed.push(text);
  const error = await carryOut(steps, { files, children, print, env, root: "/nowhere" }).then(
    () => null,
    (thrown) => thrown,
  );
  const left = Array.from(Deno.readDirSync(folder), ({ name }) => name);
  const read = (name: string) => Deno.readTextFileSync(`${folder}/${name}`);
  const copy = left.includes("copy") ? read("copy") : null;
  for (const each of [folder, bin]) await Deno.remove(each, { recursive: true });
  return { printed: printed.join(""), error, left, copy };
}

Deno.test("carryOut() shows each step before it takes it, and goes on over what need not be there", async () => {
  const { printed, error } = await taken([
    { words: ["true"] },
    { words: ["sh", "-c", "echo one >&2; echo two >&2; exit 3"], mayFail: true },
    { words: ["true", "again"] },
  ]);
  assert.equal(error, null);
  assert.match(printed, /^true\nsh -c .*\n {2}passed over: one; two\ntrue again\n$/);
});

Deno.test("carryOut() ends at the first step that fails, with its last words and what stands", async () => {
  const { printed, error } = await taken([
    { words: ["sh", "-c", "for n in 1 2 3 4 5; do echo line $n >&2; done; exit 1"] },
    { words: ["true"] },
  ]);
  assert.ok(error instanceof UserError);
  assert.match(error.message, /^Cannot go on: sh .* failed \(line 3; line 4; line 5\)$/);
  assert.match(error.hint, /was done and stays/);
  assert.equal(printed.includes("true"), false);
  const missing = await taken([{ words: ["/no/such/program"] }]);
  assert.match(missing.error.message, /no such program/);
  assert.equal((await taken([{ words: ["/no/such/program"], mayFail: true }])).error, null);
});

Deno.test("carryOut() tells the last words of a service that does not start, and where its log is", async () => {
  const start = [{ words: ["false", "--user", "restart", "rekindle@etl.service"] }];
  const { error } = await taken(
    start,
    "Starting rekindle@etl.service...\nCannot find Spark\n  Install it\nrekindle@etl.service: Failed\n",
  );
  assert.equal(
    error.message,
    "Cannot start rekindle@etl.service: its last words were\n  Cannot find Spark\n    Install it",
  );
  assert.match((await taken(start)).error.message, /^Cannot start rekindle@etl\.service: exit code 1$/);
  assert.match(error.hint, /journalctl --user -u rekindle@etl\.service/);
  assert.equal(error.exitCode, 69);
});

Deno.test("carryOut() hands values over in a file that is gone afterwards, and shows none", async () => {
  const input = { text: "secret\n", changed: ["conf"] };
  const { printed, left, copy } = await taken([
    { words: ["sh", "-c", 'cp "$1" "$FOLDER/copy"', "sh", "/dev/stdin"], input },
  ]);
  assert.equal(copy, "secret\n");
  assert.deepEqual(left, ["copy"]);
  assert.equal(printed.includes("secret"), false);
});

Deno.test("serviceOf() is the service of a name whose state this user may see", async () => {
  const lock = "/var/lib/rekindle/etl/lock";
  const stat = (path: string) =>
    Promise.resolve(path === lock ? { isFile: true, isDirectory: false, bytes: 0, modifiedMs: 0 } : null);
  assert.deepEqual(await serviceOf({ name: "etl", stateDir: null }, { stat }), serviceFolders("etl"));
  assert.equal(await serviceOf({ name: "other", stateDir: null }, { stat }), null);
  assert.equal(await serviceOf({ name: null, stateDir: null }, { stat }), null);
  assert.equal(await serviceOf({ name: "etl", stateDir: "/mine" }, { stat }), null);
});

Deno.test("mustServe() refuses root, and a service that does not run; it is nothing without a service", () => {
  const settings = resolveSettings([["flag", { name: "etl" }]]);
  const refused = (isRunning: boolean, user: number | null) => {
    try {
      mustServe({ service: serviceFolders("etl"), settings }, { isRunning, user });
      return null;
    } catch (error) {
      assert.ok(error instanceof UserError);
      return error.exitCode;
    }
  };
  assert.equal(refused(true, 0), 77);
  assert.equal(refused(false, 995), 69);
  assert.equal(refused(true, 995), null);
  assert.doesNotThrow(() => mustServe({ service: null, settings }, { isRunning: false, user: 0 }));
});
