/**
 * What does a `spark-submit` command line ask for? Read the way Spark's own parser reads it.
 * @module
 */

import type { OptionTable } from "./option_table.ts";

/** One option under its official name; `null` is the value of a switch. */
export interface SubmitOption {
  readonly name: string;
  readonly value: string | null;
}

/** A command line, read. */
export interface SubmitLine {
  readonly options: readonly SubmitOption[];
  /** The program: the first word that is no option; `null` when there is none. */
  readonly resource: string | null;
  /** What belongs to the program. */
  readonly args: readonly string[];
}

/** Why Spark does not understand a word. */
export type SubmitMistake =
  | { readonly kind: "unknown"; readonly word: string }
  | { readonly kind: "no-value"; readonly word: string }
  | { readonly kind: "no-property"; readonly word: string };

/** Reads the words, or finds the first that Spark would refuse. */
export function readSubmitLine(words: readonly string[], table: OptionTable): SubmitLine | SubmitMistake {
  const options: SubmitOption[] = [];
  for (let at = 0; at < words.length; at++) {
    const whole = words[at] ?? "";
    const [, spelling = whole, given] = /^(--[^=]+)=(.+)$/s.exec(whole) ?? [];
    const name = table.valued.get(spelling);
    const alone = table.switches.get(spelling);
    if (name !== undefined) {
      const value = given ?? words[++at];
      if (value === undefined) return { kind: "no-value", word: spelling };
      if (name === "--conf" && !value.includes("=")) return { kind: "no-property", word: value };
      options.push({ name, value });
    } else if (alone !== undefined) options.push({ name: alone, value: null });
    else if (whole.startsWith("-")) return { kind: "unknown", word: spelling };
    else return { options, resource: whole, args: words.slice(at + 1) };
  }
  return { options, resource: null, args: [] };
}

/** The words of the options, for whoever reads them again. */
export function optionWords(options: readonly SubmitOption[]): readonly string[] {
  return options.flatMap(({ name, value }) => value === null ? [name] : [name, value]);
}

/** The value of the last option of that name: the one that counts. */
export function lastValue(options: readonly SubmitOption[], name: string): string | null {
  return options.findLast((option) => option.name === name)?.value ?? null;
}
