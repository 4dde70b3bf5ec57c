/**
 * `rekindle help`: what a command does and takes, examples first.
 * @module
 */

import { EXIT } from "../errors.ts";
import { helpOf, OPTIONS } from "../options.ts";
import type { Command } from "./command.ts";
import { columns, section } from "./columns.ts";
import { commandNames, COMMANDS, GROUPS, specOf, usageOf } from "./commands.ts";
import type { CommandName } from "./commands.ts";

/** Prints the help of the command that is named, or of all. */
export const command: Command = ({ operands: [topic], print }) => {
  print(helpText(topic ?? null));
  return Promise.resolve(EXIT.ok);
};

/** The text of `help`, for one command or for all. */
export function helpText(topic: string | null): string {
  const name = commandNames().find((known) => known === topic);
  const lines = name === undefined ? overview() : helpOn(name);
  return `${lines.join("\n")}\n`;
}

const OVERVIEW = [
  ["rekindle run", "keep a gateway"],
  ["rekindle exec -- python job.py", "run a program on it"],
  ["rekindle status", "see how it is"],
] as const;

function overview(): readonly string[] {
  const width = Math.max(...commandNames().map((name) => name.length));
  const groups = GROUPS.flatMap(({ title, commands }) => [
    "",
    `${title}:`,
    ...columns(commands.map((name) => [name.padEnd(width), COMMANDS[name].summary]), "  "),
  ]);
  return [
    "rekindle owns PySpark's Java gateway: starts it, watches it, explains its death, brings it back.",
    "",
    ...columns(OVERVIEW, "  "),
    ...groups,
    "",
    'Say "rekindle help COMMAND" for the options of one.',
  ];
}

function helpOn(name: CommandName): readonly string[] {
  const { summary, examples, own, options } = specOf(name);
  const ownRows = Object.entries(own).map(([flag, { value, short, help }]) =>
    [optionWords(flag, value, short), help] as const
  );
  const settings = options.map((flag) => {
    const { value, short }: { value: string; short?: string } = OPTIONS[flag];
    return [optionWords(flag, value, short), helpOf(flag)] as const;
  });
  return [
    `rekindle ${name}: ${summary}`,
    "",
    ...columns(examples, "  "),
    "",
    `Usage: ${usageOf(name)}`,
    ...section("Options:", ownRows),
    ...section(
      "Settings, also as variables and keys of the file (--state-dir is REKINDLE_STATE_DIR):",
      settings,
    ),
  ];
}

function optionWords(flag: string, value: string, short: string | undefined): string {
  return `${short === undefined ? "" : `-${short}, `}--${flag} ${value}`.trimEnd();
}
