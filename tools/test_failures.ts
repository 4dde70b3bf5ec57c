/**
 * Which tests failed, and with what words? Read from what `deno test` printed.
 * @module
 */

/** One test, or a step of one, that failed. */
export interface Failure {
  /** Its name and its place, as Deno writes them: `name => ./tests/x_test.ts:2:6`. */
  readonly test: string;
  /** The first line of its error. */
  readonly error: string;
}

/**
 * The failures in the order of Deno's own section of errors.
 * @param text What one `deno test` printed, with or without colours.
 */
export function failures(text: string): readonly Failure[] {
  // deno-lint-ignore no-control-regex
  const plain = text.replaceAll(/\x1b\[[0-9;]*m/g, "");
  // A test may print such a heading itself: Deno's own are the last.
  const end = plain.lastIndexOf("\n FAILURES \n");
  const begin = plain.lastIndexOf("\n ERRORS \n", end);
  if (begin < 0 || end < 0) return [];
  const failed = plain.slice(end).split("\n").filter((line) => line.includes(" => "));
  const errors = plain.slice(begin, end).split("\n");
  return failed.map((test) => ({ test, error: errors[errors.indexOf(test) + 1] ?? "" }));
}
