import assert from "node:assert/strict";
import { pythonProgram, shellProgram } from "../../../src/core/submit/python_program.ts";
import type { RunnerFacts } from "../../../src/core/submit/python_program.ts";

const FACTS: RunnerFacts = {
  sparkPythonPath: "/spark/python/lib/pyspark.zip:/spark/python/lib/py4j.zip",
  driverPython: null,
  workerPython: null,
  ompThreads: null,
  master: "local[2]",
  pyFiles: [],
};
const REQUEST = { path: "job.py", args: ["a b", ""], pathElements: ["/x", "/y.zip"], sparkVersion: "4.3.0" };

Deno.test("pythonProgram() is the interpreter, the program and its arguments, both outputs as one", () => {
  const { command } = pythonProgram({}, FACTS, REQUEST);
  assert.deepEqual(command, ["sh", "-c", 'exec "$@" 2>&1', "sh", "python3", "job.py", "a b", ""]);
  const fromUri = (path: string) => pythonProgram({}, FACTS, { ...REQUEST, path }).command[5];
  assert.equal(fromUri("file:///a/job.py"), "/a/job.py");
  assert.equal(fromUri("local:/a/job.py"), "/a/job.py");
});

Deno.test("pythonProgram() finds the interpreter where PythonRunner does, in its order", () => {
  const python = (env: Record<string, string>, facts: Partial<RunnerFacts>) =>
    pythonProgram(env, { ...FACTS, ...facts }, REQUEST).command[4];
  const env = { PYSPARK_DRIVER_PYTHON: "c", PYSPARK_PYTHON: "d" };
  assert.equal(python(env, { driverPython: "a", workerPython: "b" }), "a");
  assert.equal(python(env, { workerPython: "b" }), "b");
  assert.equal(python(env, {}), "c");
  assert.equal(python({ PYSPARK_PYTHON: "d" }, {}), "d");
  assert.equal(python({}, {}), "python3");
});

Deno.test("pythonProgram() sets what PythonRunner sets, and only that", () => {
  const env = { HOME: "/h", PYTHONPATH: "/old", OMP_NUM_THREADS: "9" };
  assert.deepEqual(pythonProgram(env, FACTS, REQUEST).env, {
    HOME: "/h",
    OMP_NUM_THREADS: "9",
    PYTHONPATH: "/x:/y.zip:/spark/python/lib/pyspark.zip:/spark/python/lib/py4j.zip:/old",
    PYTHONUNBUFFERED: "YES",
    PYTHONHASHSEED: "0",
    MASTER: "local[2]",
  });
  const facts = { ...FACTS, workerPython: "/p", ompThreads: "3" };
  const told = pythonProgram(env, facts, { ...REQUEST, sparkVersion: "3.5.7", pathElements: [] }).env;
  assert.deepEqual([told.PYSPARK_PYTHON, told.OMP_NUM_THREADS, told.MASTER], ["/p", "3", undefined]);
  assert.ok(told.PYTHONPATH?.startsWith("/spark/"));
});

Deno.test("shellProgram() is what bin/pyspark makes of the environment", () => {
  const spark = { sparkHome: "/spark", py4jZip: "/spark/python/lib/py4j.zip" };
  const { command, env } = shellProgram({ PYTHONSTARTUP: "/mine.py", PYTHONPATH: "/old" }, FACTS, spark);
  assert.deepEqual(command, ["python3"]);
  assert.deepEqual(env, {
    PYSPARK_PYTHON: "python3",
    PYSPARK_DRIVER_PYTHON: "python3",
    PYTHONPATH: "/spark/python/lib/py4j.zip:/spark/python/:/old",
    PYTHONHASHSEED: "0",
    OLD_PYTHONSTARTUP: "/mine.py",
    PYTHONSTARTUP: "/spark/python/pyspark/shell.py",
    SPARK_CONNECT_MODE: "0",
  });
  const ipython = { PYSPARK_DRIVER_PYTHON: "ipython", PYSPARK_DRIVER_PYTHON_OPTS: "--pylab 'a b'" };
  assert.deepEqual(shellProgram(ipython, FACTS, spark).command, ["ipython", "--pylab", "a b"]);
});
