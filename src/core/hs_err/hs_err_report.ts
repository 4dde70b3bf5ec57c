/**
 * Where in an output is HotSpot's error report? It may stand in a file of its own, in the middle of a console's
 * output, or behind the prefixes that a log puts before each line.
 * @module
 */

import type { OutputLine } from "../verdict.ts";

/** What one line of a report says. */
export interface Fact<T> {
  readonly value: T;
  /** The line, without a log's prefix. */
  readonly line: OutputLine;
}

/** The first words of every report; the last of them are those of JDK 6. */
const BANNER =
  /# (?:A fatal error has been detected by the Java Runtime Environment|There is insufficient memory for the Java Runtime Environment to continue|An unexpected error has been detected by )/;
/** What a report can be known by when its beginning is lost. JDK 25 shows a stray signal in brackets, and goes on. */
const LATER =
  /# {1,2}(?:[A-Z][A-Z\d_]+ \(0x[\da-f]+\) at pc=|(?:Internal|Out of Memory) Error \(.+, pid=\d|Problematic frame:|Native memory allocation \()|(?<!\()siginfo: ?si_signo/;
/** The line that no two reports share: what happened, where, and in which process and thread. */
const IDENTITY = /# {1,2}(?:[A-Z][A-Z\d_]+ \(0x[\da-f]+\) at pc=|(?:Internal|Out of Memory) Error \().*$/;
/** The banner of "insufficient memory" is followed by up to 20 lines of advice. */
const IDENTITY_WITHIN = 40;
/** No log's prefix is longer. */
const MAX_PREFIX = 200;
/**
 * HotSpot prints 2,000 characters at a time (`O_BUFLEN`). Of longer lines, such as a command's, the rest is not read:
 * patterns take the square of a line's length for one that was damaged.
 */
const MAX_LINE = 2_000 + MAX_PREFIX;

/** A report as it stands in an output. */
export interface HsErrReport {
  /** Its lines, without a log's prefix. */
  readonly lines: readonly OutputLine[];
  /** The line it begins with. */
  readonly start: OutputLine;
}

/**
 * The last report in an output. The JVM prints its first lines to the console too: where both stand in one output
 * they count as one report.
 */
export function findHsErr(lines: readonly OutputLine[]): HsErrReport | null {
  let starts = lines.flatMap(({ text }, index) => BANNER.test(text) ? [index] : []);
  if (starts.length === 0) starts = [lines.findIndex(({ text }) => LATER.test(text))].filter((at) => at >= 0);
  const parts = starts.map((start, index) => upToEnd(withoutPrefix(lines.slice(start, starts[index + 1]))));
  const last = parts.at(-1);
  const start = last?.[0];
  if (last === undefined || start === undefined) return null;
  const identity = identityOf(last);
  const same = parts.filter((part) => part === last || identity !== null && identityOf(part) === identity);
  return { lines: same.flat(), start };
}

function identityOf(part: readonly OutputLine[]): string | null {
  for (const { text } of part.slice(0, IDENTITY_WITHIN)) {
    const identity = IDENTITY.exec(text)?.[0];
    if (identity !== undefined) return identity;
  }
  return null;
}

/** Takes away what the first line has before its report; lines that do not begin alike are left as they are. */
function withoutPrefix(part: readonly OutputLine[]): readonly OutputLine[] {
  const first = part[0]?.text ?? "";
  const length = (BANNER.exec(first) ?? LATER.exec(first))?.index ?? 0;
  const prefix = length > 0 && length <= MAX_PREFIX ? likeIt(first.slice(0, length)) : null;
  return part.map(({ number, text }) => {
    const whole = (text.endsWith("\r") ? text.slice(0, -1) : text).slice(0, MAX_LINE);
    return { number, text: prefix === null ? whole : whole.replace(prefix, "") };
  });
}

/** What comes behind the end was written by somebody else. */
function upToEnd(part: readonly OutputLine[]): readonly OutputLine[] {
  const end = part.findIndex(({ text }) => text === "END.");
  return end < 0 ? part : part.slice(0, end + 1);
}

/** A prefix has other numbers in every line: times, counters. Of an empty line its last blanks may be missing. */
function likeIt(prefix: string): RegExp {
  const text = prefix.trimEnd();
  const words = text.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&").replace(/\d+/g, "\\d+").replace(/\s+/g, "\\s+");
  return new RegExp(`^${words}\\s{0,${prefix.length - text.length}}`);
}

/** What the first line that matches says. */
export function findFact<T>(
  lines: readonly OutputLine[],
  pattern: RegExp,
  read: (match: RegExpExecArray) => T,
): Fact<T> | null {
  for (const line of lines) {
    const match = pattern.exec(line.text);
    if (match !== null) return { value: read(match), line };
  }
  return null;
}

/** What 64 bits can hold: a larger number stands in damaged lines alone. */
const GREATEST = 2 ** 64;

/** A number of a report; `null` where there is none that a JVM could have written. */
export function numberOf(digits: string | undefined): number | null {
  const number = Number(digits);
  return number <= GREATEST ? number : null;
}

/** The number that the first line tells which matches, as the first group. */
export function findNumber(lines: readonly OutputLine[], pattern: RegExp): Fact<number> | null {
  const found = findFact(lines, pattern, ([, digits]) => numberOf(digits));
  return found === null || found.value === null ? null : { ...found, value: found.value };
}

/** What the first line says that matches, of those at most `within` lines below a heading. */
export function findFactBelow<T>(
  lines: readonly OutputLine[],
  heading: RegExp,
  within: number,
  pattern: RegExp,
  read: (match: RegExpExecArray) => T,
): Fact<T> | null {
  for (const [index, { text }] of lines.entries()) {
    if (!heading.test(text)) continue;
    const fact = findFact(lines.slice(index + 1, index + 1 + within), pattern, read);
    if (fact !== null) return fact;
  }
  return null;
}
