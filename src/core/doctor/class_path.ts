/**
 * Is there a file behind every path that Spark is given?
 * @module
 */

import type { Examination, Finding } from "./finding.ts";

/** One word of a list of files, and whether it stands for anything here. */
export interface PathFact {
  /** The setting, as {@linkcode SparkSetting.by} names it. */
  readonly by: string;
  readonly setting: string;
  readonly path: string;
  /** Whether something is there; `null` when that cannot be said, as of `hdfs://`. */
  readonly isThere: boolean | null;
}

/** The settings that hold files, and what stands between two of them. */
export const PATH_SETTINGS: Readonly<Record<string, "," | ":">> = {
  "spark.archives": ",",
  "spark.driver.extraClassPath": ":",
  "spark.driver.extraLibraryPath": ":",
  "spark.files": ",",
  "spark.jars": ",",
  "spark.jars.ivySettings": ",",
  "spark.submit.pyFiles": ",",
};

/** Those that Spark passes to the JVM without a look at them. */
const SILENT = ["spark.driver.extraClassPath", "spark.driver.extraLibraryPath"];

/** Judges the paths. */
export function examinePaths(facts: readonly PathFact[]): Examination {
  return {
    seen: facts.length === 0
      ? "none given"
      : `${facts.length} ${facts.length === 1 ? "path" : "paths"} given`,
    findings: facts.filter(({ isThere }) => isThere === false).map(({ by, setting, path }): Finding => {
      const isSilent = SILENT.includes(setting);
      return {
        severity: isSilent ? "warning" : "error",
        what: `Nothing is at ${path} (${by})`,
        why: isSilent
          ? "Java passes over it without a word; what it was to bring is missing: ClassNotFoundException."
          : "Spark warns and goes on, or makes no context; what it was to bring is missing.",
        fix: `ls -d ${path}, then correct ${by}`,
      };
    }),
  };
}

/**
 * What a word of such a list stands for on this machine.
 * @returns A local path, a trailing `*` left in place; `null` for what is elsewhere.
 */
export function localPath(word: string): string | null {
  const bare = word.replace(/#[^/]*$/, "");
  if (/^(?:file|local):/.test(bare)) return bare.replace(/^(?:file|local):(?:\/\/(?=\/))?/, "");
  return /^[a-z][a-z0-9+.-]+:/i.test(bare) ? null : bare;
}
