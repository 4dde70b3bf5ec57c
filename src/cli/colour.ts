/**
 * May a stream be coloured? The only place that decides it.
 * @module
 */

/**
 * By the common rules (no-color.org, force-color.org): `NO_COLOR` wins over `FORCE_COLOR`, that over what the stream
 * is, and a terminal that calls itself dumb has no colours. A variable that is empty says nothing.
 */
export function mayColour(
  { NO_COLOR, FORCE_COLOR, TERM }: Readonly<Record<string, string>>,
  isTerminal: boolean,
): boolean {
  if (NO_COLOR) return false;
  // FORCE_COLOR=0 is the one value by which programs in the field mean the opposite.
  if (FORCE_COLOR) return FORCE_COLOR !== "0";
  return isTerminal && TERM !== "dumb";
}

/** The escape sequences for what is good, wants attention or is bad, and the one that ends them. */
export const PAINT = {
  good: "\x1b[32m",
  attention: "\x1b[33m",
  bad: "\x1b[31m",
  plain: "\x1b[0m",
} as const;
