/**
 * Was a log broken into short lines by a narrow console, and what were its lines before? PowerShell does so with what a
 * program writes on standard error, at the width of its window.
 * @module
 */

import { headOf, tracePartOf } from "./log_line.ts";
import type { OutputLine } from "../verdict.ts";

/** Narrower consoles do not exist, wider ones leave a message readable. */
const MIN_WIDTH = 20, MAX_WIDTH = 130;
/** So many breaks, and so large a share of them where a console would break, are no chance. */
const MIN_BREAKS = 8, MIN_SHARE = 0.6;
/** A line that is put together stays readable. */
const MAX_JOINED = 2000;

/** The width a sample was broken at, or `null` when it was not. */
export function wrapWidth(sample: readonly OutputLine[]): number | null {
  const lines = sample.filter(({ text }) => text.length <= MAX_WIDTH);
  if (lines.length < sample.length * MIN_SHARE) return null;
  // A few lines may be longer than the console: what was printed by another program.
  const lengths = lines.map(({ text }) => text.length).sort((a, b) => a - b);
  const width = lengths[Math.floor(lengths.length * 0.98)] ?? 0;
  if (width < MIN_WIDTH) return null;
  let breaks = 0, fitting = 0;
  for (const [index, { text }] of sample.entries()) {
    const next = sample[index + 1]?.text;
    if (next === undefined || next === "" || text === "" || startsAnew(next)) continue;
    breaks++;
    if (mayContinue(text, next, width)) fitting++;
  }
  return breaks >= MIN_BREAKS && fitting >= breaks * MIN_SHARE ? width : null;
}

/** Puts broken lines together, one line after the other. */
export class Unwrapper {
  readonly #width: number;
  #open: { number: number; text: string } | null = null;
  #last = "";

  /** @param width What {@linkcode wrapWidth} found. */
  constructor(width: number) {
    this.#width = width;
  }

  /** Takes the next line; returns the one that ended with it, if any. */
  take(line: OutputLine): OutputLine | null {
    const { text } = line;
    const open = this.#open;
    const joins = open !== null && text !== "" && open.text.length < MAX_JOINED &&
      mayContinue(this.#last, text, this.#width);
    this.#last = text;
    if (joins && open !== null) {
      open.text += text;
      return null;
    }
    this.#open = { number: line.number, text };
    return open;
  }

  /** The line still open at the end. */
  end(): OutputLine | null {
    const open = this.#open;
    this.#open = null;
    return open;
  }
}

/** A console breaks a line only when the next word did not fit; a break that fits was meant. */
function mayContinue(line: string, next: string, width: number): boolean {
  // A break behind a blank is the console's: nobody writes one at the end of a line.
  if (line.length > width + 1 || startsAnew(next) && !line.endsWith(" ")) return false;
  const word = /^\s*\S+/.exec(next)?.[0] ?? "";
  return line.length + word.length + 1 > width - 1;
}

function startsAnew(text: string): boolean {
  if (/^(?:\d\d|\d{4})[-/]\d\d[-/]\d\d[ T]/.test(text) || /^[A-Z]+ /.test(text) && headOf(text) !== null) {
    return true;
  }
  const part = tracePartOf(text);
  return part === "frame" || part === "thread" || part === "traceback" || part === "python-frame" ||
    /^\s+at |^Caused by: |^Traceback \(|^(?:[a-z]\w*\.){2,}[A-Z]\w*(?:Exception|Error)\b/.test(text);
}
