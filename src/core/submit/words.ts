/**
 * How words are put into one text, such as `PYSPARK_SUBMIT_ARGS`, so that they come out of it as they were.
 * @module
 */

/** The text that {@linkcode splitOptions} takes apart into these words again, whatever they hold. */
export function joinOptions(words: readonly string[]): string {
  return words.map(quote).join(" ");
}

/** Neither kind of quotes can be escaped within its own: what holds one stands within the other. */
function quote(word: string): string {
  if (/^[\w@%+=:,./*-]+$/.test(word)) return word;
  return word === ""
    ? '""'
    : word.replaceAll(/"+|[^"]+/g, (run) => run.startsWith('"') ? `'${run}'` : `"${run}"`);
}
