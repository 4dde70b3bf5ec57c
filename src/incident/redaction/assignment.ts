/**
 * Where in a line does a secret stand by its name, and where does it end? Names and values as Java, Spark, shells, JSON,
 * Python, URLs and prose write them.
 * @module
 */

import { isBareKey, isSecretLabel, isSecretName, mayNameSecret } from "./secret_name.ts";
import { MARK } from "./secret_shape.ts";
import type { Redacted } from "./secret_shape.ts";

const NAME = /[\w.$-]+/g;
/** A scope (`::`), a URL (`://`) and a comparison (`==`) assign nothing. */
const ASSIGNS = /[ \t]{0,8}(=>|->|=(?!=)|:(?![:/]))[ \t]{0,8}/y;
const COMMA = /[ \t]?,[ \t]?/y;
const SPACES = /[ \t]{1,8}(?=[^\s-])/y;
/** What may follow a quote that closes; before anything else it is part of a word, as in "it's". */
const AFTER_QUOTE = /[\s,;:)\]}"'>\\]/;
/** What says where a secret is, as configuration files do. */
const REFERENCE = /^\$\{[\w.:-]{1,256}\}/;
/** What hides nothing, or is hidden already. */
const NO_SECRET =
  /^(?:true|false|null|none|yes|no|on|off|empty|undefined|nil|(?:<redacted>|\*{3}|<hidden>|\[hidden|\[redacted).*)$/is;

interface Span {
  readonly start: number;
  readonly end: number;
}

/** Replaces every value in a line whose name says that it is a secret. */
export function redactAssignments(line: string): Redacted {
  if (!mayNameSecret(line)) return { text: line, count: 0 };
  let text = "";
  let done = 0;
  let count = 0;
  NAME.lastIndex = 0;
  for (let name = NAME.exec(line); name !== null; name = NAME.exec(line)) {
    if (!mayNameSecret(name[0])) continue;
    const value = valueOf(line, name[0], name.index);
    if (value === null || value.end <= value.start) continue;
    // What was passed over may itself hold names, as the value of one that hides nothing does.
    if (NO_SECRET.test(line.slice(value.start, value.end))) continue;
    text += line.slice(done, value.start) + MARK;
    done = value.end;
    count++;
    NAME.lastIndex = done;
  }
  return { text: text + line.slice(done), count };
}

/** Where in a line a name stands, and between which quotes. */
interface Place {
  readonly at: number;
  /** The quote before it, or nothing. */
  readonly opened: string;
  /** Whether the same quote stands behind it. */
  readonly closed: boolean;
}

/** The value that belongs to a name, or `null` when none does, or it is no secret's name. */
function valueOf(line: string, name: string, at: number): Span | null {
  const opened = quoteBefore(line, at);
  const closed = opened !== "" && line.startsWith(opened, at + name.length);
  const after = at + name.length + (closed ? opened.length : 0);
  const place = { at, opened, closed };
  const assigns = match(ASSIGNS, line, after);
  if (assigns !== null) {
    return assignedValue(line, name, { place, assigns, start: after + assigns[0].length });
  }
  if (!isSecretName(name)) return null;
  const spaces = match(SPACES, line, after);
  if (spaces !== null && name.startsWith("--")) return value(line, after + spaces[0].length, place);
  // As in spark-defaults.conf.
  if (spaces !== null && beginsLine(line, place) && isProperty(name)) {
    return wholeRest(line, after + spaces[0].length);
  }
  const comma = match(COMMA, line, after);
  if (comma === null || !name.includes(".") || !(closed || line[at - 1] === "(")) return null;
  const pair = value(line, after + comma[0].length, place);
  // What is followed by a colon is the name of the next member.
  return pair === null || /^["'\\\s]{0,8}:/.test(line.slice(pair.end, pair.end + 9)) ? null : pair;
}

/** The value behind a sign, or `null` when it is no secret. */
function assignedValue(
  line: string,
  name: string,
  { place, assigns: [whole, sign], start }: { place: Place; assigns: RegExpExecArray; start: number },
): Span | null {
  const { opened, closed } = place;
  const isLabel = sign === ":" && !closed;
  const isTight = whole === sign;
  if (!(isLabel ? isSecretLabel(name) : isSecretName(name))) return null;
  // As data, "key" stands in front of spaced signs and in JSON.
  if (isBareKey(name) && (closed || !isTight)) return null;
  // A file and its line, a host and its port.
  if (isLabel && isTight && /^\d+(?!\w)/.test(line.slice(start, start + 20))) return null;
  if (opened !== "" && !closed) return { start, end: endOfQuote(line, start, opened) };
  return beginsLine(line, place) ? wholeRest(line, start) : value(line, start, place);
}

/** Whether nothing but a shell's or YAML's beginning stands before a name. */
function beginsLine(line: string, { at, opened }: Place): boolean {
  return opened === "" && at < 64 && /^\s*(?:export |- )?$/.test(line.slice(0, at));
}

/** Whether a name has dots and is no class. */
function isProperty(name: string): boolean {
  return /^[a-z][\w-]*(?:\.[a-z][\w-]*)+$/.test(name.slice(-256));
}

/** Property files, YAML and a command with a word a line give a value the rest of the line. */
function wholeRest(line: string, start: number): Span {
  const quote = quoteAt(line, start);
  return quote === "" ? { start, end: line.trimEnd().length } : quotedValue(line, start, quote);
}

function value(line: string, start: number, { at, closed }: Place): Span | null {
  const quote = quoteAt(line, start);
  if (quote !== "") return quotedValue(line, start, quote);
  const before = line[at - 1];
  if (line[start] === "{") {
    // What is in the braces of JSON has names of its own.
    if (closed) return null;
    const end = before === ";" ? line.slice(start, start + 512).indexOf("}") : -1;
    if (end !== -1) return { start, end: start + end + 1 };
  }
  if (line[start] === "[") {
    const end = line.indexOf("]", start);
    return { start: start + 1, end: end === -1 ? line.length : end };
  }
  const stops = before === "?" || before === "&" ? "&#" : before === ";" ? ";" : "";
  const bare = line.slice(start, endOfBare(line, start, stops));
  if (REFERENCE.test(bare)) return null;
  // What closes a list is as a rule not the secret's.
  return { start, end: start + bare.replace(/[,;)\]}]{1,8}$/, "").length };
}

/** Where a word ends: at a space, at what parts the members of its list, or at a quote that closes. */
function endOfBare(line: string, start: number, stops: string): number {
  for (let at = start; at < line.length; at++) {
    const mark = line[at] ?? "";
    if (/\s/.test(mark) || stops.includes(mark)) return at;
    const quote = quoteAt(line, at);
    if (quote === "") continue;
    const next = line[at + quote.length];
    if (next === undefined || AFTER_QUOTE.test(next)) return at;
    at += quote.length - 1;
  }
  return line.length;
}

function quotedValue(line: string, start: number, quote: string): Span {
  const from = start + quote.length;
  return { start: from, end: endOfQuote(line, from, quote) };
}

/** Where a quote ends, or the line. */
function endOfQuote(line: string, from: number, quote: string): number {
  for (let at = from; at < line.length; at++) {
    if (line.startsWith(quote, at)) return at;
    if (line[at] === "\\") at++;
  }
  return line.length;
}

function quoteBefore(line: string, at: number): string {
  const mark = line[at - 1];
  if (mark !== '"' && mark !== "'") return "";
  return line[at - 2] === "\\" ? `\\${mark}` : mark;
}

function quoteAt(line: string, at: number): string {
  const quote = /^\\?["']/.exec(line.slice(at, at + 2));
  return quote?.[0] ?? "";
}

function match(pattern: RegExp, line: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(line);
}
