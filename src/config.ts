/**
 * What is every setting, and where did its value come from? Flags win over the environment,
 * the environment over the file, the file over the defaults; every mistake is reported at once.
 * @module
 */

import { KINDS, wordKind } from "./config/kind.ts";
import type { Address, Kind } from "./config/kind.ts";
import { ConfigError, describeValue } from "./config/place.ts";
import type { ConfigFile } from "./config/place.ts";
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
  readonly api: Address;
  /** Names by which the API may be asked for, beside loopback's and the address it listens on. */
  readonly trustedHosts: readonly string[];
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
  /** Whether the workers of gateways may find PySpark compiled. */
  readonly bytecode: boolean;
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
  /** Whether it was asked for; `logLevel` heeds it. */
  readonly quiet: boolean;
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
 * Combines and checks the places settings come from, most important first.
 * @param file The file among them; what is wrong with it is reported along with the rest.
 * @throws {UserErrors} With every bad value.
 */
export function resolveSettings(
  places: readonly (readonly [Origin, RawSettings])[],
  file: ConfigFile | null = null,
): Settings {
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
  const refuse = (name: OptionName, value: unknown, why: string) => {
    const { value: kind, help } = OPTIONS[name];
    const hint = `${`--${name} ${kind}`.trimEnd()}: ${help}.`;
    if (origins[name] === "file") {
      return void errors.push(new ConfigError(file, [name], { value, why, hint }));
    }
    const where = origins[name] === "environment" ? variableOf(name) : `--${name}`;
    const message = `Cannot use ${where} ${describeValue(value)}: ${why}`;
    errors.push(new UserError(message, { hint, exitCode: EXIT.usage }));
  };
  const read = <T>(name: OptionName, { expected, read }: Kind<T>): T | null => {
    const value = given(name);
    if (value === null) return null;
    const parsed = read(String(value));
    if (parsed === null) refuse(name, value, expected);
    return parsed;
  };
  const text = (name: OptionName) => read(name, KINDS.text);
  const oneOf = <T extends string>(name: OptionName, words: readonly T[]) => read(name, wordKind(words));
  const size = (name: OptionName) => read(name, KINDS.size);
  const duration = (name: OptionName) => read(name, KINDS.seconds);
  const flag = (name: OptionName) => read(name, KINDS.flag) ?? false;
  const conf = given("conf");
  const pairs = conf === null ? [] : typeof conf === "object" ? conf : [String(conf)];
  for (const pair of pairs) {
    if (KINDS.list.read(pair) === null) refuse("conf", pair, KINDS.list.expected);
  }
  text("config");
  const quiet = flag("quiet");
  const level = oneOf("log-level", OPTIONS["log-level"].kind) ?? "info";
  const relayPort = read("relay", KINDS.port) ?? DEFAULT_RELAY_PORT;
  const settings: Settings = {
    name: read("name", KINDS.name),
    stateDir: text("state-dir"),
    api: read("api", KINDS.address) ?? DEFAULT_API,
    trustedHosts: read("trusted-hosts", KINDS.hosts) ?? [],
    relayPort: flag("no-relay") ? null : relayPort,
    gateways: read("gateways", KINDS.count) ?? 1,
    standby: oneOf("standby", OPTIONS.standby.kind) ?? "auto",
    recycle: oneOf("recycle", OPTIONS.recycle.kind) ?? "always",
    sharing: oneOf("sharing", OPTIONS.sharing.kind) ?? "exclusive",
    warmUp: text("warm-up"),
    archive: !flag("no-archive"),
    bytecode: !flag("no-bytecode"),
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
    quiet,
    origins,
  };
  const [first, ...rest] = [...errors, ...file?.problems ?? []];
  if (first !== undefined) throw new UserErrors([first, ...rest]);
  return settings;
}

/** Where programs attach unless told otherwise. */
export const DEFAULT_RELAY_PORT = 7434;
/** Where the health API listens unless told otherwise. */
export const DEFAULT_API = { hostname: "127.0.0.1", port: 7433 } as const;
