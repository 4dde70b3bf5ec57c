/**
 * What may a configuration file hold? The JSON Schema of the file, made from the table of settings.
 * @module
 */

import { resolveSettings } from "../config.ts";
import { optionNames, OPTIONS, variableOf } from "../options.ts";
import { effectiveValue } from "./effective.ts";
import type { JsonSchema } from "./kind.ts";
import { kindOf } from "./kind.ts";

/** The schema (2020-12); the published one is `docs/rekindle.schema.json`. */
export function configSchema(): JsonSchema {
  const defaults = resolveSettings([]);
  const properties = optionNames().filter((name) => name !== "config").map((name) => {
    const { kind, help } = OPTIONS[name];
    const value = effectiveValue(name, defaults);
    const known = value === null || Array.isArray(value) ? {} : { default: value };
    const description = `${help[0]?.toUpperCase()}${help.slice(1)}. Also --${name} and ${variableOf(name)}.`;
    return [name, { description, ...kindOf(kind).schema, ...known }] as const;
  });
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "rekindle",
    description: "The settings of rekindle. A flag wins over a variable, a variable over this file.",
    type: "object",
    properties: { $schema: { type: "string" }, ...Object.fromEntries(properties) },
    additionalProperties: false,
  };
}
