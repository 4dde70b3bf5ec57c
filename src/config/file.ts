/**
 * What does a configuration file say, and what is wrong with it? The only file that knows the packages that read and
 * validate JSON; they are loaded when there is a file, for they take 6 MB.
 * @module
 */

import type { DocumentNode, ValueNode } from "@humanwhocodes/momoa";
import { isRecord } from "../core/json.ts";
import { nearest } from "../nearest.ts";
import { EXIT, UserError } from "../errors.ts";
import { optionNames, OPTIONS } from "../options.ts";
import type { OptionName } from "../options.ts";
import { kindOf } from "./kind.ts";
import { ConfigError } from "./place.ts";
import type { ConfigFile } from "./place.ts";
import { configSchema } from "./schema.ts";

const SCHEMA_HINT =
  'The settings are those of "rekindle help run"; "rekindle check --schema" prints their schema.';

/** Reads the text of a configuration file. Never rejects: what is wrong with it is in the answer. */
export async function readConfigFile(text: string, path: string): Promise<ConfigFile> {
  const { parse } = await import("@humanwhocodes/momoa");
  const broken = (line: number | null, why: string): ConfigFile => ({
    path,
    raw: {},
    lineOf: () => null,
    problems: [
      new UserError(`Cannot read ${path}${line === null ? "" : `, line ${line}`}: ${why}`, {
        hint: `Correct the file: one JSON object with settings such as { "heap": "2g" }.`,
        exitCode: EXIT.config,
      }),
    ],
  });
  let document: DocumentNode;
  let value: unknown;
  try {
    document = parse(text, { mode: "json" });
    value = JSON.parse(text);
  } catch (error) {
    // V8's own words quote the text around the mistake, which may be a secret.
    const { line, column } = error as { line?: number; column?: number };
    const where = line === undefined || column === undefined
      ? ""
      : `: something is wrong at column ${column}`;
    return broken(line ?? null, `it is not JSON${where}`);
  }
  if (!isRecord(value)) return broken(null, "it is not a JSON object");
  return await validated({ path, document, value });
}

interface Parsed {
  readonly path: string;
  readonly document: DocumentNode;
  readonly value: Readonly<Record<string, unknown>>;
}

async function validated({ path, document, value }: Parsed): Promise<ConfigFile> {
  const problems: ConfigError[] = [];
  const raw: Partial<Record<OptionName, string | boolean | readonly string[]>> = {};
  const file: ConfigFile = { path, raw, problems, lineOf: (pointer) => lineOf(document, pointer) };
  const refuse = (at: readonly string[], why: string, hint: string) => {
    const found = at.reduce<unknown>((inner, key) => (inner as Record<string, unknown>)[key], value);
    problems.push(new ConfigError(file, at, { value: found, why, hint }));
  };
  const names = namesOf(document.body);
  const known: Record<string, unknown> = {};
  for (const name of new Set(names.map((each) => each.name))) {
    const [first, second] = names.filter((each) => each.name === name);
    if (second !== undefined) {
      refuse([name], `it is given twice, in line ${first?.line} and in line ${second.line}`, "Remove one.");
    }
    if (name === "$schema" || SETTINGS.includes(name)) known[name] = value[name];
    else refuse([name], ...unknownKey(name));
  }
  const wrong = new Set<string>();
  for (const at of await violations(known)) {
    const [name = ""] = at;
    wrong.add(name);
    const spec = OPTIONS[name as OptionName];
    if (spec === undefined) refuse(at, "it is not text", SCHEMA_HINT);
    else refuse(at, isRecord(known[name]) ? MEMBER : kindOf(spec.kind).expected, `${name}: ${spec.help}.`);
  }
  for (const name of optionNames()) {
    if (Object.hasOwn(known, name) && !wrong.has(name)) raw[name] = rawOf(known[name]);
  }
  problems.sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
  return file;
}

/** What is wrong with a member of an object of Spark settings. */
const MEMBER = "it is not a Spark setting's name without spaces, with a text, a number, true or false";

/** What a file may set: it cannot name another one. */
const SETTINGS: readonly string[] = optionNames().filter((name) => name !== "config");

function unknownKey(name: string): readonly [why: string, hint: string] {
  if (name === "config") return ["a file cannot name another one", "Remove it."];
  const near = nearest(name, SETTINGS);
  return ["there is no such setting", near === null ? SCHEMA_HINT : `Did you mean "${near}"?`];
}

/** Where a document breaks the schema: the innermost places, each as the keys that lead to it. */
async function violations(
  document: Readonly<Record<string, unknown>>,
): Promise<readonly (readonly string[])[]> {
  const { Validator } = await import("@cfworker/json-schema");
  const { conf } = document;
  // The validator's own pointers cannot hold half a character.
  if (isRecord(conf)) {
    const halves = Object.keys(conf).filter((key) => !key.isWellFormed());
    if (halves.length > 0) return halves.map((key) => ["conf", key]);
  }
  const { errors } = new Validator(configSchema(), "2020-12", false).validate(document);
  const pointers = [...new Set(errors.map(({ instanceLocation }) => instanceLocation))];
  return pointers
    .filter((pointer) => pointer !== "#" && !pointers.some((other) => other.startsWith(`${pointer}/`)))
    .map((pointer) => pointer.split("/").slice(1).map(unescaped));
}

function unescaped(segment: string): string {
  return decodeURIComponent(segment).replaceAll("~1", "/").replaceAll("~0", "~");
}

/** A checked value as a flag would give it. */
function rawOf(value: unknown): string | boolean | readonly string[] {
  if (Array.isArray(value)) return value.map(String);
  if (isRecord(value)) return Object.entries(value).map(([key, each]) => `${key}=${each}`);
  return typeof value === "boolean" ? value : String(value);
}

function namesOf(node: ValueNode): readonly { readonly name: string; readonly line: number }[] {
  if (node.type !== "Object") return [];
  return node.members.map(({ name, loc }) => ({
    name: name.type === "String" ? name.value : name.name,
    line: loc.start.line,
  }));
}

function lineOf({ body }: DocumentNode, pointer: string): number | null {
  let node: ValueNode = body;
  let line: number = body.loc.start.line;
  for (const segment of pointer.split("/").slice(1)) {
    const at = segment.replaceAll("~1", "/").replaceAll("~0", "~");
    const inner = innerOf(node, at);
    if (inner === null) return null;
    node = inner.value;
    line = inner.loc.start.line;
  }
  return line;
}

/** The last of its name is the one that counts (ECMA-404 leaves it open; `JSON.parse` takes that one). */
function innerOf(node: ValueNode, at: string) {
  switch (node.type) {
    case "Object":
      return node.members.findLast(({ name }) => (name.type === "String" ? name.value : name.name) === at) ??
        null;
    case "Array":
      return node.elements[Number(at)] ?? null;
    default:
      return null;
  }
}
