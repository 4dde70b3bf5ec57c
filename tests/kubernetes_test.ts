import assert from "node:assert/strict";
import { readArgs } from "../src/cli/args.ts";

const MANIFEST = new URL("../docs/kubernetes/job.yaml", import.meta.url);

/** The commands of the containers: lists in one line each. */
async function commands(): Promise<readonly (readonly string[])[]> {
  const text = await Deno.readTextFile(MANIFEST);
  return [...text.matchAll(/^ +args: \[(.+)\]$/gm)].map(([, words = ""]) =>
    words.split(",").map((word) => word.trim().replace(/^"(.*)"$/, "$1"))
  );
}

Deno.test("the containers of the manifest run commands that there are, with settings that there are", async () => {
  const read = (await commands()).map(([program, ...words]) => {
    assert.equal(program, "rekindle");
    return readArgs(words);
  });
  assert.deepEqual(read.map(({ command }) => command), ["run", "exec"]);
  const [run, exec] = read;
  assert.equal(run?.settings["state-dir"], exec?.settings["state-dir"]);
  assert.deepEqual(exec?.operands, ["python", "/work/job.py"]);
});
