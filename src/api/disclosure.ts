/**
 * What of the status may every process of this machine read? Everything but secrets: what a dying gateway wrote is
 * among it, and reading asks for no token.
 * @module
 */

import type { Status } from "./status.ts";

/** Takes the secrets out of every text of a value as JSON has it. */
export type Redact = <T>(value: T) => T;

/** The status as it is answered. The paths that `exec` goes by are ours, and stay as they are. */
export function disclosed(status: Status, redact: Redact): Status {
  const { environmentFile, programBin, cwd } = status;
  return { ...redact(status), environmentFile, programBin, cwd };
}
