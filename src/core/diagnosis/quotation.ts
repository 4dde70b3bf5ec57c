/**
 * Is a line only quoted: source code in a traceback, a query in an error, somebody's remark? Such a line may name any
 * error, and tells of none.
 * @module
 */

import { headOf, tracePartOf } from "./log_line.ts";
import { LAST_WORDS } from "./signature_match.ts";

/** Remarks of shells, SQL and programs that a log repeats; HotSpot's own words begin with `#` too. */
const REMARK = /^\s*(?:#|--|\/\/)\s/;
/** A row of a table that was printed (DataFrame.show). */
const ROW = /^\s*\|.*\|\s*$/;
/** The line of code that IPython points at, with its number. */
const POINTED = /^-{2,}> ?\d+\b/;
/** Spark repeats the query, and points at the place in it (QueryContext, ParseException). */
const QUERY = /^== (?:SQL|DataFrame)\b.*==\s*$/;
const QUERY_END = /^\s*-*\^+/;
/** A longer query was none. */
const MAX_QUERY_LINES = 300;

/** Reads a log line by line. */
export class Quotation {
  /** The blanks before the last frame of Python, while its code may follow. */
  #frameIndent: number | null = null;
  #queryLines: number | null = null;

  /** Whether the next line is quoted. */
  holds(text: string): boolean {
    if (REMARK.test(text) && !LAST_WORDS.test(text) || ROW.test(text)) return true;
    return this.#isQuery(text) || this.#isCode(text);
  }

  #isQuery(text: string): boolean {
    if (QUERY.test(text)) {
      this.#queryLines = 0;
      return true;
    }
    if (this.#queryLines === null) return false;
    const part = tracePartOf(text);
    const isOver = headOf(text) !== null || part === "frame" || part === "thread" || part === "traceback" ||
      ++this.#queryLines > MAX_QUERY_LINES;
    if (isOver || QUERY_END.test(text)) this.#queryLines = null;
    return !isOver;
  }

  #isCode(text: string): boolean {
    if (POINTED.test(text)) {
      this.#frameIndent ??= 0;
      return true;
    }
    const indent = text.search(/\S/);
    if (indent < 0) return false;
    if (tracePartOf(text) === "python-frame") {
      this.#frameIndent = indent;
      return false;
    }
    // Code stands deeper than the frame it belongs to.
    if (this.#frameIndent !== null && indent > this.#frameIndent && !text.startsWith("\t")) return true;
    this.#frameIndent = null;
    return false;
  }
}
