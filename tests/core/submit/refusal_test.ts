import assert from "node:assert/strict";
import { isQuestion, refusals } from "../../../src/core/submit/refusal.ts";
import type { SubmitLine } from "../../../src/core/submit/submit_line.ts";

function line(
  resource: string | null,
  ...options: readonly (readonly [string, string | null])[]
): SubmitLine {
  return { resource, args: [], options: options.map(([name, value]) => ({ name, value })) };
}

function reasons(...given: Parameters<typeof line>): readonly string[] {
  const found = refusals(line(...given));
  for (const { hint } of found) assert.match(hint, /^\S.*[^.]\.$/);
  return found.map(({ reason }) => reason);
}

Deno.test("refusals() has nothing against a Python program of this machine", () => {
  for (const resource of ["job.py", "/a b/job.py", "file:///a/job.py", "local:/a/job.py", null]) {
    assert.deepEqual(reasons(resource, ["--deploy-mode", "client"], ["--name", "--kill"]), []);
  }
});

Deno.test("refusals() names everything that needs no gateway", () => {
  assert.match(
    reasons("job.py", ["--deploy-mode", "cluster"]).join(),
    /^--deploy-mode cluster runs the driver/,
  );
  assert.match(reasons(null, ["--kill", "id"]).join(), /^--kill is about a driver on the cluster/);
  assert.match(reasons(null, ["--status", "id"]).join(), /^--status is about/);
  assert.match(reasons("a.jar", ["--class", "A"]).join(), /^--class names the main class/);
  assert.match(reasons("job.py", ["--remote", "sc://a"]).join(), /^--remote is for Spark Connect/);
  assert.match(reasons("a.jar").join(), /^a\.jar is no Python program/);
  assert.match(reasons("a.R").join(), /^a\.R is no Python program/);
  assert.match(reasons("pyspark-shell").join(), /^pyspark-shell is a shell/);
  assert.match(reasons("hdfs:///a/job.py").join(), /^hdfs:\/\/\/a\/job\.py is not on this machine/);
  assert.equal(reasons("a.jar", ["--deploy-mode", "cluster"]).length, 2);
});

Deno.test("isQuestion() knows what Spark's own script answers", () => {
  assert.equal(isQuestion(line(null, ["--name", "x"], ["--version", null])), true);
  assert.equal(isQuestion(line("job.py", ["--name", "--version"], ["--verbose", null])), false);
});
