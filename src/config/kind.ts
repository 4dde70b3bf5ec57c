/**
 * What must the value of a setting be? For each kind how its text is read, and what it may be in a JSON file.
 * @module
 */

import { MIB, parseSize } from "../core/jvm_flags.ts";
import type { OptionKind } from "../options.ts";

/** A JSON Schema, or a part of one (2020-12). */
export interface JsonSchema {
  readonly [keyword: string]: unknown;
}

/** One kind of value. */
export interface Kind<T> {
  /** What is wrong with a value that is refused. */
  readonly expected: string;
  /** What a file may hold. It may allow more than `read`, never less. */
  readonly schema: JsonSchema;
  /** `null` for a text that is no such value. */
  readonly read: (text: string) => T | null;
}

/** Where a daemon listens. */
export interface Address {
  readonly hostname: string;
  readonly port: number;
}

const TEXT: Kind<string> = {
  expected: "it is empty, or no text",
  schema: { type: "string", minLength: 1 },
  read: (text) => text === "" ? null : text,
};

const NAME: Kind<string> = {
  expected: "it may hold letters, digits, dots, dashes and underscores",
  schema: { type: "string", pattern: "^[A-Za-z0-9][A-Za-z0-9_.\\-]{0,63}$" },
  read: (text) => /^[A-Za-z0-9][\w.-]{0,63}$/.test(text) ? text : null,
};

const FLAG: Kind<boolean> = {
  expected: "it is not true or false",
  schema: { type: "boolean" },
  read: (text) => text === "true" || text === "1" ? true : text === "false" || text === "0" ? false : null,
};

/** A bare number is bytes: less than a mebibyte can only be a slip, as `--heap 2` is one for `--heap 2g`. */
const SIZE: Kind<number> = {
  expected: "it is not a size such as 1536m or 2g",
  schema: {
    type: ["string", "integer"],
    pattern: "^\\s*\\d+(\\.\\d+)?\\s*[kKmMgGtT]?([iI]?[bB])?\\s*$",
    minimum: MIB,
  },
  read: (text) => {
    const bytes = parseSize(text);
    return bytes !== null && bytes >= MIB ? bytes : null;
  },
};

/** Read as milliseconds. */
const SECONDS: Kind<number> = {
  expected: "it is not a number of seconds above 0, at most 86400",
  schema: {
    type: ["number", "string"],
    pattern: "^\\d+(\\.\\d+)?s?$",
    minimum: 0.001,
    maximum: 86_400,
  },
  read: (text) => {
    const ms = /^\d+(\.\d+)?s?$/.test(text) ? Math.round(Number.parseFloat(text) * 1000) : 0;
    return ms > 0 && ms <= 86_400_000 ? ms : null;
  },
};

const PORT: Kind<number> = {
  expected: "it is not a port from 0 to 65535",
  schema: { type: "integer", minimum: 0, maximum: 65_535 },
  read: (text) => /^\d{1,5}$/.test(text) && Number(text) <= 65_535 ? Number(text) : null,
};

const COUNT: Kind<number> = {
  expected: "it is not a number from 1 to 64",
  schema: { type: "integer", minimum: 1, maximum: 64 },
  read: (text) => /^[1-9]\d?$/.test(text) && Number(text) <= 64 ? Number(text) : null,
};

const ADDRESS: Kind<Address> = {
  expected: "it is not an address and port such as 127.0.0.1:7433",
  schema: {
    type: ["string", "integer"],
    pattern: "^((\\d{1,3}(\\.\\d{1,3}){3}|localhost|\\[[0-9A-Fa-f:.]+\\]):)?\\d{1,5}$",
    minimum: 0,
    maximum: 65_535,
  },
  read: (text) => {
    const parts = /^(?:(\d{1,3}(?:\.\d{1,3}){3}|localhost|\[[\da-f:.]+\]):)?(\d{1,5})$/i.exec(text);
    const port = Number(parts?.[2]);
    if (parts === null || port > 65_535) return null;
    const host = parts[1]?.toLowerCase() ?? "127.0.0.1";
    // The URL parser knows what an address is.
    if (!URL.canParse(`http://${host}`)) return null;
    return { hostname: host === "localhost" ? "127.0.0.1" : host.replace(/[[\]]/g, ""), port };
  },
};

const HOST = "[A-Za-z0-9]([A-Za-z0-9.\\-]*[A-Za-z0-9])?|\\[[0-9A-Fa-f:.]+\\]";

const HOSTS: Kind<readonly string[]> = {
  expected: "it is not a list of names and addresses without ports, such as spark.example.org,10.0.0.5",
  schema: { type: "string", pattern: `^(${HOST})(,(${HOST}))*$` },
  read: (text) => {
    const hosts = text.toLowerCase().split(",");
    return hosts.every((host) => new RegExp(`^(${HOST})$`).test(host)) ? hosts : null;
  },
};

/** One `key=value` of a list; in a file they may be an object as well. */
const PAIR: Kind<string> = {
  expected: "it is not of the form key=value, such as spark.sql.shuffle.partitions=8",
  schema: {
    type: ["array", "object"],
    items: { type: "string", pattern: "^[^=\\s]+=" },
    propertyNames: { pattern: "^[^=\\s]+$" },
    additionalProperties: { type: ["string", "number", "boolean"] },
  },
  read: (text) => /^[^=\s]+=/.test(text) ? text : null,
};

/** Every kind that is no list of words. */
export const KINDS = {
  text: TEXT,
  name: NAME,
  flag: FLAG,
  size: SIZE,
  seconds: SECONDS,
  port: PORT,
  count: COUNT,
  address: ADDRESS,
  hosts: HOSTS,
  list: PAIR,
} as const satisfies Record<Exclude<OptionKind, readonly string[]>, Kind<unknown>>;

/** One of these words; in a file, a word of digits may be a number. */
export function wordKind<T extends string>(words: readonly T[]): Kind<T> {
  const numbers = words.filter((word) => /^\d+$/.test(word)).map(Number);
  return {
    expected: `it is not one of ${words.join(", ")}`,
    schema: { enum: [...words, ...numbers] },
    read: (text) => words.find((word) => word === text) ?? null,
  };
}

/** The kind of a setting, by its row in the table of settings. */
export function kindOf(kind: OptionKind): Kind<unknown> {
  return typeof kind === "string" ? KINDS[kind] : wordKind(kind);
}
