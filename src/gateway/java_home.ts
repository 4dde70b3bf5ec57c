/**
 * Which Java is there, and can this Spark run on it? Reads the `release` file that every JDK since 9 carries, so
 * that no JVM has to be started to ask.
 * @module
 */

import { dirname, join } from "@std/path";
import { EXIT, UserError } from "../errors.ts";
import type { Files } from "../ports.ts";
import { findProgram } from "./spark_home.ts";
import type { SearchPorts } from "./spark_home.ts";

/** A Java that can be executed. */
export interface JavaInstallation {
  readonly home: string;
  /** Such as `17.0.15`. */
  readonly version: string;
  /** The feature number: 8, 11, 17, 21, 25. */
  readonly major: number;
  /** The names of its modules; `null` when it does not tell. */
  readonly modules: readonly string[] | null;
  readonly why: string;
  /** What is wrong with it for this Spark, or `null`. */
  readonly warning: string | null;
}

/** Where to look. */
export interface JavaRequest {
  /** `--java-home`. */
  readonly javaHome: string | null;
  readonly sparkVersion: string;
  /** Java homes the project brought itself. */
  readonly ownHomes: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
}

/** Java's feature numbers a Spark runs on. */
export interface JavaRange {
  readonly least: number;
  readonly most: number;
}

/**
 * The Java versions a Spark runs on: Spark's documentation, and for 3.5 on 21 and 4.3 on 25 measured with every
 * kind of job. On Java 25 the gateway of 3.5 to 4.0 starts but no context does, and 4.1 cannot stream.
 */
export function javaRange(sparkVersion: string): JavaRange {
  const [major = 0, minor = 0] = sparkVersion.split(".").map(Number);
  if (major >= 4) return { least: 17, most: major > 4 || minor >= 3 ? 25 : 21 };
  if (major === 3) return { least: 8, most: minor >= 5 ? 21 : minor >= 3 ? 17 : 11 };
  return { least: 7, most: 8 };
}

/**
 * The Java to use, or `null` when none on this machine can run this Spark. In order: `--java-home`, `JAVA_HOME`,
 * `java` on the PATH, the usual folders, and what the project brought. One that was named with `--java-home` is
 * taken as it is; of the others the first that this Spark supports, and `JAVA_HOME` when there is no better one.
 * @throws {UserError} When `--java-home` names no Java.
 */
export async function findJava(
  request: JavaRequest,
  { files }: SearchPorts,
): Promise<JavaInstallation | null> {
  const range = javaRange(request.sparkVersion);
  if (request.javaHome !== null) {
    const java = await readJava(request.javaHome, "--java-home", files);
    if (java !== null) return judged(java, range, request.sparkVersion);
    throw new UserError(`Cannot use --java-home: there is no Java in ${request.javaHome}`, {
      hint: "Name the folder that has bin/java in it.",
      exitCode: EXIT.config,
    });
  }
  const unfit: JavaInstallation[] = [];
  for await (const java of candidates(request, files)) {
    const fit = judged(java, range, request.sparkVersion);
    if (fit.warning === null) {
      return {
        ...fit,
        why: [fit.why, ...unfit.map((other) => `not ${other.why}, which is ${other.version}`)].join("; "),
      };
    }
    unfit.push(fit);
  }
  return unfit.find(({ why }) => why === "JAVA_HOME") ?? null;
}

/** Every Java that can be found, in the order of {@linkcode findJava}; not what `--java-home` names. */
export async function everyJava(
  request: JavaRequest,
  { files }: Pick<SearchPorts, "files">,
): Promise<readonly JavaInstallation[]> {
  return await Array.fromAsync(candidates(request, files));
}

async function* candidates(request: JavaRequest, files: Files): AsyncGenerator<JavaInstallation> {
  const { env } = request;
  const seen = new Set<string>();
  const places: (readonly [string | null, string])[] = [
    [env.JAVA_HOME || null, "JAVA_HOME"],
    [await homeOfProgram(request, files), "java on the PATH"],
  ];
  const folders = ["/usr/lib/jvm", "/usr/java", "/opt/java", "/Library/Java/JavaVirtualMachines"];
  if (env.HOME) folders.push(join(env.HOME, ".sdkman/candidates/java"), join(env.HOME, ".jdks"));
  for (const folder of folders) {
    // Newest names last in the alphabet: prefer them only among those the Spark supports, so order hardly matters.
    for (const name of await files.list(folder)) {
      places.push([join(folder, name), folder], [join(folder, name, "Contents/Home"), folder]);
    }
  }
  for (const home of request.ownHomes) places.push([home, "the project's own environment"]);
  for (const [home, why] of places) {
    const real = home === null ? null : await files.realPath(home);
    if (home === null || real === null || seen.has(real)) continue;
    seen.add(real);
    const java = await readJava(home, why, files);
    if (java !== null) yield java;
  }
}

async function homeOfProgram(request: JavaRequest, files: Files): Promise<string | null> {
  const program = await findProgram("java", request, files);
  const real = program === null ? null : await files.realPath(program);
  return real === null ? null : dirname(dirname(real));
}

/** Reads one Java home; `null` when there is no Java, or it does not say which. */
async function readJava(home: string, why: string, files: Files): Promise<JavaInstallation | null> {
  if (!(await files.stat(join(home, "bin/java")))?.isFile) return null;
  // The Java 8 of some distributions is a jre folder inside the home that holds the file.
  for (const place of [join(home, "release"), join(home, "../release")]) {
    const text = await files.readText(place).catch(() => "");
    const version = /^JAVA_VERSION="?([^"\n]+)"?$/m.exec(text)?.[1];
    if (version === undefined) continue;
    const modules = /^MODULES="([^"]*)"$/m.exec(text)?.[1]?.split(" ") ?? null;
    return { home, version, major: majorOf(version), modules, why, warning: null };
  }
  return null;
}

function majorOf(version: string): number {
  const [first = 0, second = 0] = version.split(/[._+-]/).map(Number);
  return first === 1 ? second : first;
}

function judged(java: JavaInstallation, range: JavaRange, sparkVersion: string): JavaInstallation {
  if (java.major >= range.least && java.major <= range.most) return java;
  const warning = `Spark ${sparkVersion} is made for Java ${range.least} to ${range.most}, not ${java.major}`;
  return { ...java, warning };
}
