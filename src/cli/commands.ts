/**
 * Which commands are there? A row each, in the tables of their groups. A new command is one row and one file, which
 * exports `command`.
 * @module
 */

import type { CommandSpec } from "./command.ts";
import { KEEPING } from "./commands/keeping.ts";
import { LOOKING } from "./commands/looking.ts";
import { PROGRAMS } from "./commands/programs.ts";
import { SETTING_UP } from "./commands/setting_up.ts";

/** Every command. */
export const COMMANDS = { ...PROGRAMS, ...KEEPING, ...LOOKING, ...SETTING_UP };

/** The name of a command. */
export type CommandName = keyof typeof COMMANDS;

/** The groups, in the order help shows them. */
export const GROUPS: readonly { readonly title: string; readonly commands: readonly CommandName[] }[] = [
  { title: "Run programs", commands: namesOf(PROGRAMS) },
  { title: "Keep a gateway", commands: namesOf(KEEPING) },
  { title: "See what is, and why", commands: namesOf(LOOKING) },
  { title: "Set up", commands: namesOf(SETTING_UP) },
];

/** Every name, in the order of the groups. */
export function commandNames(): readonly CommandName[] {
  return namesOf(COMMANDS);
}

/** The row of a command. */
export function specOf(command: CommandName): CommandSpec {
  return COMMANDS[command];
}

/** The one line that says how a command is written. */
export function usageOf(command: CommandName): string {
  return `rekindle ${command} ${COMMANDS[command].synopsis}`.trimEnd();
}

function namesOf<T extends object>(table: T): readonly (keyof T)[] {
  return Object.keys(table) as (keyof T)[];
}
