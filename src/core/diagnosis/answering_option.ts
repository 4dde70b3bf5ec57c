/**
 * Which option made java, or Spark's launcher, give an answer and end, without starting anything?
 * @module
 */

import type { Evidence, Verdict } from "../verdict.ts";

/** Behind this class the words are Spark's. */
const SPARK_MAIN = "org.apache.spark.deploy.SparkSubmit";
/**
 * Each ends with exit code 0 before the main class runs (all tried on Java 17 and 25). -showversion, -XshowSettings and
 * their like answer too, but go on.
 */
const OF_JAVA =
  /^(?:-version|--version|-fullversion|--full-version|-Xinternalversion|-h|-\?|-help|--help|-X|--help-extra|--list-modules|-d|--describe-module(?:=.*)?|--dry-run|--validate-modules|-Xlog:help|-Xshare:dump|-(?:agentlib:|Xrun)jdwp[=:]help)$/;
/** Spark prints its version or its usage (SparkSubmitArguments.handle). */
const OF_SPARK = /^(?:--version|--help|-h)$/;

/**
 * The verdict on a gateway that ended with exit code 0 and never got ready, when its command line has such an option;
 * `null` otherwise.
 * @param argv The words it was started with; before Spark's main class they are java's.
 */
export function answerVerdict(argv: readonly string[], exit: Evidence): Verdict | null {
  const main = argv.indexOf(SPARK_MAIN);
  const ofJava = (main < 0 ? argv : argv.slice(0, main)).find((word) => OF_JAVA.test(word));
  const ofSpark = main < 0 ? undefined : argv.slice(main).find((word) => OF_SPARK.test(word));
  const option = ofJava ?? ofSpark;
  if (option === undefined) return null;
  const isJavas = ofJava !== undefined;
  return {
    class: isJavas ? "invalid-jvm-option" : "bad-spark-config",
    fatal: true,
    confidence: "certain",
    summary: `${option} asks ${isJavas ? "Java" : "Spark"} for an answer only, so nothing was started.`,
    evidence: [{ source: "daemon", line: null, text: `it was started with ${option}` }, exit],
    remedy: isJavas
      ? `Take ${option} out of the driver's Java options: spark.driver.extraJavaOptions, conf/java-opts.`
      : `Take ${option} out of PYSPARK_SUBMIT_ARGS.`,
  };
}
