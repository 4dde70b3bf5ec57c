/**
 * Where in a configuration file is a value, in words a person finds it by?
 * @module
 */

import type { RawSettings } from "../config.ts";
import { EXIT, UserError } from "../errors.ts";

/** A configuration file that was read. */
export interface ConfigFile {
  /** Its absolute path. */
  readonly path: string;
  /** What it sets, without what is wrong with it. */
  readonly raw: RawSettings;
  /** Everything that is wrong with it. */
  readonly problems: readonly UserError[];
  /** The line a JSON pointer's value is on, from 1; `null` for a pointer to nothing. */
  readonly lineOf: (pointer: string) => number | null;
}

/** A JSON pointer (RFC 6901). */
export function pointerTo(path: readonly string[]): string {
  return path.map((each) => `/${each.replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}

/** A value of a file that cannot be used. */
export class ConfigError extends UserError {
  readonly pointer: string;
  /** From 1; `null` when the file is not at hand. */
  readonly line: number | null;

  /**
   * @param path The keys that lead to the value.
   * @param problem The value, why it cannot be used, and what to do.
   */
  constructor(
    file: Pick<ConfigFile, "path" | "lineOf"> | null,
    path: readonly string[],
    { value, why, hint }: { readonly value: unknown; readonly why: string; readonly hint: string },
  ) {
    const pointer = pointerTo(path);
    const line = file?.lineOf(pointer) ?? null;
    const place = file === null ? "" : ` in ${file.path}${line === null ? "" : `, line ${line}`}`;
    super(`Cannot use ${pointer} ${describeValue(value)}${place}: ${why}`, { hint, exitCode: EXIT.config });
    this.pointer = pointer;
    this.line = line;
  }
}

/** A value short enough for a sentence; of what is no text or number only what it is. */
export function describeValue(value: unknown): string {
  if (Array.isArray(value)) return "(a list)";
  if (typeof value === "object" && value !== null) return "(an object)";
  const text = JSON.stringify(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

/** Characters of a value that are shown. */
const LONGEST = 80;
