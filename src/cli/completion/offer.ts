/**
 * What can follow on a command line? The table of commands, as the shells' completions need it.
 * @module
 */

import { OPTIONS } from "../../options.ts";
import type { OptionName, OptionSpec } from "../../options.ts";
import type { Operands } from "../command.ts";
import { commandNames, specOf } from "../commands.ts";
import type { CommandName } from "../commands.ts";

/** What a word may be: one of some, a path, the name of a program with its arguments, or what nobody can know. */
export type Choice =
  | { readonly kind: "words"; readonly words: readonly string[] }
  | { readonly kind: "file" | "folder" | "program" | "unknown" };

/** One flag of one command. */
export interface OfferedFlag {
  readonly name: string;
  readonly short: string | null;
  readonly help: string;
  /** What stands for the value in help; `null` for a switch. */
  readonly value: string | null;
  readonly choice: Choice;
  readonly repeats: boolean;
}

/** One command. */
export interface OfferedCommand {
  readonly name: CommandName;
  readonly summary: string;
  readonly flags: readonly OfferedFlag[];
  /** What its other words may be; `null` when there are none. */
  readonly operand: Choice | null;
}

/** Every command, in the order of the table. */
export function offeredCommands(): readonly OfferedCommand[] {
  return commandNames().map((name) => {
    const { summary, own, options, operands } = specOf(name);
    return {
      name,
      summary,
      flags: [
        ...Object.entries(own).map(([flag, { value, help, short = null, repeats = false }]) =>
          offered({ name: flag, value, help, short, repeats, choice: choiceOf(value) })
        ),
        ...options.map(settingFlag),
        offered({ name: "help", value: "", help: "explain the command", short: "h", repeats: false }),
      ],
      operand: operandOf(operands),
    };
  });
}

function settingFlag(name: OptionName): OfferedFlag {
  const { kind, value, help, short }: OptionSpec = OPTIONS[name];
  const choice: Choice = typeof kind === "object" ? { kind: "words", words: kind } : choiceOf(value);
  return offered({ name, value, help, short: short ?? null, repeats: kind === "list", choice });
}

function offered(
  { choice = { kind: "unknown" }, value, ...flag }:
    & Omit<OfferedFlag, "value" | "choice">
    & { readonly value: string; readonly choice?: Choice },
): OfferedFlag {
  return { ...flag, value: value === "" ? null : value, choice };
}

/** What stands for a value in help says what it can be. */
function choiceOf(value: string): Choice {
  if (value.includes("|")) return { kind: "words", words: value.split("|") };
  switch (value) {
    case "FILE":
    case "PATH":
      return { kind: "file" };
    case "DIR":
      return { kind: "folder" };
    default:
      return { kind: "unknown" };
  }
}

function operandOf(operands: Operands): Choice | null {
  switch (operands.kind) {
    case "none":
      return null;
    case "command":
      return { kind: "words", words: commandNames() };
    case "one-of":
      return { kind: "words", words: operands.words };
    case "free":
      return { kind: "words", words: operands.first };
    case "program":
      return { kind: "program" };
    case "files":
    case "foreign":
      return { kind: "file" };
  }
}
