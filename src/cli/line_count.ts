/**
 * How many of the last lines does `-n` ask for?
 * @module
 */

import { EXIT, UserError } from "../errors.ts";

/**
 * Reads the value of `--lines`.
 * @throws {UserError} When it is no whole number from `least` to `most`.
 */
export function readLineCount(
  text: unknown,
  { usual, least, most }: { readonly usual: number; readonly least: number; readonly most: number },
): number {
  if (text === undefined) return usual;
  const count = /^\d{1,9}$/.test(String(text)) ? Number(text) : NaN;
  if (count >= least && count <= most) return count;
  throw new UserError(
    `Cannot use --lines ${JSON.stringify(text)}: it is no whole number from ${least} to ${most}`,
    {
      hint: `Write, for example, -n ${usual}.`,
      exitCode: EXIT.usage,
    },
  );
}
