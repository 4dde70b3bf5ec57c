/**
 * How do the JVMs of the tests start sooner? Most live for seconds and load the same classes: a run of all tests begins with a class-data
 * archive for each PySpark, made by Spark and Java alone. With it `exec_test.ts` takes 0.69 of the processor time and 0.66 of
 * the time, `shell_test.ts` 0.75 and 0.77.
 * @module
 */

import { type SparkInstallation, sparkInstallations } from "../tests/real/spark_installations.ts";

const PROGRAM = new URL("../bench/shapes.py", import.meta.url).pathname;

/**
 * What a JVM is told to start from the archive of its PySpark, for whose version `{version}` stands. One that it does not fit, such as
 * one of another Java, starts without a word, and as slowly as without.
 */
export function archiveOptions(folder: string): string {
  return `-XX:SharedArchiveFile=${folder}/{version}.jsa -Xshare:auto -Xlog:cds=off -Xlog:cds+dynamic=off`;
}

/** Makes them, each with these options of Java; where that fails there is none. */
export async function makeArchives(folder: string, javaOptions: string): Promise<void> {
  await Promise.all(sparkInstallations().map((spark) => make(spark, folder, javaOptions)));
}

/** The JVM of `spark-submit` ends when its program has ended, and writes then. */
async function make(
  { version, python, home, javaHome }: SparkInstallation,
  folder: string,
  javaOptions: string,
): Promise<void> {
  const scratch = await Deno.makeTempDir({ dir: folder });
  const partial = `${scratch}/classes.jsa`;
  const { success } = await new Deno.Command(`${home}/bin/spark-submit`, {
    args: [PROGRAM, "sql"],
    cwd: scratch,
    env: {
      PATH: Deno.env.get("PATH") ?? "",
      ...{ HOME: scratch, TMPDIR: scratch, SPARK_HOME: home, JAVA_HOME: javaHome, PYSPARK_PYTHON: python },
      SPARK_SUBMIT_OPTS: `${javaOptions} -XX:ArchiveClassesAtExit=${partial} -Djava.io.tmpdir=${scratch}`,
    },
    clearEnv: true,
    ...{ stdin: "null", stdout: "null", stderr: "null" },
  }).output();
  if (success) await Deno.rename(partial, `${folder}/${version}.jsa`);
  await Deno.remove(scratch, { recursive: true });
}
