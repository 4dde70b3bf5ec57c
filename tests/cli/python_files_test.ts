import assert from "node:assert/strict";
import { basename, join } from "@std/path";
import { PythonFiles } from "../../src/cli/python_files.ts";
import { EXIT, UserError } from "../../src/errors.ts";
import { files } from "../../src/runtime/files.ts";
import { Surroundings } from "./scripted_daemon.ts";

/** A folder with two modules beside each other, which is the temporary folder as well. */
async function furnished(act: (folder: string, made: PythonFiles) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "rekindle-test-" });
  for (const name of ["wanted.py", "beside.py"]) await Deno.writeTextFile(join(folder, name), name);
  const context = new Surroundings().context(undefined, { TMPDIR: folder });
  const made = new PythonFiles({ ...context, runtime: { ...context.runtime, files } });
  try {
    await act(folder, made);
  } finally {
    await made[Symbol.asyncDispose]();
    const left = [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
    await Deno.remove(folder, { recursive: true });
    assert.deepEqual(left, ["beside.py", "wanted.py"]);
  }
}

Deno.test("PythonFiles put a module in a folder of its own, leave archives alone, and go with their folder", async () => {
  await furnished(async (folder, made) => {
    const module = join(folder, "wanted.py");
    const [first = "", ...others] = await made.pathElements(["/a.zip", module, "/b.egg", module]).then((
      paths,
    ) => [
      ...paths.filter((path) => path.startsWith(folder)),
      ...paths.filter((path) => !path.startsWith(folder)),
    ]);
    assert.deepEqual(others, ["/a.zip", "/b.egg"]);
    assert.match(basename(first), /^rekindle-py-files-/);
    assert.deepEqual([...Deno.readDirSync(first)].map(({ name }) => name), ["wanted.py"]);
    assert.equal(Deno.readTextFileSync(join(first, "wanted.py")), "wanted.py");
  });
});

Deno.test("PythonFiles say which module they cannot read", async () => {
  await furnished(async (folder, made) => {
    const path = join(folder, "no-such.py");
    await assert.rejects(made.pathElements([path]), (error) => {
      assert.ok(error instanceof UserError);
      assert.equal(error.exitCode, EXIT.noInput);
      assert.ok(error.message.startsWith(`Cannot give the program ${path}: `), error.message);
      return true;
    });
  });
});
