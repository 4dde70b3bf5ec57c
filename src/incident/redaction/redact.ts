/**
 * What of a text may leave this machine? Everything but secrets: those that are known, those that look like one, those
 * whose name says so, and every value of an environment that is not allowed by name. Stack traces, class names and
 * figures stay. Doing it twice changes nothing, and the time is in proportion to the text.
 * @module
 */

import { redactAssignments } from "./assignment.ts";
import { redactEnvironments } from "./environment_listing.ts";
import { replaceKnown } from "./known_secrets.ts";
import { isBareKey, isSecretName } from "./secret_name.ts";
import { MARK, redactPrivateKeys, redactShapes } from "./secret_shape.ts";
import type { Redacted } from "./secret_shape.ts";

/** Names and values that stand apart: in Hadoop's configuration files, in attributes, in JSON; an element of XML. */
const PAIRS: readonly RegExp[] = [
  /(<name>([^<]{1,256})<\/name>\s{0,256}<value>)([^<]+)/g,
  /(\bname="([^"]{1,256})"\s{1,64}value=")([^"]+)/g,
  /("(?:name|key)"\s{0,8}:\s{0,8}"([^"]{1,256})"\s{0,8},\s{0,64}"value"\s{0,8}:\s{0,8}")([^"]+)/g,
  /(<([\w.-]{1,128})>)([^<]{1,4096})(?=<\/)/g,
];

/** A replacement makes a new beginning of what stands behind it: that is looked at again, so many times at most. */
const PASSES = 8;

/** A text without its secrets. */
export function redact(text: string, secrets: readonly string[] = []): Redacted {
  let redacted: Redacted = { text, count: 0 };
  for (let pass = 0; pass < PASSES; pass++) {
    const next = redactOnce(redacted.text, secrets);
    redacted = { text: next.text, count: redacted.count + next.count };
    if (next.count === 0) break;
  }
  return redacted;
}

function redactOnce(text: string, secrets: readonly string[]): Redacted {
  let count = 0;
  const replaced = (before: string, name: string, value: string, whole: string): string => {
    if (!isSecretName(name.trim()) || isBareKey(name.trim()) || value === MARK || value.trim() === "") {
      return whole;
    }
    count++;
    return `${before}${MARK}`;
  };
  const known = replaceKnown(text, secrets);
  let rest = known.text;
  count += known.count;
  for (const pair of PAIRS) {
    rest = rest.replace(
      pair,
      (whole, before: string, name: string, value: string) => replaced(before, name, value, whole),
    );
  }
  const shaped = redactShapes(rest);
  const keyless = redactPrivateKeys(shaped.text.split("\n"));
  const listed = redactEnvironments(keyless.lines);
  count += shaped.count + keyless.count + listed.count;
  const lines = listed.lines.map((line, at) => {
    if (isSecretFlag(listed.lines[at - 1]) && /^[^-]/.test(line) && line !== MARK) {
      count++;
      return MARK;
    }
    const redacted = redactAssignments(line);
    count += redacted.count;
    return redacted.text;
  });
  return { text: lines.join("\n"), count };
}

/** A value as JSON has it, without its secrets: in texts, by the names of members, and behind flags in lists. */
export function redactJson(
  value: unknown,
  secrets: readonly string[] = [],
): { readonly value: unknown; readonly count: number } {
  let count = 0;
  const visit = (each: unknown, isSecret: boolean): unknown => {
    if (typeof each === "string") {
      if (isSecret && each !== "" && each !== MARK) {
        count++;
        return MARK;
      }
      const redacted = redact(each, secrets);
      count += redacted.count;
      return redacted.text;
    }
    if (Array.isArray(each)) {
      return each.map((item, at) => {
        const before: unknown = each[at - 1];
        return visit(item, isSecret || typeof before === "string" && isSecretFlag(before));
      });
    }
    if (typeof each !== "object" || each === null) return each;
    return Object.fromEntries(
      Object.entries(each).map(([name, member]) => [
        redact(name, secrets).text,
        visit(member, isSecretName(name) && !isBareKey(name)),
      ]),
    );
  };
  return { value: visit(value, false), count };
}

/** Whether a word of a command says that the next one is a secret. */
function isSecretFlag(word: string | undefined): boolean {
  return word !== undefined && word.startsWith("--") && /^--[\w.-]{1,128}$/.test(word) && isSecretName(word);
}
