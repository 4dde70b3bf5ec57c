/**
 * Which Python do programs and Spark's workers run, and what is installed there?
 * @module
 */

import { join } from "@std/path";
import { SHARED_PACKAGES } from "../core/doctor/python.ts";
import type { NoPython, PythonFacts, PythonSearch } from "../core/doctor/python.ts";
import { reasonOf } from "../errors.ts";
import { findProgram, programBin } from "../gateway/spark_home.ts";
import type { SparkInstallation } from "../gateway/spark_home.ts";
import type { Surroundings } from "./surroundings.ts";

/** Importing PySpark takes 0.15 to 1 s; behind a slow disk more. */
const PROBE_MS = 30_000;

/** What a Python is asked: its own words, as JSON. PySpark and Py4J tell their versions better than their metadata. */
const PROBE = `
import importlib.util, json, sys
out = {"version": "%d.%d.%d" % sys.version_info[:3], "executable": sys.executable, "prefix": sys.prefix,
       "packages": {}, "requiresPython": None, "importError": None}
try:
    from importlib import metadata
    for name in sys.argv[1:]:
        try:
            out["packages"][name] = metadata.version(name)
        except Exception:
            pass
    out["requiresPython"] = metadata.metadata("pyspark")["Requires-Python"]
except Exception:
    pass
if importlib.util.find_spec("pyspark"):
    try:
        import py4j.version, pyspark
        out["packages"].update(pyspark=pyspark.__version__, py4j=py4j.version.__version__)
    except BaseException as error:
        out["importError"] = "%s: %s" % (type(error).__name__, error)
print("\\n" + json.dumps(out))
`;

/** Asks both. */
export async function pythonSearch(
  surroundings: Surroundings & { readonly spark: SparkInstallation },
): Promise<PythonSearch> {
  const { spark, env, context } = surroundings;
  const { runtime: { files }, cwd, settings, own } = context;
  const bin = programBin(spark, { ...settings, ...own });
  const path = bin === null ? env : { ...env, PATH: `${bin}:${env.PATH ?? ""}` };
  const python3 = await findProgram("python3", { env: path, cwd }, files) ?? "python3";
  const workerName = context.env.PYSPARK_PYTHON || env.PYSPARK_PYTHON || python3;
  const driver = await ask(spark.python ?? python3, surroundings);
  const worker = await ask(workerName, surroundings);
  const jar = (await files.list(join(spark.home, "jars"))).flatMap((name) =>
    /^py4j-([\d.]+)\.jar$/.exec(name)?.[1] ?? []
  );
  return {
    sparkVersion: spark.version,
    fromHome: spark.python === null && await files.stat(join(spark.home, "python/pyspark")) !== null,
    py4jJar: jar[0] ?? null,
    driver,
    worker,
    workerBy: context.env.PYSPARK_PYTHON || env.PYSPARK_PYTHON ? "PYSPARK_PYTHON" : "python3 on the PATH",
  };
}

async function ask(name: string, { context }: Surroundings): Promise<PythonFacts | NoPython> {
  const { env, cwd, runtime: { children } } = context;
  try {
    const spec = { program: name, args: ["-c", PROBE, ...SHARED_PACKAGES], env, cwd };
    const { exit, stdout, stderr, timedOut } = await children.run(spec, PROBE_MS);
    if (timedOut) return { name, failure: `it had not answered after ${PROBE_MS / 1000} s` };
    const answer = new TextDecoder().decode(stdout).trim().split("\n").at(-1) ?? "";
    if (exit.code !== 0 || !answer.startsWith("{")) {
      return { name, failure: stderr.trim().split("\n").at(-1) || `it ended with exit code ${exit.code}` };
    }
    return { name, ...JSON.parse(answer) };
  } catch (error) {
    return { name, failure: reasonOf(error) };
  }
}
