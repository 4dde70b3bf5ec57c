import assert from "node:assert/strict";
import { join } from "@std/path";
import { sparkEnvChanges } from "../../src/gateway/spark_env.ts";
import { children } from "../../src/runtime/child.ts";

async function changes(script: string | null): Promise<Record<string, string>> {
  const home = await Deno.makeTempDir({ prefix: "rekindle-test-" });
  try {
    await Deno.mkdir(join(home, "bin"));
    if (script !== null) await Deno.writeTextFile(join(home, "bin/load-spark-env.sh"), script);
    const env = { PATH: Deno.env.get("PATH") ?? "", KEPT: "as it is", MOVED: "old" };
    const found = await sparkEnvChanges({ sparkHome: home, env, cwd: home }, children);
    assert.equal(found.SPARK_HOME, home);
    const { SPARK_HOME: _, ...others } = found;
    return others;
  } finally {
    await Deno.remove(home, { recursive: true });
  }
}

Deno.test("sparkEnvChanges() are what Spark's script sets anew, with line breaks, whatever it prints", async () => {
  const script = "echo noise; export MOVED=new KEPT='as it is' ADDED='two\nlines = here'; unset_here=1\n";
  assert.deepEqual(await changes(script), { MOVED: "new", ADDED: "two\nlines = here" });
});

Deno.test("sparkEnvChanges() of a Spark without the script, or with one that ends the shell, are none", async () => {
  assert.deepEqual(await changes(null), {});
  assert.deepEqual(await changes("export ADDED=1; exit 3\n"), {});
});
