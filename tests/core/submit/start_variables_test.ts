import assert from "node:assert/strict";
import { differingVariable, parseEnviron } from "../../../src/core/submit/start_variables.ts";

Deno.test("differingVariable() names what a JVM would have been started with otherwise, on either side", () => {
  const mine = { HOME: "/a", SPARK_CONF_DIR: "conf", SPARK_HOME: "/x", SPARK_ENV_LOADED: "1" };
  assert.equal(differingVariable(mine, { SPARK_CONF_DIR: "conf", SPARK_HOME: "/y" }), null);
  assert.equal(differingVariable(mine, {}), "SPARK_CONF_DIR");
  assert.equal(differingVariable({}, { JAVA_TOOL_OPTIONS: "-Xss4m" }), "JAVA_TOOL_OPTIONS");
  for (const name of ["HADOOP_CONF_DIR", "YARN_CONF_DIR", "SPARK_DRIVER_MEMORY", "AWS_SECRET_ACCESS_KEY"]) {
    assert.equal(differingVariable({ [name]: "a" }, { [name]: "b" }), name);
    assert.equal(differingVariable({ [name]: "a" }, { [name]: "a" }), null);
  }
});

Deno.test("parseEnviron() reads what the kernel keeps, equals signs and line breaks in values", () => {
  assert.deepEqual(parseEnviron("A=1\0B=x=y\nz\0C=\0junk\0"), { A: "1", B: "x=y\nz", C: "" });
  assert.deepEqual(parseEnviron(""), {});
});
