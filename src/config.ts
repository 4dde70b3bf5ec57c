/**
 * What is every setting, and where did its value come from? Flags win over the environment,
 * the environment over the file, the file over the defaults; every mistake is reported at once.
 * @module
 */

import { MIB, parseSize } from "./core/jvm_flags.ts";
import { EXIT, UserError, UserErrors } from "./errors.ts";
import { optionNames, OPTIONS, variableOf } from "./options.ts";
import type { OptionName } from "./options.ts";

/** Raw values by name, as one place gave them. */
export type RawSettings = Readonly<Partial<Record<OptionName, string | boolean | readonly string[]>>>;

/** Where a value came from. */
export type Origin = "flag" | "environment" | "file" | "default";

/** Every setting, checked. */
export interface Settings {
  readonly name: string | null;
  readonly stateDir: string | null;
  readonly api: { readonly hostname: string; readonly port: number };
  /** Where programs attach; `null` when they attach to the gateway itself. */
  readonly relayPort: number | null;
  /** How many programs may run at a time. */
  readonly gateways: number;
  readonly standby: "auto" | "0" | "1";
  readonly recycle: "always" | "dirty" | "never";
  readonly sharing: "exclusive" | "shared";
  /** A program that warms gateways up as well. */
  readonly warmUp: string | null;
  /** Whether gateways may start from a class-data archive. */
  readonly archive: boolean;
  readonly python: string | null;
  readonly sparkHome: string | null;
  readonly javaHome: string | null;
  readonly conf: readonly string[];
  readonly packages: string | null;
  readonly jars: string | null;
  readonly heapBytes: number | null;
  readonly memoryLimitBytes: number | null;
  readonly memoryMode: "adjust" | "suggest" | "off";
  readonly heapDump: boolean;
  readonly restart: "always" | "on-failure" | "never";
  readonly startTimeoutMs: number;
  readonly heartbeatMs: number;
  readonly logLevel: "debug" | "info" | "warn" | "error";
  readonly logFormat: "text" | "json";
  /** Where each value that is not a default came from. */
  readonly origins: Readonly<Partial<Record<OptionName, Origin>>>;
}

/** The settings an environment gives. */
export function fromEnvironment(env: Readonly<Record<string, string>>): RawSettings {
  const raw: Partial<Record<OptionName, string | boolean | readonly string[]>> = {};
  for (const name of optionNames()) {
    const text = env[variableOf(name)];
    if (text === undefined || text === "") continue;
    raw[name] = OPTIONS[name].kind === "list" ? text.split("\n").filter((line) => line !== "") : text;
  }
  return raw;
}

/**
 * The settings a configuration file gives.
 * @throws {UserErrors} For text that is no JSON object, and for every unknown or misshapen key.
 */
export function fromFile(text: string, path: string): RawSettings {
  const wrong = (message: string) =>
    new UserError(`Cannot read ${path}: ${message}`, {
      hint: `Correct the file: one JSON object with settings such as { "heap": "2g" }.`,
      exitCode: EXIT.config,
    });
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    throw new UserErrors([wrong(`it is not JSON (${(cause as Error).message})`)]);
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) {
    throw new UserErrors([wrong("it is not a JSON object")]);
  }
  const raw: Partial<Record<OptionName, string | boolean | readonly string[]>> = {};
  const errors: UserError[] = [];
  for (const [key, value] of Object.entries(parsed)) {
    const name = optionNames().find((option) => option === key);
    if (key === "$schema") continue;
    if (name === undefined) {
      const near = nearest(key, optionNames());
      errors.push(wrong(`there is no setting "${key}"${near === null ? "" : `; did you mean "${near}"?`}`));
    } else if (Array.isArray(value) && value.every((item) => typeof item === "string")) raw[name] = value;
    else if (typeof value === "number") raw[name] = String(value);
    else if (typeof value === "string" || typeof value === "boolean") raw[name] = value;
    else errors.push(wrong(`"${key}" must be text, a list of texts, a number, true or false`));
  }
  throwAll(errors);
  return raw;
}

/**
 * Combines and checks the places settings come from, most important first.
 * @throws {UserErrors} With every bad value.
 */
export function resolveSettings(places: readonly (readonly [Origin, RawSettings])[]): Settings {
  const errors: UserError[] = [];
  const origins: Partial<Record<OptionName, Origin>> = {};
  const given = (name: OptionName) => {
    for (const [origin, raw] of places) {
      const value = raw[name];
      if (value === undefined) continue;
      origins[name] = origin;
      return value;
    }
    return null;
  };
  const refuse = (name: OptionName, value: unknown, expected: string) => {
    const { value: kind, help } = OPTIONS[name];
    const origin = origins[name];
    const where = origin === "environment" ? variableOf(name) : origin === "file" ? name : `--${name}`;
    errors.push(
      new UserError(`Cannot use ${where} ${JSON.stringify(value)}: ${expected}`, {
        hint: `${`--${name} ${kind}`.trimEnd()}: ${help}.`,
        exitCode: origin === "file" ? EXIT.config : EXIT.usage,
      }),
    );
  };
  const read = <T>(name: OptionName, expected: string, parse: (text: string) => T | null): T | null => {
    const value = given(name);
    if (value === null) return null;
    const parsed = parse(String(value));
    if (parsed === null) refuse(name, value, expected);
    return parsed;
  };
  const text = (name: OptionName) => read(name, "it is empty", (value) => value === "" ? null : value);
  const oneOf = <T extends string>(name: OptionName, words: readonly T[]) =>
    read(
      name,
      `it is not one of ${words.join(", ")}`,
      (value) => words.find((word) => word === value) ?? null,
    );
  const size = (name: OptionName) => read(name, "it is not a size such as 1536m or 2g", parseMemory);
  const duration = (name: OptionName) =>
    read(name, "it is not a number of seconds above 0, at most 86400", parseSeconds);
  const conf = given("conf");
  const pairs = conf === null ? [] : typeof conf === "object" ? conf : [String(conf)];
  for (const pair of pairs) {
    if (!/^[^=\s]+=/.test(pair)) {
      refuse("conf", pair, "it is not of the form key=value, such as spark.sql.shuffle.partitions=8");
    }
  }
  const flag = (name: OptionName) => read(name, "it is not true or false", parseFlag) ?? false;
  const quiet = flag("quiet");
  const level = oneOf("log-level", OPTIONS["log-level"].kind) ?? "info";
  const relayPort = read("relay", "it is not a port from 0 to 65535", parsePort) ?? DEFAULT_RELAY_PORT;
  const noRelay = read("no-relay", "it is not true or false", parseFlag) ?? false;
  const settings: Settings = {
    name: read("name", "it may hold letters, digits, dots, dashes and underscores", parseName),
    stateDir: text("state-dir"),
    api: read("api", "it is not a loopback address and port such as 127.0.0.1:7433", parseAddress) ??
      DEFAULT_API,
    relayPort: noRelay ? null : relayPort,
    gateways: read("gateways", "it is not a number from 1 to 64", parseCount) ?? 1,
    standby: oneOf("standby", OPTIONS.standby.kind) ?? "auto",
    recycle: oneOf("recycle", OPTIONS.recycle.kind) ?? "always",
    sharing: oneOf("sharing", OPTIONS.sharing.kind) ?? "exclusive",
    warmUp: text("warm-up"),
    archive: !flag("no-archive"),
    python: text("python"),
    sparkHome: text("spark-home"),
    javaHome: text("java-home"),
    conf: pairs,
    packages: text("packages"),
    jars: text("jars"),
    heapBytes: size("heap"),
    memoryLimitBytes: size("memory-limit"),
    memoryMode: oneOf("memory-mode", OPTIONS["memory-mode"].kind) ?? "adjust",
    heapDump: flag("heap-dump"),
    restart: oneOf("restart", OPTIONS.restart.kind) ?? "always",
    startTimeoutMs: duration("start-timeout") ?? 60_000,
    heartbeatMs: duration("heartbeat") ?? 2_000,
    logLevel: quiet && level !== "error" ? "warn" : level,
    logFormat: oneOf("log-format", OPTIONS["log-format"].kind) ?? "text",
    origins,
  };
  throwAll(errors);
  return settings;
}

/** Where programs attach unless told otherwise. */
export const DEFAULT_RELAY_PORT = 7434;
/** Where the health API listens unless told otherwise. */
export const DEFAULT_API = { hostname: "127.0.0.1", port: 7433 } as const;

/** A bare number is bytes: less than a mebibyte can only be a slip, as `--heap 2` is one for `--heap 2g`. */
function parseMemory(text: string): number | null {
  const bytes = parseSize(text);
  return bytes !== null && bytes >= MIB ? bytes : null;
}

function parseFlag(text: string): boolean | null {
  if (text === "true" || text === "1") return true;
  return text === "false" || text === "0" ? false : null;
}

function parseSeconds(text: string): number | null {
  const ms = Math.round(Number(text.replace(/s$/, "")) * 1000);
  return ms > 0 && ms <= 86_400_000 ? ms : null;
}

function parsePort(text: string): number | null {
  return /^\d{1,5}$/.test(text) && Number(text) <= 65_535 ? Number(text) : null;
}

function parseCount(text: string): number | null {
  return /^[1-9]\d?$/.test(text) && Number(text) <= 64 ? Number(text) : null;
}

function parseName(text: string): string | null {
  return /^[A-Za-z0-9][\w.-]{0,63}$/.test(text) ? text : null;
}

function parseAddress(text: string): Settings["api"] | null {
  const parts = /^(?:(127(?:\.\d{1,3}){3}|localhost|\[::1\]):)?(\d{1,5})$/.exec(text);
  const port = Number(parts?.[2]);
  if (parts === null || port > 65_535) return null;
  const host = parts[1] ?? "127.0.0.1";
  return { hostname: host === "localhost" ? "127.0.0.1" : host.replace(/[[\]]/g, ""), port };
}

function throwAll(errors: readonly UserError[]): void {
  const [first, ...rest] = errors;
  if (first !== undefined) throw new UserErrors([first, ...rest]);
}

/** The word of `known` that a mistyped one most likely stands for, or `null` when none is near. */
export function nearest(word: string, known: readonly string[]): string | null {
  const [best] = known
    .map((candidate) => ({ candidate, distance: editDistance(word, candidate) }))
    .sort((a, b) => a.distance - b.distance);
  return best !== undefined && best.distance <= Math.max(2, Math.floor(word.length / 3)) &&
      best.distance < word.length
    ? best.candidate
    : null;
}

/** Levenshtein's: the least number of letters put in, taken out or changed. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(
        (row[j] ?? 0) + 1,
        (next[j - 1] ?? 0) + 1,
        (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1),
      );
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
