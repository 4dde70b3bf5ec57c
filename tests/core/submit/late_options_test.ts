import assert from "node:assert/strict";
import { lateOptions } from "../../../src/core/submit/late_options.ts";
import type { SubmitOption } from "../../../src/core/submit/submit_line.ts";

function late(...words: readonly string[]) {
  const options: SubmitOption[] = [];
  for (let at = 0; at < words.length; at += 2) {
    options.push({ name: words[at] ?? "", value: words[at + 1] ?? null });
  }
  const found = lateOptions(options);
  return found.kind === "settable" ? Object.fromEntries(found.properties) : found.option;
}

Deno.test("lateOptions() takes options that only set properties; the last one wins, and options over --conf", () => {
  assert.deepEqual(late(), {});
  assert.deepEqual(late("--name", "x", "--conf", "spark.app.name=y", "--conf", "spark.a==b", "--name", "z"), {
    "spark.app.name": "z",
    "spark.a": "=b",
  });
  assert.deepEqual(late("--deploy-mode", "client", "--verbose"), {});
});

Deno.test("lateOptions() takes a local master, and no other", () => {
  for (const master of ["local", "local[2]", "local[*]", "local[4, 2]"]) {
    assert.deepEqual(late("--master", master), { "spark.master": master });
  }
  for (const master of ["yarn", "spark://a:7077", "k8s://https://a", "local-cluster[1,1,1024]"]) {
    assert.equal(late("--master", master), "--master");
    assert.equal(late("--conf", `spark.master=${master}`), "--conf spark.master");
  }
});

Deno.test("lateOptions() names the option that a running JVM comes too late for, without its value", () => {
  for (
    const name of [
      "--driver-memory",
      "--jars",
      "--packages",
      "--properties-file",
      "--py-files",
      "--executor-memory",
      "--new",
    ]
  ) {
    assert.equal(late("--name", "x", name, "a-secret"), name);
  }
  for (const key of ["spark.driver.memory", "spark.jars.packages", "spark.submit.pyFiles", "not.sparks"]) {
    assert.equal(late("--conf", `${key}=a-secret`), `--conf ${key}`);
  }
});
