import assert from "node:assert/strict";
import fc from "fast-check";
import { failureOf } from "../../src/cli/failure.ts";
import type { RawSettings, Settings } from "../../src/config.ts";
import { ConfigError } from "../../src/config/place.ts";
import { readConfiguration } from "../../src/config/source.ts";
import { UserError, UserErrors } from "../../src/errors.ts";
import { optionNames, OPTIONS, variableOf } from "../../src/options.ts";
import { damaged } from "../damage.ts";
import { fuzz } from "../fuzz.ts";
import { VALID } from "./valid.ts";

const SETTINGS = optionNames().filter((name) => name !== "config");
const SECRET = "hunter2hunter2";

/** Every setting's sound value as a file has it. */
const SOUND: Readonly<Record<string, unknown>> = Object.fromEntries(SETTINGS.map((name) => {
  const [text] = VALID[name];
  switch (OPTIONS[name].kind) {
    case "flag":
      return [name, text === "true"];
    case "port":
    case "count":
      return [name, Number(text)];
    case "list":
      return [name, { "spark.password": SECRET, "spark.a": 1 }];
    default:
      return [name, text];
  }
}));

/** What a daemon makes of a file, an environment and flags: its settings, or the mistakes in them. */
async function outcome(
  { text = "{}", env = {}, flags = {} }: { text?: string; env?: Record<string, string>; flags?: RawSettings },
): Promise<Settings | readonly UserError[]> {
  const files = { readText: () => Promise.resolve(text) };
  try {
    return (await readConfiguration({ flags: { config: "f.json", ...flags }, env, cwd: "/", files }))
      .settings;
  } catch (error) {
    assert.ok(error instanceof UserErrors, Deno.inspect(error));
    const { text, exitCode } = failureOf(error, {});
    assert.ok(exitCode !== 0);
    // One mistake is a sentence and a hint, whatever stands in it: no stack trace, and nothing for a terminal to obey.
    for (const line of text.trimEnd().split("\n")) {
      assert.match(line, /^rekindle: Cannot (?:use|read) |^ {2}\S/);
    }
    // deno-lint-ignore no-control-regex
    assert.doesNotMatch(text, /[\0-\x09\x0b-\x1f\x7f-\x9f\u2028]/);
    return error.errors;
  }
}

const whole = JSON.stringify(SOUND, null, 2);
const documents = damaged([whole, JSON.stringify(SOUND), '{\n  "heap": "2g"\n}\n']);

fuzz(
  "a configuration file, damaged anyhow: settings, or every mistake by a pointer to what is there",
  500,
  fc.asyncProperty(documents, async (bytes) => {
    const text = new TextDecoder().decode(bytes);
    const errors = await outcome({ text });
    if (!Array.isArray(errors)) return;
    for (const error of errors) {
      if (error instanceof ConfigError) {
        assert.ok(
          error.line !== null && error.line >= 1 && error.line <= text.split(/\r\n|[\r\n]/).length,
          error.message,
        );
        continue;
      }
      assert.match(error.message, /^Cannot read \/f\.json(?:, line \d+)?: it is not (?:JSON|a JSON object)/);
      // What is no JSON is not quoted.
      assert.ok(!error.message.includes(SECRET) && error.message.length < 120, error.message);
    }
  }),
);

/** Values that no setting can have. */
const mistake = fc.oneof(
  fc.constantFrom(null, "", [[]], { "": 1 }, -1, 1e300),
  fc.dictionary(fc.string(), fc.constant(null), { minKeys: 1 }),
);
const planted = fc.tuple(
  fc.subarray(SETTINGS),
  fc.dictionary(fc.constantFrom(...SETTINGS), mistake),
  fc.array(fc.string()),
);

fuzz(
  "a configuration file with mistakes planted in it: all of them are told, and no others",
  500,
  fc.asyncProperty(planted, async ([sound, mistakes, strangers]) => {
    const unknown = strangers.filter((name) =>
      !(name in OPTIONS) && name !== "$schema" && name !== "__proto__"
    );
    const document = {
      ...Object.fromEntries(sound.map((name) => [name, SOUND[name]])),
      ...mistakes,
      ...Object.fromEntries(unknown.map((name) => [name, 1])),
    };
    const errors = await outcome({ text: JSON.stringify(document) });
    const told = Array.isArray(errors)
      ? errors.map((error) => assert.ok(error instanceof ConfigError) ?? error.pointer)
      : [];
    const settingOf = (pointer: string) => pointer.split("/")[1]?.replaceAll("~1", "/").replaceAll("~0", "~");
    assert.deepEqual(new Set(told.map(settingOf)), new Set([...Object.keys(mistakes), ...unknown]));
  }),
);

const values = damaged([...new Set(SETTINGS.map((name) => VALID[name][0]))]).map((bytes) =>
  new TextDecoder().decode(bytes)
);

fuzz(
  "flags and variables, damaged anyhow: settings, or each mistake by the name it was given by",
  1000,
  fc.asyncProperty(
    fc.dictionary(fc.constantFrom(...SETTINGS), values),
    fc.dictionary(fc.constantFrom(...SETTINGS), values),
    async (flags, variables) => {
      const env = Object.fromEntries(
        SETTINGS.flatMap((name) => name in variables ? [[variableOf(name), variables[name] ?? ""]] : []),
      );
      const errors = await outcome({
        env,
        flags: { ...flags, ...(flags.conf === undefined ? {} : { conf: [flags.conf] }) },
      });
      if (!Array.isArray(errors)) return;
      for (const { message } of errors) {
        const [, flag, variable] = /^Cannot use (?:--([\w-]+)|(REKINDLE_\w+)) "/.exec(message) ?? [];
        assert.ok(flag === undefined ? variable !== undefined && variable in env : flag in flags, message);
      }
    },
  ),
);
