/**
 * Which Spark is there? Looks where PySpark's users have it, and says why it took what it took.
 * @module
 */

import { basename, dirname, join } from "@std/path";
import { EXIT, UserError } from "../errors.ts";
import type { ChildLauncher, Files } from "../ports.ts";

/** A Spark that a gateway can be started from. */
export interface SparkInstallation {
  /** The folder with `bin` and `jars`. */
  readonly home: string;
  /** Such as `3.5.7`. */
  readonly version: string;
  /** Such as `2.12`. */
  readonly scalaVersion: string;
  /** The interpreter whose PySpark this is, or `null` for a Spark without one. */
  readonly python: string | null;
  /** Why this one. */
  readonly why: string;
}

/** Where to look. */
export interface SparkRequest {
  /** `--spark-home`. */
  readonly sparkHome: string | null;
  /** `--python`. */
  readonly python: string | null;
  /** The interpreter of the project's own environment, which may not exist yet. */
  readonly ownPython: string | null;
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
}

/** What looking needs. */
export interface SearchPorts {
  readonly files: Files;
  readonly children: ChildLauncher;
}

/** Python tells where its PySpark is without importing it; the import alone would take 150 ms. */
const FIND_PYSPARK = "import importlib.util as u; s = u.find_spec('pyspark'); " +
  "print(list(s.submodule_search_locations or [''])[0] if s else '')";
/** Interpreters behind version-manager shims were seen to take up to a second. */
const PYTHON_TIMEOUT_MS = 20_000;

/**
 * The Spark to use, or `null` when there is none. In order: `--spark-home`, the PySpark of `--python`,
 * `SPARK_HOME`, the PySpark of the active virtual environment, of `python3`, and of the project's own environment.
 * @throws {UserError} When a place that was named holds no Spark.
 */
export async function findSpark(
  request: SparkRequest,
  ports: SearchPorts,
): Promise<SparkInstallation | null> {
  const { env } = request;
  if (request.sparkHome !== null) {
    return named(await readHome(request.sparkHome, { python: null, why: "--spark-home" }, ports.files), {
      place: request.sparkHome,
      by: "--spark-home",
    });
  }
  if (request.python !== null) {
    return named(await ofPython(request.python, { why: "the PySpark of --python", request, ports }), {
      place: request.python,
      by: "--python",
    });
  }
  if (env.SPARK_HOME) {
    return named(await readHome(env.SPARK_HOME, { python: null, why: "SPARK_HOME" }, ports.files), {
      place: env.SPARK_HOME,
      by: "SPARK_HOME",
    });
  }
  const venv = env.VIRTUAL_ENV || env.CONDA_PREFIX;
  const candidates: readonly (readonly [string | null, string])[] = [
    [venv ? join(venv, "bin", "python") : null, "the PySpark of the active environment"],
    ["python3", "the PySpark of python3"],
    [request.ownPython, "the project's own environment"],
  ];
  for (const [python, why] of candidates) {
    if (python === null) continue;
    const found = await ofPython(python, { why, request, ports });
    if (found !== null) return found;
  }
  return null;
}

function named(
  found: SparkInstallation | null,
  { place, by }: { place: string; by: string },
): SparkInstallation {
  if (found !== null) return found;
  throw new UserError(`Cannot use ${by}: there is no Spark in ${place}`, {
    hint: by === "--python"
      ? `Install PySpark there (${place} -m pip install pyspark), or leave ${by} out.`
      : `Name a folder that has "bin" and "jars", such as an unpacked Spark or site-packages/pyspark.`,
    exitCode: EXIT.config,
  });
}

interface PythonSearch {
  readonly why: string;
  readonly request: SparkRequest;
  readonly ports: SearchPorts;
}

async function ofPython(
  python: string,
  { why, request, ports }: PythonSearch,
): Promise<SparkInstallation | null> {
  try {
    const spec = { program: python, args: ["-c", FIND_PYSPARK], env: request.env, cwd: request.cwd };
    const { exit, stdout } = await ports.children.run(spec, PYTHON_TIMEOUT_MS);
    const home = new TextDecoder().decode(stdout).trim();
    if (exit.code !== 0 || home === "") return null;
    return await readHome(
      home,
      { python: await findProgram(python, request, ports.files), why },
      ports.files,
    );
  } catch {
    // No such interpreter: as good as one without PySpark.
    return null;
  }
}

async function readHome(
  home: string,
  { python, why }: { python: string | null; why: string },
  files: Files,
): Promise<SparkInstallation | null> {
  const core = (await files.list(join(home, "jars"))).flatMap((name) =>
    /^spark-core_([\d.]+)-(\d[\w.-]*)\.jar$/.exec(name) ?? []
  );
  const [, scalaVersion, version] = core;
  return scalaVersion === undefined || version === undefined
    ? null
    : { home, version, scalaVersion, python, why };
}

/** The path of a program as the shell would find it, or `null`. A link is kept: a virtual environment is one. */
export async function findProgram(
  name: string,
  { env, cwd }: { env: Readonly<Record<string, string>>; cwd: string },
  files: Files,
): Promise<string | null> {
  if (name.includes("/")) return name.startsWith("/") ? name : join(cwd, name);
  for (const folder of (env.PATH ?? "").split(":")) {
    const path = join(folder === "" ? cwd : folder, name);
    if ((await files.stat(path))?.isFile) return path;
  }
  return null;
}

/**
 * The folder to put first on a program's `PATH` so that `python` finds this PySpark, because a plain one would not: it was
 * named, or is the project's own. `null` when there is no such need.
 */
export function programBin(
  spark: SparkInstallation,
  { python, ownEnvironment }: { readonly python: string | null; readonly ownEnvironment: string },
): string | null {
  if (spark.python === null || basename(dirname(spark.python)) !== "bin") return null;
  return python !== null || spark.python.startsWith(`${ownEnvironment}/`) ? dirname(spark.python) : null;
}
