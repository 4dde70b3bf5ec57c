/**
 * What does an instance's file of settings hold? What it held, what was asked for, and ports of its own.
 * @module
 */

import { resolve } from "@std/path";
import { DEFAULT_API, DEFAULT_RELAY_PORT } from "../../config.ts";
import type { RawSettings } from "../../config.ts";
import { isRecord } from "../../core/json.ts";
import { EXIT, UserError } from "../../errors.ts";
import { OPTIONS } from "../../options.ts";
import type { OptionName } from "../../options.ts";

/** A file to write. */
export interface SettingsFile {
  readonly text: string;
  /** Which settings are new in it. Their values may be secrets. */
  readonly changed: readonly string[];
}

/** What it is made from. */
export interface SettingsRequest {
  readonly path: string;
  /** The file as it is; `null` when there is none. */
  readonly current: string | null;
  /** What was asked for on the command line. */
  readonly given: RawSettings;
  /** The folder that its relative paths are in: the service works in another. */
  readonly cwd: string;
  /** The files of the other instances. */
  readonly others: readonly string[];
}

type Values = Readonly<Record<string, unknown>>;

/**
 * The file; `null` when it can stay as it is.
 * @throws {UserError} When something is to be changed in a file that is no plain JSON object.
 */
export function settingsFile({ path, current, given, cwd, others }: SettingsRequest): SettingsFile | null {
  const asked = Object.entries(given);
  if (current !== null && asked.length === 0) return null;
  const before = current === null ? {} : objectOf(current);
  if (before === null) {
    throw new UserError(`Cannot change ${path}: it is not plain JSON`, {
      hint: "Change the settings in the file itself, and install the service without any.",
      exitCode: EXIT.config,
    });
  }
  const wanted = {
    ...before,
    ...Object.fromEntries(asked.map(([name, value]) => [name, jsonOf(name, absolute(name, value, cwd))])),
  };
  const values: Values = { ...freePorts(wanted, others.map((text) => objectOf(text) ?? {})), ...wanted };
  const changed = Object.keys(values).filter((name) => before[name] !== values[name]);
  return { text: `${JSON.stringify(values, null, 2)}\n`, changed };
}

const PATHS: readonly string[] = ["spark-home", "java-home", "warm-up"];

/** A program without a slash is looked up on the PATH, a jar may be an address. */
function absolute(name: string, value: unknown, cwd: string): unknown {
  if (typeof value !== "string" || value === "") return value;
  if (PATHS.includes(name) || name === "python" && value.includes("/")) return resolve(cwd, value);
  if (name !== "jars") return value;
  return value.split(",").map((jar) => /^\w+:/.test(jar) ? jar : resolve(cwd, jar)).join(",");
}

/** Numbers are numbers in the file. */
function jsonOf(name: string, value: unknown): unknown {
  const { kind } = OPTIONS[name as OptionName];
  const isNumber = kind === "port" || kind === "count" || kind === "seconds";
  return isNumber && value !== "" && Number.isFinite(Number(value)) ? Number(value) : value;
}

/** The usual ports, or the next pair of them that neither another instance nor a setting of this one has. */
function freePorts({ api, relay }: Values, others: readonly Values[]): Values {
  const taken = new Set([
    ...others.flatMap((
      each,
    ) => [portIn(each.api ?? DEFAULT_API.port), portIn(each.relay ?? DEFAULT_RELAY_PORT)]),
    ...[api, relay].flatMap((value) => value === undefined ? [] : [portIn(value)]),
  ]);
  const free = (port: number): number => taken.has(port) ? free(port + 2) : port;
  return { api: `${DEFAULT_API.hostname}:${free(DEFAULT_API.port)}`, relay: free(DEFAULT_RELAY_PORT) };
}

/** The port of `127.0.0.1:7433`, `7433` and the like. */
function portIn(value: unknown): number {
  return Number(/\d+$/.exec(String(value))?.[0]);
}

function objectOf(text: string): Values | null {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value as Values : null;
  } catch {
    return null;
  }
}
