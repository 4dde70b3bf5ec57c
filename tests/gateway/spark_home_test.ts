import assert from "node:assert/strict";
import { EXIT, UserError } from "../../src/errors.ts";
import { findProgram, findSpark, programBin } from "../../src/gateway/spark_home.ts";
import type { SparkInstallation, SparkRequest } from "../../src/gateway/spark_home.ts";
import { MemoryFiles } from "../fakes/memory_files.ts";
import { ScriptedLauncher } from "../fakes/scripted_child.ts";

const JAR = "jars/spark-core_2.12-3.5.7.jar";
/** Every place a Spark can be found in; each has one. */
const TREE: Readonly<Record<string, string>> = {
  [`/named/${JAR}`]: "",
  [`/home-variable/${JAR}`]: "",
  "/venv/bin/python": "",
  [`/venv/pyspark/${JAR}`]: "",
  "/usr/bin/python3": "",
  [`/usr/pyspark/${JAR}`]: "",
  "/own/bin/python": "",
  [`/own/pyspark/${JAR}`]: "",
  "/bare/bin/python": "",
};
/** What each interpreter answers when it is asked for its PySpark. */
const PYSPARK: Readonly<Record<string, string>> = {
  "/venv/bin/python": "/venv/pyspark\n",
  python3: "/usr/pyspark\n",
  "/own/bin/python": "/own/pyspark\n",
  "/bare/bin/python": "\n",
};
const REQUEST: SparkRequest = {
  sparkHome: "/named",
  python: "/own/bin/python",
  ownPython: "/own/bin/python",
  env: { SPARK_HOME: "/home-variable", VIRTUAL_ENV: "/venv", PATH: "/bin:/usr/bin" },
  cwd: "/job",
};

/** Looks with some of the request changed, and some of the tree taken away. */
async function find(
  changes: Partial<SparkRequest>,
  { without = [] }: { without?: readonly string[] } = {},
): Promise<SparkInstallation | null> {
  const files = new MemoryFiles(TREE);
  for (const path of without) await files.remove(path);
  const children = new ScriptedLauncher();
  children.onRun = ({ program }) => {
    const stdout = PYSPARK[program];
    if (stdout === undefined || without.includes(program)) throw new Error(`Could not start ${program}`);
    return { stdout };
  };
  return await findSpark({ ...REQUEST, ...changes }, { files, children });
}

const NOTHING_NAMED: Partial<SparkRequest> = { sparkHome: null, python: null };
const NO_VARIABLE = { ...NOTHING_NAMED, env: { VIRTUAL_ENV: "/venv", PATH: "/bin:/usr/bin" } };

Deno.test("findSpark() looks in one place after another, and says where it found one", async () => {
  const spark = (home: string, why: string, python: string | null): SparkInstallation => ({
    home,
    why,
    python,
    version: "3.5.7",
    scalaVersion: "2.12",
  });
  assert.deepEqual(await find({}), spark("/named", "--spark-home", null));
  assert.deepEqual(
    await find({ sparkHome: null }),
    spark("/own/pyspark", "the PySpark of --python", "/own/bin/python"),
  );
  assert.deepEqual(await find(NOTHING_NAMED), spark("/home-variable", "SPARK_HOME", null));
  assert.deepEqual(
    await find(NO_VARIABLE),
    spark("/venv/pyspark", "the PySpark of the active environment", "/venv/bin/python"),
  );
  const python3 = spark("/usr/pyspark", "the PySpark of python3", "/usr/bin/python3");
  assert.deepEqual(await find({ ...NOTHING_NAMED, env: { PATH: "/bin:/usr/bin" } }), python3);
  assert.deepEqual(await find(NO_VARIABLE, { without: ["/venv/pyspark"] }), python3);
  assert.deepEqual(await find(NO_VARIABLE, { without: ["/venv/bin/python"] }), python3);
  const own = spark("/own/pyspark", "the project's own environment", "/own/bin/python");
  assert.deepEqual(await find(NO_VARIABLE, { without: ["/venv/bin/python", "python3"] }), own);
  assert.equal(await find(NO_VARIABLE, { without: ["/venv/pyspark", "/usr/pyspark", "/own/pyspark"] }), null);
  assert.equal(
    await find({ ...NO_VARIABLE, ownPython: null }, { without: ["/venv/pyspark", "/usr/pyspark"] }),
    null,
  );
});

Deno.test("findSpark() takes an empty variable for an unset one", async () => {
  const env = { SPARK_HOME: "", VIRTUAL_ENV: "", CONDA_PREFIX: "/venv", PATH: "/usr/bin" };
  assert.equal((await find({ ...NOTHING_NAMED, env }))?.home, "/venv/pyspark");
  const { VIRTUAL_ENV: _, ...conda } = env;
  assert.equal((await find({ ...NOTHING_NAMED, env: conda }))?.home, "/venv/pyspark");
});

Deno.test("findSpark() believes no interpreter that fails, or that has no PySpark", async () => {
  const request = { ...REQUEST, ...NOTHING_NAMED, env: {}, ownPython: null };
  const files = new MemoryFiles({ [`/${JAR}`]: "", [`/usr/pyspark/${JAR}`]: "" });
  for (const outcome of [{ stdout: "\n" }, { stdout: "/usr/pyspark\n", exit: { code: 1, signal: null } }]) {
    const children = new ScriptedLauncher();
    children.onRun = () => outcome;
    assert.equal(await findSpark(request, { files, children }), null);
  }
});

for (
  const [by, changes, hint] of [
    ["--spark-home", { sparkHome: "/empty" }, /"bin" and "jars"/],
    [
      "--python",
      { sparkHome: null, python: "/bare/bin/python" },
      /\/bare\/bin\/python -m pip install pyspark/,
    ],
    ["--python", { sparkHome: null, python: "/no/python" }, /\/no\/python -m pip install pyspark/],
    [
      "SPARK_HOME",
      { ...NOTHING_NAMED, env: { SPARK_HOME: "/empty", VIRTUAL_ENV: "/venv" } },
      /"bin" and "jars"/,
    ],
  ] as const
) {
  Deno.test(`findSpark() holds ${by} to what it names: ${JSON.stringify(changes)}`, async () => {
    await assert.rejects(find(changes), (error) => {
      assert.ok(error instanceof UserError);
      assert.match(error.message, new RegExp(`^Cannot use ${by}: there is no Spark in /`));
      assert.match(error.hint, hint);
      assert.equal(error.exitCode, EXIT.config);
      return true;
    });
  });
}

for (
  const [jar, version, scalaVersion] of [
    ["spark-core_2.13-4.3.0.jar", "4.3.0", "2.13"],
    ["spark-core_2.12-3.5.0-SNAPSHOT.jar", "3.5.0-SNAPSHOT", "2.12"],
    ["spark-core_2.12-3.3.2.3.3.7190.0-91.jar", "3.3.2.3.3.7190.0-91", "2.12"],
    ["spark-corelib_2.12-3.5.0.jar", null, null],
    ["spark-core_2.12.jar", null, null],
    ["spark-core_2.12-3.5.0.jar.part", null, null],
  ] as const
) {
  Deno.test(`findSpark() reads version ${version} from ${jar}`, async () => {
    const files = new MemoryFiles({ [`/spark/jars/${jar}`]: "", "/spark/jars/a.jar": "" });
    const children = new ScriptedLauncher();
    const request = { ...REQUEST, ...NOTHING_NAMED, env: { VIRTUAL_ENV: "/venv" } };
    children.onRun = () => ({ stdout: "/spark\n" });
    const spark = await findSpark(request, { files, children });
    assert.deepEqual([spark?.version ?? null, spark?.scalaVersion ?? null], [version, scalaVersion]);
  });
}

Deno.test("findProgram() finds what a shell would, and keeps a link as it is", async () => {
  const files = new MemoryFiles({
    "/usr/bin/python3.11": "",
    "/venv/bin/python": "-> /usr/bin/python3.11",
    "/job/tool": "",
    "/early/python/x": "",
  });
  const place = (PATH: string) => ({ env: { PATH }, cwd: "/job" });
  assert.equal(await findProgram("python", place("/early:/venv/bin:/usr/bin"), files), "/venv/bin/python");
  assert.equal(await findProgram("tool", place("/usr/bin:"), files), "/job/tool");
  assert.equal(await findProgram("bin/tool", place("/usr/bin"), files), "/job/bin/tool");
  assert.equal(await findProgram("/x/tool", place("/usr/bin"), files), "/x/tool");
  assert.equal(await findProgram("nothing", place("/usr/bin:/venv/bin"), files), null);
});

Deno.test("programBin() is the folder of a PySpark that was named or is the project's own, where that is called bin", () => {
  const spark = (python: string | null) => ({ home: "", version: "", scalaVersion: "", python, why: "" });
  const unnamed = { python: null, ownEnvironment: "/own" };
  const named = { ...unnamed, python: "python3.11" };
  assert.equal(programBin(spark("/venv/bin/python"), named), "/venv/bin");
  assert.equal(programBin(spark("/venv/bin/python"), unnamed), null);
  assert.equal(programBin(spark("/own/bin/python"), unnamed), "/own/bin");
  assert.equal(programBin(spark("/opt/python3"), named), null);
  assert.equal(programBin(spark(null), named), null);
});
