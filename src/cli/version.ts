/**
 * `rekindle version`: which rekindle is this?
 * @module
 */

import { EXIT } from "../errors.ts";
import { VERSION } from "../version.ts";
import type { Command } from "./command.ts";

/** Prints the version. */
export const command: Command = ({ print }) => {
  print(`rekindle ${VERSION}\n`);
  return Promise.resolve(EXIT.ok);
};
