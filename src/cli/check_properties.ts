/**
 * Which properties does Spark get, and where did each come from?
 * @module
 */

import { effectiveSettings } from "../core/doctor/settings.ts";
import { defaultsOf } from "../doctor/surroundings.ts";
import { sparkWordsOf } from "../gateway/command.ts";
import type { IntendedStart } from "./check_start.ts";
import type { CommandContext } from "./context.ts";

/** One property. */
export interface PropertyRow {
  readonly name: string;
  readonly value: string;
  /** The option, or the file. */
  readonly by: string;
}

/** Those that the command or Spark's own file sets, by name; empty while there is no command. */
export async function propertyRows(
  context: CommandContext,
  { installation, command }: IntendedStart,
): Promise<readonly PropertyRow[]> {
  if (command === null) return [];
  const answer = { argv: command.argv, env: context.env };
  const { text, file } = await defaultsOf(installation?.spark ?? null, answer, context);
  const settings = effectiveSettings(sparkWordsOf(answer), { defaults: text, file });
  return Object.entries(settings).map(([name, { value, by }]) => ({ name, value, by }))
    .sort((one, other) => one.name < other.name ? -1 : 1);
}
