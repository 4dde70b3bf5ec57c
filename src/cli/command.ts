/**
 * What is a command? Its row in the table, which is all that is known of it until it is called for, and its function.
 * @module
 */

import type { RawSettings } from "../config.ts";
import type { OptionName } from "../options.ts";
import type { CommandContext } from "./context.ts";

/** One row of the table: parsing, help, completions and the README follow from it. */
export interface CommandSpec {
  /** What it does, as one phrase without a full stop. */
  readonly summary: string;
  /** What is written behind `rekindle NAME`. */
  readonly synopsis: string;
  /** Whole command lines and what each is for; the first is the most usual one. */
  readonly examples: readonly (readonly [line: string, purpose: string])[];
  /** The settings it takes. */
  readonly options: readonly OptionName[];
  /** What it takes besides settings. */
  readonly own: Readonly<Record<string, OwnFlag>>;
  readonly operands: Operands;
  /** The page of `docs/` that tells more of it, with the heading. */
  readonly page?: string;
  /** Loads its file: a daemon need not hold what only another command needs. */
  readonly load: () => Promise<CommandModule>;
}

/** A flag of one command. */
export interface OwnFlag {
  /** What its value is: empty for a switch, `a|b` for one of these words, `FILE` or `DIR` for a path. */
  readonly value: string;
  readonly help: string;
  readonly repeats?: true;
  /** Its one letter. */
  readonly short?: string;
}

/** What may follow the flags. */
export type Operands =
  | { readonly kind: "none" }
  /** The name of a command, or nothing. */
  | { readonly kind: "command" }
  /** Exactly one of these words, in capitals or not. */
  | { readonly kind: "one-of"; readonly words: readonly string[]; readonly missing: string }
  /** Paths, at least one. */
  | { readonly kind: "files"; readonly missing: string }
  /** Everything from the first word that is no flag on is a program and its arguments. */
  | { readonly kind: "program"; readonly missing: string }
  /** Words that the command itself makes sense of, beginning with one of these. */
  | { readonly kind: "free"; readonly first: readonly string[] }
  /** From the first word that is no flag of the command in full, all words go to another program's parser. */
  | { readonly kind: "foreign" };

/** A command line, read. */
export interface Invocation<Name extends string = string> {
  readonly command: Name;
  readonly settings: RawSettings;
  /** The command's own flags. */
  readonly own: Readonly<Record<string, string | boolean | readonly string[]>>;
  /** What follows the flags: the program of `exec`, the files of `explain`, the words of `incidents`. */
  readonly operands: readonly string[];
}

/** A command line and what it is run with. */
export interface Call extends Invocation {
  /** Reads the settings from their three places. @throws {UserErrors} With every bad value. */
  readonly context: () => Promise<CommandContext>;
  /** Writes to standard output. */
  readonly print: (text: string) => void;
  /** Writes to standard error. */
  readonly warn: (text: string) => void;
  /** The folder of the checkout, or the one above the bundle's. */
  readonly root: string;
  /** Whether standard output may be coloured. */
  readonly colour: boolean;
  /** Shows on standard error how far something is; `null` where that is no terminal. */
  readonly progress: ((text: string) => void) | null;
}

/** Does what was asked for and gives the exit code. @throws {UserError} When it is not possible. */
export type Command = (call: Call) => Promise<number>;

/** What the file of a command exports. */
export interface CommandModule {
  readonly command: Command;
}
