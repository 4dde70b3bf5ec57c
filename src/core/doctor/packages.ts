/**
 * Can the packages be fetched that Spark is told to bring (`--packages`)?
 * @module
 */

import type { Examination, Finding } from "./finding.ts";

/** One package, and where it was found. */
export interface PackageFact {
  /** As it was written. */
  readonly text: string;
  /** Its file is in a local Ivy or Maven folder. */
  readonly isCached: boolean;
  /** What repositories say of it; `null` when none was asked. */
  readonly remote: "there" | "missing" | { readonly unreachable: string } | null;
}

/** Every package, and how Java would get at it. */
export interface PackagesFacts {
  readonly packages: readonly PackageFact[];
  /** The setting that names them. */
  readonly by: string;
  readonly repositories: readonly string[];
  readonly scalaVersion: string;
  /** Variables that name a proxy, which Java does not read. */
  readonly proxyVariables: readonly string[];
  /** Whether Java has been told of a proxy: `-Dhttps.proxyHost`. */
  readonly javaHasProxy: boolean;
}

/** Judges the packages. */
export function examinePackages(facts: PackagesFacts): Examination {
  const { packages } = facts;
  const cached = packages.filter(({ isCached }) => isCached).length;
  return {
    seen: packages.length === 0 ? "none wanted" : `${packages.length} wanted, ${cached} here already`,
    findings: [...packages.flatMap((each) => ofOne(each, facts)), ...ofProxy(facts)],
  };
}

/** The parts of `group:artifact:version`, or `null` for another text. */
export function coordinatesOf(
  text: string,
): { readonly group: string; readonly artifact: string; readonly version: string } | null {
  // Spark reads group/artifact:version too (MavenUtils.extractMavenCoordinates).
  const [group, artifact, version, ...more] = text.trim().replace("/", ":").split(":").map((part) =>
    part.trim()
  );
  return group && artifact && version && more.length === 0 ? { group, artifact, version } : null;
}

function ofOne({ text, isCached, remote }: PackageFact, facts: PackagesFacts): readonly Finding[] {
  const { by, scalaVersion, repositories } = facts;
  const parts = coordinatesOf(text);
  if (parts === null) {
    return [{
      severity: "error",
      what: `${JSON.stringify(text)} is no package (${by})`,
      why: "The gateway does not start: packages are written group:artifact:version.",
      fix: `Write, for example, --packages org.apache.spark:spark-avro_${scalaVersion}:3.5.7`,
    }];
  }
  const scala = /_(2\.1\d|3)$/.exec(parts.artifact)?.[1];
  const findings: Finding[] = [];
  if (scala !== undefined && scala !== scalaVersion) {
    findings.push({
      severity: "error",
      what: `${text} is made for Scala ${scala}, and this Spark for Scala ${scalaVersion}`,
      why: "Its first call fails: NoSuchMethodError, NoClassDefFoundError: scala/Serializable.",
      fix: `--packages ${text.replace(`_${scala}:`, `_${scalaVersion}:`)}`,
    });
  }
  if (isCached || remote === "there" || remote === null) return findings;
  if (remote === "missing") {
    return [...findings, {
      severity: "error",
      what: `No repository has ${text}: asked ${repositories.join(", ")}`,
      why: "The gateway does not start: unresolved dependency.",
      fix: "Correct the name or the version, or name its repository: --conf spark.jars.repositories=URL",
    }];
  }
  return [...findings, {
    severity: "error",
    what: `${text} is not here, and ${
      repositories[0] ?? "no repository"
    } cannot be reached: ${remote.unreachable}`,
    why: "The gateway does not start before Spark has fetched it.",
    fix:
      "Let this machine reach it, name one it can reach (--conf spark.jars.repositories=URL), or give the jar: --jars",
  }];
}

function ofProxy({ packages, proxyVariables, javaHasProxy }: PackagesFacts): readonly Finding[] {
  const [name] = proxyVariables;
  if (name === undefined || javaHasProxy || packages.every(({ isCached }) => isCached)) return [];
  return [{
    severity: "warning",
    what: `${proxyVariables.join(", ")} name a proxy, which Java does not read`,
    why: "Spark asks the repositories directly, and waits minutes where only the proxy gets through.",
    fix: '--conf "spark.driver.extraJavaOptions=-Dhttps.proxyHost=HOST -Dhttps.proxyPort=PORT"',
  }];
}
