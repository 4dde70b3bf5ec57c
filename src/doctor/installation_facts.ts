/**
 * What lies in the Spark and the Java that were found?
 * @module
 */

import { join } from "@std/path";
import type { JavaFacts, JavaSearch } from "../core/doctor/java.ts";
import { SCRIPTS } from "../core/doctor/spark_home.ts";
import type { SparkHomeFacts } from "../core/doctor/spark_home.ts";
import { reasonOf } from "../errors.ts";
import { everyJava, javaRange } from "../gateway/java_home.ts";
import type { SparkInstallation } from "../gateway/spark_home.ts";
import type { Surroundings } from "./surroundings.ts";

/** A JVM that only tells its version needs 0.05 to 0.2 s. */
const VERSION_MS = 20_000;

/** Lists what is there of a Spark. */
export async function sparkHomeFacts(
  { spark, answer, env, context: { runtime: { files } } }: Surroundings & {
    readonly spark: SparkInstallation;
  },
): Promise<SparkHomeFacts> {
  const folder = join(spark.home, "jars");
  const names = (await files.list(folder)).filter((name) => name.endsWith(".jar"));
  const jars = await Promise.all(
    names.map(async (name) => ({ name, bytes: (await files.stat(join(folder, name)))?.bytes ?? 0 })),
  );
  return {
    ...spark,
    jars,
    scripts: await present(SCRIPTS, join(spark.home, "bin")),
    bringsHadoop: (answer?.env ?? env).SPARK_DIST_CLASSPATH !== undefined,
  };

  async function present(wanted: readonly string[], at: string): Promise<readonly string[]> {
    const found = await files.list(at);
    return wanted.filter((name) => found.includes(name));
  }
}

/** Looks at every Java, and starts the one that will be used. */
export async function javaSearch(surroundings: Surroundings): Promise<JavaSearch> {
  const { java, javaRefusal, javaRequest, context: { env, runtime: { files } } } = surroundings;
  const seen = await everyJava(javaRequest, { files });
  const named = env.JAVA_HOME;
  return {
    sparkVersion: javaRequest.sparkVersion,
    range: javaRange(javaRequest.sparkVersion),
    java: java === null ? null : { ...java, run: await runOf(java.home, surroundings) },
    seen,
    refused: javaRefusal,
    variable: named
      ? { value: named, isJava: (await files.stat(join(named, "bin/java")))?.isFile === true }
      : null,
  };
}

async function runOf(
  home: string,
  { context: { env, cwd, runtime: { children } } }: Surroundings,
): Promise<JavaFacts["run"]> {
  try {
    const spec = { program: join(home, "bin/java"), args: ["-version"], env, cwd };
    const { exit, stderr, timedOut } = await children.run(spec, VERSION_MS);
    const said = stderr.trim();
    if (timedOut) return { works: false, said: `it had not told its version after ${VERSION_MS / 1000} s` };
    return {
      works: exit.code === 0,
      said: exit.code === 0 ? said : said.split("\n").at(-1) || `exit code ${exit.code}`,
    };
  } catch (error) {
    return { works: false, said: reasonOf(error) };
  }
}
