import assert from "node:assert/strict";
import { readArgs } from "../src/cli/args.ts";
import { readPod } from "./job_manifest.ts";

Deno.test("the containers of the manifest run commands that there are, with settings that there are", async () => {
  const read = (await readPod()).containers.map(({ args: [program, ...words] }) => {
    assert.equal(program, "rekindle");
    return readArgs(words);
  });
  assert.deepEqual(read.map(({ command }) => command), ["run", "exec"]);
  const [run, exec] = read;
  assert.equal(run?.settings["state-dir"], exec?.settings["state-dir"]);
  assert.deepEqual(exec?.operands, ["python", "/work/job.py"]);
});
