import { deepEqual, ok, rejects, strictEqual } from "node:assert/strict";
import { join } from "@std/path";
import { OPTION_CLASS, readOptionTable } from "../../src/core/submit/option_table.ts";
import { readJarEntry } from "../../src/gateway/jar_entry.ts";
import { submitOptions } from "../../src/gateway/submit_options.ts";
import { files } from "../../src/runtime/files.ts";
import { type SparkInstallation, sparkInstallations } from "./spark_installations.ts";

/** What both Sparks take; newer ones take more. */
const VALUED = "archives class conf deploy-mode driver-class-path driver-cores driver-java-options " +
  "driver-library-path driver-memory executor-cores executor-memory files jars keytab kill master remote name " +
  "num-executors packages exclude-packages principal properties-file proxy-user py-files queue repositories status " +
  "total-executor-cores";

function launcherJar({ home }: SparkInstallation): Uint8Array {
  const jars = join(home, "jars");
  const [entry] = [...Deno.readDirSync(jars)].filter(({ name }) => name.startsWith("spark-launcher_"));
  ok(entry !== undefined);
  return Deno.readFileSync(join(jars, entry.name));
}

for (const spark of sparkInstallations()) {
  Deno.test(`submitOptions() of Spark ${spark.version} are those its spark-submit knows`, async () => {
    const { valued, switches } = await submitOptions(spark.home, files);
    const more = spark.version.startsWith("4.3")
      ? ["--driver-default-class-path", "--extra-properties-file"]
      : [];
    const official = [...VALUED.split(" ").map((name) => `--${name}`), ...more];
    deepEqual([...new Set(valued.values())].sort(), official.sort());
    deepEqual([...valued].filter(([spelling, name]) => spelling !== name), [["-c", "--conf"]]);
    for (const name of ["--help", "--supervise", "--usage-error", "--verbose", "--version"]) {
      strictEqual(switches.get(name), name);
    }
    deepEqual([switches.get("-h"), switches.get("-v")], ["--help", "--verbose"]);
    strictEqual(switches.has("--load-spark-defaults"), more.length > 0);
  });

  Deno.test(`readOptionTable() and readJarEntry() of Spark ${spark.version} find nothing in what is cut off`, async () => {
    const jar = launcherJar(spark);
    const whole = await readJarEntry(jar, OPTION_CLASS);
    ok(whole !== null && readOptionTable(whole) !== null);
    strictEqual(await readJarEntry(jar, "no/such.class"), null);
    strictEqual(await readJarEntry(jar.subarray(0, jar.length >> 1), OPTION_CLASS), null);
    strictEqual(await readJarEntry(jar.subarray(jar.length >> 1), OPTION_CLASS), null);
    for (let bytes = 0; bytes < whole.length * 0.9; bytes += 97) {
      strictEqual(readOptionTable(whole.subarray(0, bytes)), null);
    }
    const other = await readJarEntry(jar, "org/apache/spark/launcher/Main.class");
    ok(other !== null);
    strictEqual(readOptionTable(other), null);
  });
}

Deno.test("submitOptions() says where it has looked in vain", async () => {
  const home = await Deno.makeTempDir({ prefix: "rekindle-test-" });
  await rejects(submitOptions(home, files), {
    message: `Cannot read which options the spark-submit in ${home} takes`,
  });
  await Deno.mkdir(join(home, "jars"));
  await Deno.writeTextFile(join(home, "jars/spark-launcher_2.12-3.5.7.jar"), "no jar");
  await rejects(submitOptions(home, files), { name: "UserError" });
  await Deno.remove(home, { recursive: true });
});
