/**
 * What does a span of time on the command line mean?
 * @module
 */

import { EXIT, UserError } from "../errors.ts";

const UNIT_MS: Readonly<Record<string, number>> = {
  "": 1_000,
  ms: 1,
  s: 1_000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
};
/** A day: what is asked for longer than that is a setting, or a slip. */
const MOST_MS = 86_400_000;

/**
 * Milliseconds of a text such as `90`, `90s`, `1.5m` or `2h`; a bare number is seconds.
 * @throws {UserError} When it is none, or more than a day.
 */
export function readSpan(flag: string, text: string): number {
  const [, number = "", unit = ""] = /^(\d+(?:\.\d+)?)(ms|s|m|min|h)?$/.exec(text) ?? [];
  const ms = Math.round(Number(number) * (UNIT_MS[unit] ?? NaN));
  if (number !== "" && ms <= MOST_MS) return ms;
  throw new UserError(
    `Cannot use --${flag} ${JSON.stringify(text)}: it is not a time such as 90, 90s, 5m or 2h`,
    {
      hint: "A bare number is seconds; the most is 24h.",
      exitCode: EXIT.usage,
    },
  );
}
