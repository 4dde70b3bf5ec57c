/**
 * Which options can a gateway still be given that runs already? Those that `spark-submit` does nothing with but set
 * a property, for the program's SparkContext to read. Any other has its effect on the start of the JVM.
 * @module
 */

import type { SubmitOption } from "./submit_line.ts";

/** What is to be set in a running gateway, or the first option that it comes too late for. */
export type LateOptions =
  | { readonly kind: "settable"; readonly properties: ReadonlyMap<string, string> }
  | { readonly kind: "too-late"; readonly option: string };

/**
 * The property of each option that sets one whatever the cluster's manager is (`SparkSubmit.prepareSubmitEnvironment`
 * in 3.5 and 4.3); `--executor-memory` and its like set none for a local master.
 */
const PROPERTIES: Readonly<Record<string, string>> = {
  "--name": "spark.app.name",
  "--master": "spark.master",
};

/**
 * What the launcher or SparkSubmit itself reads: the JVM's own options, files to be fetched, who the user is, how
 * to log, whether there is a gateway at all, and what depends on the cluster's manager.
 */
const READ_AT_THE_START = [
  "spark.api.",
  "spark.archives",
  "spark.connect.",
  "spark.driver.",
  "spark.files",
  "spark.hadoop.hadoop.security.",
  "spark.jars",
  "spark.kerberos.",
  "spark.kubernetes.",
  "spark.log.",
  "spark.remote",
  "spark.submit.",
  "spark.yarn.",
];

/** Sorts the options; later ones win, and `--name` and its like win over `--conf`, as in SparkSubmit. */
export function lateOptions(options: readonly SubmitOption[]): LateOptions {
  const byConf = new Map<string, string>();
  const byOption = new Map<string, string>();
  for (const { name, value } of options) {
    if (name === "--verbose" || name === "--deploy-mode") continue;
    const [, key = PROPERTIES[name] ?? "", text = value ?? ""] = name === "--conf"
      ? /^([^=]*)=(.*)$/s.exec(value ?? "") ?? []
      : [];
    if (key === "" || isTooLate(key, text)) return { kind: "too-late", option: optionText(name, key) };
    (name === "--conf" ? byConf : byOption).set(key, text);
  }
  return { kind: "settable", properties: new Map([...byConf, ...byOption]) };
}

function isTooLate(key: string, value: string): boolean {
  // The classes and the files of a cluster's manager are for a start to find; "local" needs none.
  if (key === "spark.master") return !/^local(?:\[[^\]]*\])?$/.test(value.trim());
  // What does not begin so is not Spark's, and SparkSubmit leaves it out with a warning.
  return !key.startsWith("spark.") || READ_AT_THE_START.some((prefix) => key.startsWith(prefix));
}

/** Without the value, which may be secret. */
function optionText(name: string, key: string): string {
  return name === "--conf" ? `--conf ${key}` : name;
}
