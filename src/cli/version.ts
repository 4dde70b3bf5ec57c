/**
 * `rekindle version`: which rekindle is this?
 * @module
 */

import { EXIT } from "../errors.ts";
import { denoVersions } from "../runtime/process.ts";
import { VERSION } from "../version.ts";
import type { Command } from "./command.ts";

/** Prints the version. */
export const command: Command = ({ own, print }) => {
  const document = { rekindle: VERSION, ...denoVersions() };
  print(own.json === true ? `${JSON.stringify(document, null, 2)}\n` : `rekindle ${VERSION}\n`);
  return Promise.resolve(EXIT.ok);
};
