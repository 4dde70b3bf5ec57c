/**
 * Do the Python of programs, the Python of Spark's workers and Spark itself fit together?
 * @module
 */

import type { Examination, Finding } from "./finding.ts";

/** A Python, as it told itself. */
export interface PythonFacts {
  /** As it was named. */
  readonly name: string;
  /** Such as `3.11.2`. */
  readonly version: string;
  readonly executable: string;
  /** The folder of its environment: `python` and `python3` of one are the same. */
  readonly prefix: string;
  /** The versions of packages, by name; what is not installed is missing. */
  readonly packages: Readonly<Record<string, string>>;
  /** What the installed PySpark says of the Python it needs, such as `>=3.8`; `null` when it does not. */
  readonly requiresPython: string | null;
  /** What went wrong when PySpark was imported; `null` when nothing did, or it is not installed. */
  readonly importError: string | null;
}

/** A Python that could not be asked. */
export interface NoPython {
  readonly name: string;
  readonly failure: string;
}

/** What is known of Python here. */
export interface PythonSearch {
  readonly sparkVersion: string;
  /** Whether programs take PySpark from `SPARK_HOME`, and not from their own environment. */
  readonly fromHome: boolean;
  /** The version of the Py4J jar; `null` when there is none. */
  readonly py4jJar: string | null;
  /** That of programs. */
  readonly driver: PythonFacts | NoPython;
  readonly worker: PythonFacts | NoPython;
  /** What chose the workers' Python, such as `PYSPARK_PYTHON`. */
  readonly workerBy: string;
}

/** Packages whose versions must agree, because their objects are pickled on one side and read on the other. */
export const SHARED_PACKAGES = ["cloudpickle", "numpy", "pandas", "pyarrow"] as const;

/** Judges both. */
export function examinePython(search: PythonSearch): Examination {
  const { driver, worker, workerBy } = search;
  const same = "version" in driver && "version" in worker && driver.prefix === worker.prefix;
  return {
    seen: same
      ? `${titleOf(driver)}, for programs and workers`
      : `programs ${titleOf(driver)}, workers ${titleOf(worker)} (${workerBy})`,
    findings: [
      ...unusable(driver, "Programs", "Install Python 3, or name one: --python PATH"),
      ...("version" in driver ? ofDriver(driver, search) : []),
      ...(same ? [] : [
        ...unusable(worker, "Spark's workers", `export PYSPARK_PYTHON=${nameOf(driver)}`, workerBy),
        ...("version" in driver && "version" in worker ? disagreement(driver, worker, workerBy) : []),
      ]),
    ],
  };
}

function titleOf(python: PythonFacts | NoPython): string {
  return "version" in python ? `Python ${python.version} (${python.executable})` : `${python.name}: none`;
}

function nameOf(python: PythonFacts | NoPython): string {
  return "version" in python ? python.executable : "/path/to/python3";
}

function unusable(
  python: PythonFacts | NoPython,
  who: string,
  fix: string,
  by: string | null = null,
): readonly Finding[] {
  if ("version" in python) return [];
  return [{
    severity: "error",
    what: `${who} have no Python: ${python.name}${
      by === null ? "" : ` (${by})`
    } cannot be run, ${python.failure}`,
    why: who === "Programs"
      ? "No PySpark program can be started with it."
      : "Every Python function in a job fails: Cannot run program.",
    fix,
  }];
}

function ofDriver(python: PythonFacts, search: PythonSearch): readonly Finding[] {
  const { sparkVersion, py4jJar, fromHome } = search;
  const { packages, importError, requiresPython, version, executable } = python;
  const findings: Finding[] = [];
  const pyspark = packages.pyspark;
  if (pyspark !== undefined && pyspark !== sparkVersion) {
    const isFar = minorOf(pyspark) !== minorOf(sparkVersion);
    findings.push({
      severity: isFar ? "error" : "warning",
      what: `${executable} has PySpark ${pyspark}, and the gateway is Spark ${sparkVersion}`,
      why: isFar
        ? "Python calls Java methods that another version names otherwise: Py4JError, JavaPackage is not callable."
        : "They mostly agree; what a bug fix has changed on both sides may not.",
      fix: `${executable} -m pip install pyspark==${sparkVersion}, or: unset SPARK_HOME`,
    });
  }
  if (pyspark === undefined && !fromHome) {
    findings.push({
      severity: "error",
      what: `${executable} has no PySpark`,
      why: "Programs cannot import it: ModuleNotFoundError.",
      fix: `${executable} -m pip install pyspark==${sparkVersion}`,
    });
  }
  if (py4jJar !== null && packages.py4j !== undefined && packages.py4j !== py4jJar) {
    findings.push({
      severity: seriesOf(packages.py4j) === seriesOf(py4jJar) ? "warning" : "error",
      what: `${executable} has py4j ${packages.py4j}, and Spark's jar is ${py4jJar}`,
      why: "Both ends of one protocol: commands that one knows and the other does not end as Py4JError.",
      fix: `${executable} -m pip install py4j==${py4jJar}`,
    });
  }
  if (importError !== null) {
    findings.push({
      severity: "error",
      what: `${executable} cannot import pyspark: ${importError}`,
      why: "No PySpark program gets beyond its first line.",
      fix: `${executable} -m pip install --force-reinstall pyspark==${sparkVersion}`,
    });
  }
  const least = /^>=\s*([\d.]+)/.exec(requiresPython ?? "")?.[1];
  if (least !== undefined && isOlder(version, least)) {
    findings.push({
      severity: "error",
      what: `Python ${version} is too old for PySpark ${
        pyspark ?? sparkVersion
      }, which wants ${least} or newer`,
      why: "It fails at its first line, or at one that this Python does not understand.",
      fix: `Name a newer one: --python PATH`,
    });
  }
  return findings;
}

function disagreement(driver: PythonFacts, worker: PythonFacts, by: string): readonly Finding[] {
  const findings: Finding[] = [];
  if (minorOf(driver.version) !== minorOf(worker.version)) {
    findings.push({
      severity: "error",
      what: `Programs run Python ${driver.version}, and Spark's workers Python ${worker.version} ` +
        `(${worker.executable}, ${by})`,
      why: "Spark refuses every Python function: PYTHON_VERSION_MISMATCH.",
      fix: `export PYSPARK_PYTHON=${driver.executable}`,
    });
  }
  const other = SHARED_PACKAGES.filter((name) =>
    driver.packages[name] !== undefined && driver.packages[name] !== worker.packages[name]
  );
  if (other.length > 0) {
    const each = other.map((name) =>
      `${name} ${driver.packages[name]} and ${worker.packages[name] ?? "none"}`
    );
    findings.push({
      severity: "warning",
      what: `Programs and workers have other versions: ${each.join(", ")}`,
      why:
        "What is pickled on one side may not be read on the other; without pandas and pyarrow no pandas UDF runs.",
      fix: `export PYSPARK_PYTHON=${driver.executable}, or: ${worker.executable} -m pip install ${
        other.map((name) => `${name}==${driver.packages[name]}`).join(" ")
      }`,
    });
  }
  return findings;
}

function minorOf(version: string): string {
  return version.split(".").slice(0, 2).join(".");
}

/** Py4J's protocol has been the same within 0.10.9. */
function seriesOf(version: string): string {
  return version.split(".").slice(0, 3).join(".");
}

function isOlder(version: string, least: string): boolean {
  const [have, want] = [version, least].map((text) => text.split(".").map(Number));
  for (const [at, part] of (want ?? []).entries()) {
    const mine = have?.[at] ?? 0;
    if (mine !== part) return mine < part;
  }
  return false;
}
