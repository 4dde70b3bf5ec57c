/**
 * Where do the settings come from? The command line, the environment and one file are read, and read again.
 * @module
 */

import { isAbsolute, join } from "@std/path";
import { fromEnvironment, resolveSettings } from "../config.ts";
import type { RawSettings, Settings } from "../config.ts";
import { EXIT, reasonOf, UserError } from "../errors.ts";
import type { Files } from "../ports.ts";
import type { ConfigFile } from "./place.ts";

/** The places. */
export interface ConfigSource {
  readonly flags: RawSettings;
  /** The environment as it was at the start. */
  readonly env: Readonly<Record<string, string>>;
  /** The folder that a relative path of the file is in. */
  readonly cwd: string;
  readonly files: Pick<Files, "readText">;
}

/** What they say. */
export interface Configuration {
  readonly settings: Settings;
  /** `null` when none is named. */
  readonly file: ConfigFile | null;
}

/**
 * Reads the file, if one is named, and combines it with the rest.
 * @throws {UserError} When the file cannot be read.
 * @throws {UserErrors} With everything that is wrong in any place.
 */
export async function readConfiguration({ flags, env, cwd, files }: ConfigSource): Promise<Configuration> {
  const variables = fromEnvironment(env);
  const path = String(flags.config ?? variables.config ?? "");
  const file = path === "" ? null : await readFile(isAbsolute(path) ? path : join(cwd, path), files);
  const places = [["flag", flags], ["environment", variables], ["file", file?.raw ?? {}]] as const;
  return { settings: resolveSettings(places, file), file };
}

async function readFile(path: string, files: ConfigSource["files"]): Promise<ConfigFile> {
  const text = await files.readText(path).catch((cause) => {
    throw new UserError(`Cannot read the configuration file ${path}: ${reasonOf(cause)}`, {
      hint: "Check the path given with --config or REKINDLE_CONFIG.",
      exitCode: EXIT.noInput,
      cause,
    });
  });
  const { readConfigFile } = await import("./file.ts");
  return await readConfigFile(text, path);
}
