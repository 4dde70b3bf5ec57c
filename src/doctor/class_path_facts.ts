/**
 * Which of the files and packages that Spark is given are there?
 * @module
 */

import { dirname, join, resolve } from "@std/path";
import { localPath, PATH_SETTINGS } from "../core/doctor/class_path.ts";
import type { PathFact } from "../core/doctor/class_path.ts";
import { coordinatesOf } from "../core/doctor/packages.ts";
import type { PackageFact, PackagesFacts } from "../core/doctor/packages.ts";
import { reasonOf } from "../errors.ts";
import { within } from "../gateway/deadline.ts";
import type { Files } from "../ports.ts";
import type { Surroundings } from "./surroundings.ts";

/** Looks for every file. */
export async function pathFacts({ settings, context }: Surroundings): Promise<readonly PathFact[]> {
  const { cwd, runtime: { files } } = context;
  const words = Object.entries(PATH_SETTINGS).flatMap(([setting, separator]) => {
    const { value = "", by = setting } = settings[setting] ?? {};
    const parts = value.split(separator).map((word) => word.trim()).filter((word) => word !== "");
    return parts.map((path) => ({ setting, by, path }));
  });
  return await Promise.all(words.map(async (each) => {
    const path = localPath(each.path);
    return { ...each, isThere: path === null ? null : await matches(resolve(cwd, path), files) };
  }));
}

/** A class path's `dir/*` means every jar in it; Spark's own lists take patterns in the last part of a path. */
async function matches(path: string, files: Files): Promise<boolean> {
  const name = path.slice(path.lastIndexOf("/") + 1);
  if (!/[*?[{]/.test(name)) return await files.stat(path) !== null;
  const pattern = new RegExp(
    `^${
      name.replace(/[.+^$()|\\]/g, "\\$&").replaceAll("*", ".*").replaceAll("?", ".").replace(
        /\{([^}]*)\}/g,
        (_, words: string) => `(?:${words.replaceAll(",", "|")})`,
      )
    }$`,
  );
  return (await files.list(dirname(path))).some((each) => pattern.test(each));
}

/** Where Spark looks unless told otherwise (SparkSubmitUtils, 3.5 to 4.3). */
const CENTRAL = "https://repo1.maven.org/maven2/", SPARK_PACKAGES = "https://repos.spark-packages.org/";
const ANSWER_MS = 8_000;

/** Looks for every package in the local folders, then asks the repositories for those that are not there. */
export async function packagesFacts(surroundings: Surroundings): Promise<PackagesFacts> {
  const { settings, env, spark } = surroundings;
  const setting = settings["spark.jars.packages"];
  const texts = (setting?.value ?? "").split(",").map((text) => text.trim()).filter((text) => text !== "");
  const repositories = repositoriesOf(surroundings);
  const packages = await Promise.all(
    texts.map(async (text): Promise<PackageFact> => {
      const isCached = await cached(text, surroundings);
      const asked = isCached || coordinatesOf(text) === null ||
        settings["spark.jars.ivySettings"] !== undefined;
      return { text, isCached, remote: asked ? null : await remote(text, repositories, surroundings) };
    }),
  );
  const proxies = ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"];
  const options = [
    settings["spark.driver.extraJavaOptions"]?.value,
    env.JAVA_TOOL_OPTIONS,
    env._JAVA_OPTIONS,
  ];
  return {
    packages,
    by: setting?.by ?? "--packages",
    repositories,
    scalaVersion: spark?.scalaVersion ?? "2.13",
    proxyVariables: texts.length === 0 ? [] : proxies.filter((name) => surroundings.context.env[name]),
    javaHasProxy: options.some((text) => text?.includes("proxyHost") || text?.includes("useSystemProxies")),
  };
}

function repositoriesOf({ settings, env }: Surroundings): readonly string[] {
  const more = (settings["spark.jars.repositories"]?.value ?? "").split(",").map((url) => url.trim());
  const all = [...more, env.DEFAULT_ARTIFACT_REPOSITORY ?? CENTRAL, SPARK_PACKAGES];
  return all.filter((url) => url !== "").map((url) => url.endsWith("/") ? url : `${url}/`);
}

async function cached(text: string, { settings, env, context }: Surroundings): Promise<boolean> {
  const parts = coordinatesOf(text);
  if (parts === null) return false;
  const { group, artifact, version } = parts;
  const home = env.HOME ?? "";
  const ivy = settings["spark.jars.ivy"]?.value;
  const ivyHomes = ivy === undefined ? [".ivy2", ".ivy2.5.2"].map((name) => join(home, name)) : [ivy];
  const places = [
    ...ivyHomes.flatMap((folder) => [
      join(folder, "cache", group, artifact, "jars", `${artifact}-${version}.jar`),
      join(folder, "local", group, artifact, version, "jars", `${artifact}.jar`),
    ]),
    join(home, ".m2/repository", group.replaceAll(".", "/"), artifact, version, `${artifact}-${version}.jar`),
  ];
  for (const place of places) {
    if (await context.runtime.files.stat(place) !== null) return true;
  }
  return false;
}

/** A repository that cannot be reached may be the one that has it. */
async function remote(
  text: string,
  repositories: readonly string[],
  { context: { runtime: { clock, files } } }: Surroundings,
): Promise<PackageFact["remote"]> {
  const { group = "", artifact = "", version = "" } = coordinatesOf(text) ?? {};
  const path = `${group.replaceAll(".", "/")}/${artifact}/${version}/${artifact}-${version}.pom`;
  const never = new AbortController().signal;
  const late = new Error(`no answer after ${ANSWER_MS / 1000} s`);
  let unreachable: string | null = null;
  for (const repository of repositories) {
    try {
      if (repository.startsWith("file:")) {
        if (await files.stat(new URL(path, repository).pathname) !== null) return "there";
        continue;
      }
      const code = await within({ clock, ms: ANSWER_MS, signal: never, reason: late }, async (signal) => {
        const response = await fetch(new URL(path, repository), { method: "HEAD", signal });
        await response.body?.cancel();
        return response.status;
      });
      if (code < 300) return "there";
      if (code !== 404) unreachable ??= `it answers ${code}`;
    } catch (error) {
      // The error itself only says that fetching failed.
      unreachable ??= reasonOf(error instanceof Error && error.cause ? error.cause : error);
    }
  }
  return unreachable === null ? "missing" : { unreachable };
}
