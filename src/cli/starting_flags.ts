/**
 * Which flags were given that only a gateway's start heeds?
 * @module
 */

import type { Settings } from "../config.ts";
import { type OptionName, STARTING } from "../options.ts";

/**
 * Their names, without dashes. Variables and the file are often the daemon's own as well; a flag is meant for this command
 * alone.
 */
export function startingFlags({ origins }: Pick<Settings, "origins">): readonly OptionName[] {
  return STARTING.filter((name) => origins[name] === "flag");
}
