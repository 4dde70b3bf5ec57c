/**
 * Does Spark itself understand what it is told?
 * @module
 */

import type { Verdict } from "../verdict.ts";
import type { Examination, Finding } from "./finding.ts";
import type { SparkSettings } from "./settings.ts";

/** What Spark's launcher made of the settings. */
export interface ConfigurationFacts {
  readonly settings: SparkSettings;
  readonly master: string;
  /** What is to be made of its refusal; `null` when it accepts everything. */
  readonly refusal: Pick<Verdict, "class" | "summary" | "remedy"> & { readonly line: string } | null;
}

/** Every kind of master that SparkContext knows (3.5 to 4.3). */
const MASTERS =
  /^(?:local|local\[(?:\*|\d+)(?:\s*,\s*\d+)?\]|local-cluster\[\s*\d+\s*,\s*\d+\s*,\s*\d+\s*\]|spark:\/\/.+|yarn|k8s:\/\/.+|mesos:\/\/.+)$/;

/** The levels that `spark.log.level` takes (Utils.setLogLevelIfNeeded). */
const LEVELS = ["ALL", "DEBUG", "ERROR", "FATAL", "INFO", "OFF", "TRACE", "WARN"];

/** Judges the settings. */
export function examineConfiguration({ settings, master, refusal }: ConfigurationFacts): Examination {
  const findings: Finding[] = [];
  // A Java that is missing or does not run is the finding of another check.
  if (refusal !== null && refusal.class !== "java-missing") {
    findings.push({
      severity: "error",
      what: `Spark's launcher refuses its settings${
        refusal.class === "unknown" ? "" : ` (${refusal.class})`
      }: ${refusal.line}`,
      why: refusal.summary,
      fix: refusal.remedy,
    });
  }
  if (!MASTERS.test(master)) {
    findings.push({
      severity: "error",
      what: `${JSON.stringify(master)} is no master (${settings["spark.master"]?.by ?? "MASTER"})`,
      why: "The gateway does not start: Master must either be yarn or start with spark, k8s, or local.",
      fix: "--conf spark.master=local[*]",
    });
  }
  const level = settings["spark.log.level"];
  if (level !== undefined && !LEVELS.includes(level.value.toUpperCase())) {
    findings.push({
      severity: "error",
      what: `spark.log.level is ${JSON.stringify(level.value)} (${level.by})`,
      why: "The gateway starts, and every program fails at its first context.",
      fix: `--conf spark.log.level=WARN; known are ${LEVELS.join(", ")}`,
    });
  }
  const heap = /(?:^|\s)-Xmx\S*/.exec(settings["spark.driver.extraJavaOptions"]?.value ?? "")?.[0].trim();
  if (heap !== undefined && refusal === null) {
    findings.push({
      severity: "error",
      what: `${heap} is among the driver's Java options (${settings["spark.driver.extraJavaOptions"]?.by})`,
      why: "Spark refuses a heap in that place.",
      fix: `--heap ${heap.slice(4)}`,
    });
  }
  const count = Object.keys(settings).length;
  return { seen: `${count} ${count === 1 ? "setting" : "settings"}, master ${master}`, findings };
}
