import assert from "node:assert/strict";
import { propertyRows } from "../../src/cli/check_properties.ts";
import type { IntendedStart } from "../../src/cli/check_start.ts";
import { Surroundings } from "./scripted_daemon.ts";

Deno.test("propertyRows() tells what the command and Spark's own file set, by name, each with its place", async () => {
  const here = new Surroundings();
  here.files.put("/conf/spark-defaults.conf", "spark.b two\nspark.c=three\n");
  const context = here.context(undefined, { SPARK_CONF_DIR: "/conf" });
  const argv = ["java", "org.apache.spark.deploy.SparkSubmit", "--conf", "spark.c=3", "--conf", "spark.a=1"];
  const start = { installation: null, command: { argv } } as unknown as IntendedStart;
  assert.deepEqual(await propertyRows(context, start), [
    { name: "spark.a", value: "1", by: "--conf spark.a" },
    { name: "spark.b", value: "two", by: "spark.b in /conf/spark-defaults.conf" },
    { name: "spark.c", value: "3", by: "--conf spark.c" },
  ]);
  assert.deepEqual(await propertyRows(context, { ...start, command: null }), []);
});
