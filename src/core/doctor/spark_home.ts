/**
 * Is everything there that makes a Spark?
 * @module
 */

import type { Examination, Finding } from "./finding.ts";

/** What lies in a `SPARK_HOME`. */
export interface SparkHomeFacts {
  readonly home: string;
  readonly version: string;
  readonly scalaVersion: string;
  /** Why this one. */
  readonly why: string;
  readonly jars: readonly { readonly name: string; readonly bytes: number }[];
  /** Which of {@linkcode SCRIPTS} are there. */
  readonly scripts: readonly string[];
  /** Whether Hadoop comes from elsewhere: `SPARK_DIST_CLASSPATH` is set. */
  readonly bringsHadoop: boolean;
}

/** Without these jars no gateway starts, or its first job fails: taken away one by one on Spark 3.5.7. */
const JARS = [
  "commons-lang3",
  "hadoop-client-api",
  "hadoop-client-runtime",
  "janino",
  "py4j",
  "scala-library",
  "spark-catalyst",
  "spark-core",
  "spark-kvstore",
  "spark-launcher",
  "spark-network-common",
  "spark-network-shuffle",
  "spark-sql",
  "spark-unsafe",
] as const;

/** Connectors of others are named so too, and have versions of their own. */
const APACHE_SPARK =
  /^spark-(?:avro|catalyst|common-utils|connect|core|graphx|hive|kubernetes|kvstore|launcher|mllib|network-common|network-shuffle|repl|sketch|sql|sql-api|sql-kafka-0-10|streaming|tags|unsafe|variant|yarn)$/;

/** What must not be there in two versions. */
const ONCE = new RegExp(`${APACHE_SPARK.source}|^scala-library$|^py4j$|^hadoop-client-(?:api|runtime)$`);

/** The scripts of `bin` that a gateway or its programs come by. */
export const SCRIPTS = ["load-spark-env.sh", "spark-class", "spark-submit"] as const;

/** An empty zip archive is its end record alone (APPNOTE 4.3.16). */
const LEAST_JAR_BYTES = 22;

/** Judges the installation. */
export function examineSparkHome(facts: SparkHomeFacts): Examination {
  const { home, version, scalaVersion, why, jars } = facts;
  return {
    seen: `Spark ${version} (Scala ${scalaVersion}) in ${home} (${why}), ${jars.length} jars`,
    findings: [...missingJars(facts), ...brokenJars(facts), ...mixedJars(facts), ...missingScripts(facts)],
  };
}

function missingJars({ home, jars, bringsHadoop }: SparkHomeFacts): readonly Finding[] {
  const isThere = (artifact: string) => jars.some(({ name }) => artifactOf(name)?.artifact === artifact);
  const lost = JARS.filter((artifact) => !isThere(artifact)).filter((artifact) =>
    // Builds of before Spark 3.2 and those for another Hadoop have its jars one by one, or elsewhere.
    !artifact.startsWith("hadoop-") || !bringsHadoop && !isThere("hadoop-common")
  );
  if (lost.length === 0) return [];
  return [{
    severity: "error",
    what: `${home}/jars has no ${lost.join(", no ")}`,
    why: "The gateway dies at its first missing class: NoClassDefFoundError.",
    fix: reinstall(home),
  }];
}

function brokenJars({ home, jars }: SparkHomeFacts): readonly Finding[] {
  const broken = jars.filter(({ name, bytes }) => name.endsWith(".jar") && bytes < LEAST_JAR_BYTES);
  if (broken.length === 0) return [];
  return [{
    severity: "error",
    what: `${broken.length === 1 ? "A jar is" : `${broken.length} jars are`} empty in ${home}/jars: ${
      broken.slice(0, 5).map(({ name }) => name).join(", ")
    }`,
    why: "A disk that was full while it was installed: the classes in it are missing.",
    fix: reinstall(home),
  }];
}

function mixedJars({ home, version, jars }: SparkHomeFacts): readonly Finding[] {
  const named = jars.flatMap(({ name }) => {
    const artifact = artifactOf(name);
    return artifact === null ? [] : [{ name, ...artifact }];
  });
  const strange = named.filter((jar) => APACHE_SPARK.test(jar.artifact) && jar.version !== version);
  const twice = named.filter(({ artifact }, at) =>
    ONCE.test(artifact) && named.findIndex((other) => other.artifact === artifact) !== at
  );
  const odd = [...new Set([...strange, ...twice].map(({ name }) => name))];
  if (odd.length === 0) return [];
  return [{
    severity: "error",
    what: `${home}/jars mixes versions: ${odd.slice(0, 5).join(", ")} beside Spark ${version}`,
    why: "Which class is loaded depends on the order of file names: NoSuchMethodError, at any call.",
    fix: `rm ${home}/jars/{${odd.slice(0, 5).join(",")}}, or: ${reinstall(home)}`,
  }];
}

function missingScripts({ home, scripts }: SparkHomeFacts): readonly Finding[] {
  const lost = SCRIPTS.filter((name) => !scripts.includes(name));
  if (lost.length === 0) return [];
  return [{
    severity: "warning",
    what: `${home}/bin lacks ${lost.join(", ")}`,
    why: lost.includes("load-spark-env.sh")
      ? "conf/spark-env.sh is not read, and programs without rekindle cannot start a gateway of their own."
      : "Programs without rekindle cannot start a gateway of their own.",
    fix: reinstall(home),
  }];
}

/** The artifact without Scala's version, and its version: `spark-core_2.12-3.5.7.jar`. */
function artifactOf(name: string): { readonly artifact: string; readonly version: string } | null {
  const [, artifact, version] = /^(.+?)(?:_\d[\d.]*)?-(\d[\w.]*(?:-[\w.]+)*)\.jar$/.exec(name) ?? [];
  return artifact === undefined || version === undefined ? null : { artifact, version };
}

function reinstall(home: string): string {
  return home.includes("site-packages")
    ? "pip install --force-reinstall --no-cache-dir pyspark, in that environment"
    : `Unpack the Spark archive anew over ${home}`;
}
