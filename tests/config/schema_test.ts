import assert from "node:assert/strict";
import { Validator } from "@cfworker/json-schema";
import fc from "fast-check";
import { resolveSettings } from "../../src/config.ts";
import { effectiveValue } from "../../src/config/effective.ts";
import { configSchema } from "../../src/config/schema.ts";
import { optionNames, OPTIONS } from "../../src/options.ts";
import type { OptionName } from "../../src/options.ts";

const validator = new Validator(configSchema(), "2020-12", false);

Deno.test("the published schema is the one of the table of settings", async () => {
  const published = await Deno.readTextFile(new URL("../../docs/rekindle.schema.json", import.meta.url));
  const again = 'run "./rekindle check --schema > docs/rekindle.schema.json"';
  assert.deepEqual(JSON.parse(published), JSON.parse(JSON.stringify(configSchema())), again);
});

/** Texts near what settings accept. */
const TEXTS = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.stringMatching(/^ ?\d{0,7}(\.\d)? ?[kmgtKMGT]?i?[bB]? ?$/),
  fc.stringMatching(/^\d{0,6}(\.\d{0,3})?s?$/),
  fc.stringMatching(/^(127\.\d{1,3}\.0\.1|localhost|\[::1\])?:?\d{0,6}$/),
  fc.constantFrom(
    "auto",
    "0",
    "1",
    "always",
    "never",
    "dirty",
    "shared",
    "info",
    "json",
    "off",
    "a.b-c_d",
    "-a",
  ),
);

Deno.test("configSchema() never refuses a text that a flag may have, and its defaults pass", () => {
  const settled = resolveSettings([]);
  const names = optionNames().filter((name) => name !== "config");
  const textual = names.filter((name) =>
    !["flag", "port", "count", "list"].includes(String(OPTIONS[name].kind))
  );
  for (const name of names) {
    const value = effectiveValue(name, settled);
    if (value !== null) assert.deepEqual(validator.validate({ [name]: value }).errors, [], name);
  }
  fc.assert(
    fc.property(fc.constantFrom(...textual), TEXTS, (name: OptionName, text) => {
      let isFlag = true;
      try {
        resolveSettings([["flag", { [name]: text }]]);
      } catch {
        isFlag = false;
      }
      if (isFlag) assert.deepEqual(validator.validate({ [name]: text }).errors, [], `${name} ${text}`);
    }),
    { numRuns: 3000 },
  );
});

Deno.test("effectiveValue() is what a file would say to come to the same settings", () => {
  const raw = {
    ...{
      "api": "[::1]:80",
      "heap": "1536m",
      "heartbeat": "0.5",
      "start-timeout": "90",
      "no-archive": "true",
      "no-bytecode": "true",
    },
    ...{ "memory-limit": "4g", "gateways": "3", "conf": ["spark.a=b"], "quiet": "true", "relay": "1" },
  };
  const settings = resolveSettings([["flag", raw]]);
  const again = Object.fromEntries(
    optionNames().flatMap((name) => {
      const value = name === "config" ? null : effectiveValue(name, settings);
      return value === null ? [] : [[name, Array.isArray(value) ? value : String(value)]];
    }),
  );
  assert.deepEqual({ ...resolveSettings([["flag", again]]), origins: {} }, { ...settings, origins: {} });
});
