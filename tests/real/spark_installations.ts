/**
 * Which real PySpark installations, and which Java, the tests run on.
 * @module
 */

/** One PySpark: its version, the interpreter that imports it, and its `SPARK_HOME`. */
export interface SparkInstallation {
  readonly version: string;
  readonly python: string;
  readonly home: string;
  /** The Java to run it on. */
  readonly javaHome: string;
}

const ANSWER = new URL("../../.rekindle/test_spark.json", import.meta.url);

/**
 * The installations that the set-up of the tests has made.
 * @throws {Error} When it has not run.
 */
export function sparkInstallations(): readonly SparkInstallation[] {
  try {
    const { javaHome, spark } = JSON.parse(Deno.readTextFileSync(ANSWER));
    return spark.map((installation: Omit<SparkInstallation, "javaHome">) => ({ ...installation, javaHome }));
  } catch (cause) {
    throw new Error(`Could not read ${ANSWER.pathname}: run ./denow task test, which makes it`, { cause });
  }
}
