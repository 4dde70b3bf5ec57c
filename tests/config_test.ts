import assert from "node:assert/strict";
import { DEFAULT_API, fromEnvironment, resolveSettings } from "../src/config.ts";
import { nearest } from "../src/nearest.ts";
import { readConfigFile } from "../src/config/file.ts";
import type { Origin, RawSettings, Settings } from "../src/config.ts";
import { GIB } from "../src/core/jvm_flags.ts";
import { EXIT, UserErrors } from "../src/errors.ts";
import { OPTIONS, variableOf } from "../src/options.ts";
import type { OptionName } from "../src/options.ts";
import { VALID } from "./config/valid.ts";

const NAMES = Object.keys(OPTIONS) as readonly OptionName[];

function fromFlags(flags: RawSettings): Settings {
  return resolveSettings([["flag", flags]]);
}

/** What was thrown, as one line for each error. */
function complaints(act: () => unknown): readonly string[] {
  try {
    act();
  } catch (error) {
    assert.ok(error instanceof UserErrors, String(error));
    for (const { hint } of error.errors) assert.ok(hint.length > 0);
    return error.errors.map(({ message, exitCode }) => `${exitCode} ${message}`);
  }
  return [];
}

const DEFAULTS: Settings = {
  name: null,
  stateDir: null,
  api: DEFAULT_API,
  trustedHosts: [],
  relayPort: 7434,
  gateways: 1,
  standby: "auto",
  recycle: "always",
  sharing: "exclusive",
  warmUp: null,
  archive: true,
  bytecode: true,
  python: null,
  sparkHome: null,
  javaHome: null,
  conf: [],
  packages: null,
  jars: null,
  heapBytes: null,
  memoryLimitBytes: null,
  memoryMode: "adjust",
  heapDump: false,
  restart: "always",
  startTimeoutMs: 60_000,
  heartbeatMs: 2_000,
  logLevel: "info",
  logFormat: "text",
  quiet: false,
  origins: {},
};

Deno.test("resolveSettings() has a default for every setting", () => {
  assert.deepEqual(resolveSettings([]), DEFAULTS);
});

/** As a person would write it in a file. */
function inFile(name: OptionName, text: string): unknown {
  const { kind } = OPTIONS[name];
  if (kind === "flag") return text === "true";
  if (kind === "list") return [text];
  return kind === "port" || kind === "count" || kind === "seconds" ? Number(text) : text;
}

Deno.test("every setting can be given as a flag, a variable and a key, and is told by its origin", async () => {
  for (const [name, [text, part]] of Object.entries(VALID)) {
    const variable = `REKINDLE_${name.replaceAll("-", "_").toUpperCase()}`;
    assert.equal(variableOf(name as OptionName), variable);
    const places: readonly (readonly [Origin, RawSettings])[] = [
      ["flag", { [name]: name === "conf" ? [text] : text }],
      ["environment", fromEnvironment({ [variable]: text, [`X${variable}`]: "other" })],
      ["file", (await readConfigFile(JSON.stringify({ [name]: inFile(name as OptionName, text) }), "f")).raw],
    ];
    for (const place of places) {
      const wanted = { ...DEFAULTS, ...part, origins: { [name]: place[0] } };
      assert.deepEqual(resolveSettings([place]), wanted, `${name} as ${place[0]}`);
    }
  }
  assert.deepEqual(Object.keys(VALID).sort(), NAMES.filter((name) => name !== "config").sort());
});

Deno.test("resolveSettings() takes flags over the environment, it over the file, and that over defaults", () => {
  const flag = { heap: "1g" };
  const environment = { "heap": "2g", "log-level": "warn" };
  const file = { "heap": "3g", "log-level": "debug", "restart": "never" };
  const settings = resolveSettings([["flag", flag], ["environment", environment], ["file", file]]);
  assert.equal(settings.heapBytes, GIB);
  assert.deepEqual([settings.logLevel, settings.restart, settings.logFormat], ["warn", "never", "text"]);
  assert.deepEqual(settings.origins, { "heap": "flag", "log-level": "environment", "restart": "file" });
});

Deno.test("resolveSettings() reports every bad value at once, each by the name it was given under", () => {
  const act = () =>
    resolveSettings([
      ["flag", { "heap": "lots", "conf": ["spark.a=1", "spark.b"], "name": "../up" }],
      ["environment", { "memory-mode": "sometimes", "heartbeat": "0", "quiet": "maybe" }],
      ["file", { "restart": "once", "python": "", "conf": ["overridden"] }],
    ]);
  assert.deepEqual([...complaints(act)].sort(), [
    `64 Cannot use --conf "spark.b": it is not of the form key=value, such as spark.sql.shuffle.partitions=8`,
    `64 Cannot use --heap "lots": it is not a size such as 1536m or 2g`,
    `64 Cannot use --name "../up": it may hold letters, digits, dots, dashes and underscores`,
    `64 Cannot use REKINDLE_HEARTBEAT "0": it is not a number of seconds above 0, at most 86400`,
    `64 Cannot use REKINDLE_MEMORY_MODE "sometimes": it is not one of adjust, suggest, off`,
    `64 Cannot use REKINDLE_QUIET "maybe": it is not true or false`,
    `78 Cannot use /python "": it is empty, or no text`,
    `78 Cannot use /restart "once": it is not one of always, on-failure, never`,
  ]);
  const environment: readonly [Origin, RawSettings] = ["environment", { conf: ["x"] }];
  assert.match(complaints(() => resolveSettings([environment]))[0] ?? "", /^64 Cannot use REKINDLE_CONF "x"/);
});

Deno.test("resolveSettings() refuses values that cannot work", () => {
  const table: Partial<Record<OptionName, readonly string[]>> = {
    "heap": ["2", "1024", "0g", "-1g", "1023k"],
    "memory-limit": ["2"],
    "heartbeat": ["-1", "NaN", "Infinity", "0.0001", "86401", "5ms"],
    "start-timeout": ["soon"],
    "name": ["a/b", ".", "-a", "a b", "a".repeat(65)],
    "api": ["example.org:80", "127.0.0.1", "127.0.0.1:65536", ":80", "256.0.0.1:80", "[::g]:80", "[:]:80"],
    "trusted-hosts": ["", "a,", "a b", "http://a", "a:80", "*", "[::1"],
    "log-level": ["INFO", "verbose"],
    "log-format": ["xml"],
    "conf": ["=b", "a b=c", ""],
  };
  for (const [name, values] of Object.entries(table)) {
    for (const value of values) {
      const given = name === "conf" ? [value] : value;
      assert.equal(complaints(() => fromFlags({ [name]: given })).length, 1, `${name} ${value}`);
    }
  }
});

Deno.test("resolveSettings() reads addresses, and no names that somebody else resolves", () => {
  const table: Readonly<Record<string, Settings["api"]>> = {
    "7500": { hostname: "127.0.0.1", port: 7500 },
    "localhost:0": { hostname: "127.0.0.1", port: 0 },
    "[::1]:7500": { hostname: "::1", port: 7500 },
    "0.0.0.0:7500": { hostname: "0.0.0.0", port: 7500 },
    "[fe80::1]:7500": { hostname: "fe80::1", port: 7500 },
  };
  for (const [text, api] of Object.entries(table)) assert.deepEqual(fromFlags({ api: text }).api, api, text);
});

Deno.test("resolveSettings() reads seconds with and without their unit", () => {
  assert.equal(fromFlags({ heartbeat: "1.5s" }).heartbeatMs, 1_500);
  assert.equal(fromFlags({ "start-timeout": "86400" }).startTimeoutMs, 86_400_000);
});

Deno.test("quiet silences information, never errors, and hides no bad level", () => {
  const levelOf = (level: string, quiet: string | boolean) =>
    fromFlags({ "log-level": level, quiet }).logLevel;
  assert.equal(levelOf("debug", true), "warn");
  assert.equal(levelOf("error", true), "error");
  assert.equal(levelOf("info", "1"), "warn");
  assert.equal(levelOf("info", "0"), "info");
  assert.equal(complaints(() => levelOf("loud", true)).length, 1);
});

Deno.test("fromEnvironment() takes one Spark setting a line, and an empty variable for none", () => {
  const environment = { REKINDLE_CONF: "spark.a=1 2\nspark.b=3\n", REKINDLE_HEAP: "" };
  assert.deepEqual(fromEnvironment(environment), { conf: ["spark.a=1 2", "spark.b=3"] });
});

Deno.test("UserErrors has the exit code of its first error", () => {
  const both = () => resolveSettings([["flag", { name: "?" }], ["file", { heap: "?" }]]);
  assert.throws(both, { exitCode: EXIT.usage });
  assert.throws(() => resolveSettings([["file", { heap: "?" }]]), { exitCode: EXIT.config });
});

Deno.test("nearest() suggests the word that was most likely meant, or none", () => {
  const known = ["heap", "heartbeat", "api", "memory-mode"];
  const table: Readonly<Record<string, string | null>> = {
    "heep": "heap",
    "hartbeat": "heartbeat",
    "memory_mode": "memory-mode",
    "ap": "api",
    "xyz": null,
    "": null,
    "heat": "heap",
    "hepa": "heap",
  };
  for (const [word, meant] of Object.entries(table)) assert.equal(nearest(word, known), meant, word);
  assert.equal(nearest("heap", []), null);
});
