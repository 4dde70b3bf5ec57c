/**
 * What does the command line ask for? The table of commands says what there is; unknown words are errors with a
 * suggestion.
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { nearest } from "../nearest.ts";
import type { RawSettings } from "../config.ts";
import { EXIT, UserError, UserErrors } from "../errors.ts";
import { OPTIONS } from "../options.ts";
import type { OptionName, OptionSpec } from "../options.ts";
import type { CommandSpec, Invocation } from "./command.ts";
import { commandNames, specOf, usageOf } from "./commands.ts";
import type { CommandName } from "./commands.ts";

/**
 * Reads the words of the command line.
 * @throws {UserErrors} With every word that is not understood.
 */
export function readArgs(args: readonly string[]): Invocation<CommandName> {
  const [first = "help", ...rest] = args;
  if (first === "--help" || first === "-h") return help([]);
  if (first === "--version" || first === "-V") return { ...help([]), command: "version" };
  const command = commandNames().find((name) => name === first);
  if (command === undefined) throw new UserErrors([unknownCommand(first)]);
  const spec = specOf(command);
  if (spec.operands.kind !== "foreign") return readWords(command, rest);
  const own = leadingFlags(flagsOf(spec), rest);
  const invocation = readWords(command, rest.slice(0, own));
  return invocation.command === command ? { ...invocation, operands: rest.slice(own) } : invocation;
}

/** How many words there are before the first that is neither a flag in full nor the value of one. */
function leadingFlags(flags: ReadonlyMap<string, Flag>, words: readonly string[]): number {
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? "";
    const [, name = "", value] = /^--([^=]+)(=.*)?$/s.exec(word) ?? [];
    const flag = flags.get(name) ?? [...flags.values()].find(({ short }) => word === `-${short}`);
    if (flag === undefined && word !== "--help" && word !== "-h") return at;
    if (flag?.isSwitch === false && value === undefined) at++;
  }
  return words.length;
}

function readWords(command: CommandName, words: readonly string[]): Invocation<CommandName> {
  const spec = specOf(command);
  const problems: UserError[] = [];
  const flags = flagsOf(spec);
  const names = [...flags.keys()];
  const strings = names.filter((name) => flags.get(name)?.isSwitch === false);
  const isProgram = spec.operands.kind === "program";
  const parsed = parseArgs(withPlainSwitches(words, flags, isProgram), {
    // "_" keeps a word such as 007 from being read as a number.
    string: [...strings, "_"],
    boolean: [...names.filter((name) => flags.get(name)?.isSwitch), "help"],
    collect: names.filter((name) => flags.get(name)?.repeats),
    alias: {
      help: "h",
      ...Object.fromEntries(
        names.flatMap((name) => {
          const short = flags.get(name)?.short;
          return short === undefined ? [] : [[name, short]];
        }),
      ),
    },
    stopEarly: isProgram,
    "--": true,
    unknown: (arg) => {
      // A lone dash is standard input.
      if (!arg.startsWith("-") || arg === "-") return true;
      problems.push(unknownFlag(command, arg, names));
      return false;
    },
  });
  // A "--" behind the program's name is the program's own.
  const ownDashes = parsed._.length > 0 && words.includes("--") ? ["--"] : [];
  const operands = [...parsed._.map(String), ...ownDashes, ...(parsed["--"] ?? [])];
  if (parsed.help) return help([command]);
  for (const name of strings) {
    if ([parsed[name]].flat().includes("")) problems.push(missingValue(command, name));
  }
  problems.push(...operandProblems(command, operands));
  const [problem, ...more] = problems;
  if (problem !== undefined) throw new UserErrors([problem, ...more]);
  const pick = <T>(wanted: readonly string[]): Record<string, T> =>
    Object.fromEntries(
      wanted.flatMap((name) => {
        const value = parsed[name] as T | undefined;
        const absent = value === undefined || value === false || Array.isArray(value) && value.length === 0;
        return absent ? [] : [[name, value]];
      }),
    );
  const settings: RawSettings = pick(spec.options);
  return { command, settings, own: pick(Object.keys(spec.own)), operands };
}

/**
 * The package takes a word `true` or `false` behind a switch for the switch's value; here it is an operand, such as the
 * program of `exec -q true`. A switch that has its value already takes no further one.
 * @param stopsEarly Whether nothing behind the first operand is a flag.
 */
function withPlainSwitches(
  words: readonly string[],
  flags: ReadonlyMap<string, Flag>,
  stopsEarly: boolean,
): string[] {
  const plain: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? "";
    const isOperand = !word.startsWith("-") || word === "-";
    if (word === "--" || isOperand && stopsEarly) return [...plain, ...words.slice(at)];
    const name = [...flags].find(([name, { short }]) => word === `--${name}` || word === `-${short}`)?.[0];
    const flag = name === undefined ? undefined : flags.get(name);
    plain.push(flag?.isSwitch ? `--${name}=true` : word);
    // The value of a flag is no operand.
    if (flag?.isSwitch === false && at + 1 < words.length) plain.push(words[++at] ?? "");
  }
  return plain;
}

interface Flag {
  readonly isSwitch: boolean;
  readonly repeats: boolean;
  readonly short: string | undefined;
}

function flagsOf({ options, own }: CommandSpec): ReadonlyMap<string, Flag> {
  const settingOf = (name: OptionName): Flag => {
    const { kind, short }: OptionSpec = OPTIONS[name];
    return { isSwitch: kind === "flag", repeats: kind === "list", short };
  };
  return new Map([
    ...options.map((name) => [name, settingOf(name)] as const),
    ...Object.entries(own).map(([name, { value, repeats, short }]) =>
      [name, { isSwitch: value === "", repeats: repeats === true, short }] as const
    ),
  ]);
}

function help(operands: readonly string[]): Invocation<CommandName> {
  return { command: "help", settings: {}, own: {}, operands };
}

function operandProblems(command: CommandName, operands: readonly string[]): readonly UserError[] {
  const { operands: wanted } = specOf(command);
  const [word, ...further] = operands;
  switch (wanted.kind) {
    case "program":
    case "files":
      return word === undefined ? [usage(command, wanted.missing)] : [];
    case "one-of":
      if (word === undefined) return [usage(command, wanted.missing)];
      return [
        ...(wanted.words.some((each) => each.toLowerCase() === word.toLowerCase())
          ? []
          : [unknownWord(command, word, wanted.words)]),
        ...surplus(command, further),
      ];
    case "command":
      return [
        ...(word === undefined || commandNames().some((name) => name === word) ? [] : [unknownCommand(word)]),
        ...surplus(command, further),
      ];
    case "none":
      return surplus(command, operands);
    // What they mean together is the command's own business.
    case "free":
    case "foreign":
      return [];
  }
}

function surplus(command: CommandName, [word]: readonly string[]): readonly UserError[] {
  if (word === undefined) return [];
  return [usage(command, `Cannot understand "${word}": ${command} takes no further words`)];
}

function unknownCommand(word: string): UserError {
  const near = nearest(word, commandNames());
  return new UserError(`Cannot understand "${word}": there is no such command`, {
    hint: near === null ? 'See "rekindle help".' : `Did you mean "rekindle ${near}"?`,
    exitCode: EXIT.usage,
  });
}

function unknownWord(command: CommandName, word: string, known: readonly string[]): UserError {
  const near = nearest(word, known);
  return new UserError(`Cannot understand "${word}": ${command} knows ${known.join(", ")}`, {
    hint: near === null ? `Usage: ${usageOf(command)}` : `Did you mean "rekindle ${command} ${near}"?`,
    exitCode: EXIT.usage,
  });
}

function unknownFlag(command: CommandName, arg: string, names: readonly string[]): UserError {
  const flag = arg.replace(/=.*$/s, "");
  const near = nearest(flag.replace(/^-+/, ""), names);
  return new UserError(`Cannot understand ${flag}: "rekindle ${command}" has no such option`, {
    hint: near === null ? `See "rekindle help ${command}".` : `Did you mean --${near}?`,
    exitCode: EXIT.usage,
  });
}

function missingValue(command: CommandName, name: string): UserError {
  return usage(command, `Cannot use --${name}: its value is missing`);
}

function usage(command: CommandName, message: string): UserError {
  return new UserError(message, { hint: `Usage: ${usageOf(command)}`, exitCode: EXIT.usage });
}
