/**
 * What does the command line ask for? A table of commands; unknown words are errors with a suggestion.
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { nearest } from "../config.ts";
import type { RawSettings } from "../config.ts";
import { EXIT, UserError, UserErrors } from "../errors.ts";
import { OPTIONS } from "../options.ts";
import type { OptionName } from "../options.ts";

/** One command. */
export interface CommandSpec {
  readonly summary: string;
  readonly usage: string;
  /** The settings it takes. */
  readonly options: readonly OptionName[];
  /** What it takes besides settings. */
  readonly own: Readonly<Record<string, OwnFlag>>;
}

/** A flag of one command: the text of its value (empty for a switch), help, and whether it may be repeated. */
export interface OwnFlag {
  readonly value: string;
  readonly help: string;
  readonly repeats?: true;
}

const ALL = Object.keys(OPTIONS) as readonly OptionName[];
const FINDING: readonly OptionName[] = ["name", "config", "state-dir", "api"];

/** Every command, in the order help shows them. */
export const COMMANDS = {
  run: {
    summary: "start the daemon and its gateway",
    usage: "rekindle run [options]",
    options: ALL,
    own: {},
  },
  exec: {
    summary: "run a program attached to the gateway, again when the gateway was lost",
    usage: "rekindle exec [options] -- CMD [ARG…]",
    options: ALL,
    own: { retries: { value: "N", help: "run CMD again up to N times when the gateway was lost (0)" } },
  },
  status: {
    summary: "say what the gateway is doing",
    usage: "rekindle status [options]",
    options: FINDING,
    own: { json: { value: "", help: "the whole status as JSON" } },
  },
  plan: {
    summary: "show the gateway's memory, and what would become of it",
    usage: "rekindle plan [--limit SIZE] [--cause CLASS…] [options] | --replay [options]",
    options: ALL,
    own: {
      limit: { value: "SIZE", help: "what if the limit were this? Nothing is changed by asking" },
      cause: {
        value: "CLASS",
        help: "what if it died of this? May be repeated: one death more",
        repeats: true,
      },
      replay: { value: "", help: "live through the deaths that are kept, as memory would be planned now" },
      json: { value: "", help: "everything as one JSON document" },
    },
  },
  stop: {
    summary: "end the daemon and its gateway",
    usage: "rekindle stop [options]",
    options: FINDING,
    own: { gateway: { value: "", help: "end the gateway only; the daemon stays and reports it" } },
  },
  explain: {
    summary: "say why something failed, from its log or error report",
    usage: "rekindle explain [--json] FILE… | -",
    options: [],
    own: { json: { value: "", help: "an array with an object for each file" } },
  },
  incidents: {
    summary: "list the deaths that are kept, show one, make an archive of one for a bug report",
    usage: "rekindle incidents [show ID|last | bundle ID|last [-o FILE] | rm ID…] [options]",
    options: ["name", "config", "state-dir"],
    own: {
      json: { value: "", help: "the list, or the manifest of the one that is shown, as JSON" },
      output: { value: "FILE", help: "-o: where the archive goes (rekindle-ID.tar.gz)" },
    },
  },
  version: { summary: "print the version", usage: "rekindle version", options: [], own: {} },
  help: { summary: "explain a command", usage: "rekindle help [COMMAND]", options: [], own: {} },
} as const satisfies Record<string, CommandSpec>;

/** The name of a command. */
export type CommandName = keyof typeof COMMANDS;

/** A command line, read. */
export interface Invocation {
  readonly command: CommandName;
  readonly settings: RawSettings;
  /** The command's own flags. */
  readonly own: Readonly<Record<string, string | boolean | readonly string[]>>;
  /** What follows the flags: the program of `exec`, the files of `explain`, the words of `incidents`. */
  readonly operands: readonly string[];
}

/**
 * Reads the words of the command line.
 * @throws {UserErrors} With every word that is not understood.
 */
export function readArgs(args: readonly string[]): Invocation {
  const [first = "help", ...rest] = args;
  if (first === "--help" || first === "-h") return help([]);
  if (first === "--version" || first === "-V") return { ...help([]), command: "version" };
  const command = commandNames().find((name) => name === first);
  if (command === undefined) throw new UserErrors([unknownCommand(first)]);
  const spec: CommandSpec = COMMANDS[command];
  const problems: UserError[] = [];
  const kindOf = (name: string) => (OPTIONS as Readonly<Record<string, { kind: unknown }>>)[name]?.kind;
  const names = [...spec.options, ...Object.keys(spec.own)];
  const isSwitch = (name: string) => kindOf(name) === "flag" || spec.own[name]?.value === "";
  const strings = names.filter((name) => !isSwitch(name));
  const parsed = parseArgs([...rest], {
    // "_" keeps a word such as 007 from being read as a number.
    string: [...strings, "_"],
    boolean: [...names.filter(isSwitch), "help"],
    collect: names.filter((name) => kindOf(name) === "list" || spec.own[name]?.repeats === true),
    alias: {
      help: "h",
      ...(names.includes("quiet") ? { quiet: "q" } : {}),
      ...(names.includes("output") ? { output: "o" } : {}),
    },
    stopEarly: command === "exec",
    "--": true,
    unknown: (arg) => {
      // A lone dash is standard input.
      if (!arg.startsWith("-") || arg === "-") return true;
      problems.push(unknownFlag(command, arg, names));
      return false;
    },
  });
  // A "--" behind the program's name is the program's own.
  const ownDashes = parsed._.length > 0 && rest.includes("--") ? ["--"] : [];
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

/** The text of `help`, for one command or for all. */
export function helpText(command: string | null): string {
  const name = commandNames().find((known) => known === command);
  if (name === undefined) {
    const lines = commandNames().map((each) => `  ${each.padEnd(9)} ${COMMANDS[each].summary}`);
    return [
      "rekindle owns PySpark's Java gateway: starts it, watches it, explains its death, brings it back.",
      "",
      "  rekindle run                          keep a gateway",
      "  rekindle exec -- python job.py        run a program on it",
      "",
      "Commands:",
      ...lines,
      "",
      'Say "rekindle help COMMAND" for the options of one.',
      "",
    ].join("\n");
  }
  const spec: CommandSpec = COMMANDS[name];
  const own = Object.entries(spec.own).map(([flag, { value, help }]) => optionLine(flag, value, help));
  const options = spec.options.map((flag) => optionLine(flag, OPTIONS[flag].value, OPTIONS[flag].help));
  const listed = [...own, ...options];
  return [`${spec.usage}`, "", `  ${spec.summary}`, ...(listed.length > 0 ? ["", ...listed] : []), ""].join(
    "\n",
  );
}

function optionLine(flag: string, value: string, help: string): string {
  return `  ${`--${flag} ${value}`.trimEnd().padEnd(24)} ${help}`;
}

function help(operands: readonly string[]): Invocation {
  return { command: "help", settings: {}, own: {}, operands };
}

function commandNames(): readonly CommandName[] {
  return Object.keys(COMMANDS) as CommandName[];
}

function operandProblems(command: CommandName, operands: readonly string[]): readonly UserError[] {
  if (command === "exec") {
    return operands.length > 0 ? [] : [usage(command, "Cannot run anything: no command is given")];
  }
  if (command === "explain") {
    return operands.length > 0 ? [] : [usage(command, "Cannot explain anything: no file is given")];
  }
  // What they mean together is the command's own business.
  if (command === "incidents") return [];
  const [topic, ...more] = command === "help" ? operands : [undefined, ...operands];
  const unknown = topic === undefined || Object.hasOwn(COMMANDS, topic) ? [] : [unknownCommand(topic)];
  const [word] = more;
  if (word === undefined) return unknown;
  return [...unknown, usage(command, `Cannot understand "${word}": ${command} takes no further words`)];
}

function unknownCommand(word: string): UserError {
  const near = nearest(word, commandNames());
  return new UserError(`Cannot understand "${word}": there is no such command`, {
    hint: near === null ? 'See "rekindle help".' : `Did you mean "rekindle ${near}"?`,
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
  return new UserError(message, { hint: `Usage: ${COMMANDS[command].usage}`, exitCode: EXIT.usage });
}
