/**
 * `rekindle restart`: another gateway in the place of every one there is.
 * @module
 */

import type { Command } from "./command.ts";
import { asked } from "./start.ts";

/** The command line's way to a restart. */
export const command: Command = async (call) => await asked(call, "restart");
