/**
 * How may a known secret be written, and where does it stand in a text? As it is, percent-encoded, escaped for JSON,
 * Java, Python, XML or a properties file, and broken over two lines.
 * @module
 */

import { MARK } from "./secret_shape.ts";

/** Shorter ones are parts of other words. */
const LEAST_CHARS = 6;
/** A shorter one that stands on two lines may be two other words. */
const BROKEN_CHARS = 12;
/** A console, a mail or a logger broke the line here; in JSON, the line end is a pair of letters. */
const BREAK = String.raw`(?:\r?\n[ \t]{0,8}|\\n)?`;

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&(?:#39|apos);",
};

/** What finds any of these secrets, in any spelling; `null` when there are none worth looking for. */
export function patternOf(secrets: readonly string[]): RegExp | null {
  const spellings = [...new Set(secrets)]
    .filter((secret) => secret.length >= LEAST_CHARS && !MARK.includes(secret))
    // Longest first: one may be a part of another.
    .sort((one, other) => other.length - one.length)
    .map((secret) =>
      [...secret.toWellFormed()].map(spellingsOf).join(secret.length >= BROKEN_CHARS ? BREAK : "")
    );
  return spellings.length === 0 ? null : new RegExp(spellings.join("|"), "g");
}

/** A letter or a digit has one spelling, so that looking for a secret takes time in proportion to the text. */
function spellingsOf(char: string): string {
  if (/^[A-Za-z0-9]$/.test(char)) return char;
  const percent = encodeURIComponent(char) === char
    ? `%${hex(char, 2)}`
    : encodeURIComponent(char).replace("+", String.raw`\+`);
  const spellings = [
    String.raw`\\{0,3}${RegExp.escape(char)}`,
    caseless(percent),
    caseless(String.raw`\\{1,2}u${hex(char, 4)}`),
    ...(ENTITIES[char] === undefined ? [] : [ENTITIES[char]]),
    ...(char === " " ? [String.raw`\+`] : []),
  ];
  return `(?:${spellings.join("|")})`;
}

function hex(char: string, digits: number): string {
  return (char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(digits, "0");
}

/** Hexadecimal digits in either case. */
function caseless(pattern: string): string {
  return pattern.replaceAll(/[A-F]/g, (digit) => `[${digit}${digit.toLowerCase()}]`);
}
