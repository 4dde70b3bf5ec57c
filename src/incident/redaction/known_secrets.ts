/**
 * Which texts does somebody know to be secret by where they stand: in a variable, a setting, or a URL with credentials?
 * What is known by its value is found wherever it is printed, without its name and in whatever spelling.
 * @module
 */

import { isBareKey, isSecretName } from "./secret_name.ts";
import { MARK } from "./secret_shape.ts";
import type { Redacted } from "./secret_shape.ts";
import { patternOf } from "./spelling.ts";

/** Shorter values are words that stand everywhere. */
const LEAST_CHARS = 8;
/** A setting or a property: `spark.x.secret=…`, `-Dx.password=…`, `TOKEN=…`. */
const SETTING = /^(?:-D)?([\w.-]{1,256})=([\s\S]+)$/;
/** The password in a URL; without one, the user may be the token. */
const CREDENTIALS = /:\/\/([^\s/:@"'<>]{0,256}):([^\s/"'<>]{1,256})@|https?:\/\/([^\s/:@"'<>]{8,256})@/g;
/** What says where a secret is, or that there is none. */
const NO_SECRET = /^(?:\$\{.*\}|\/[\w./-]+|[\w.]+\.(?:pem|p12|jks|json|txt|ya?ml))$/;

/** The secrets among variables, those in options that one of them holds as well. */
export function secretsOfVariables(env: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(env).flatMap(([name, value]) => [
    ...(isSecretName(name) && !isBareKey(name) ? secret(value) : []),
    ...secretsOfWords(value.split(/\s+/)),
  ]);
}

/** The secrets among the words of a command, or `key=value` settings. */
export function secretsOfWords(words: readonly string[]): readonly string[] {
  return words.flatMap((word, at) => {
    const [, name, value = ""] = SETTING.exec(word) ?? [];
    const before = words[at - 1] ?? "";
    return [
      ...(name !== undefined && isSecretName(name) && !isBareKey(name) ? secret(value) : []),
      ...(/^--[\w.-]+$/.test(before) && isSecretName(before) && !word.startsWith("-") ? secret(word) : []),
      ...credentialsIn(word),
    ];
  });
}

/** The secrets that were given to a daemon: its variables and the `key=value` settings for Spark. */
export function secretsOf(
  { env, conf }: { readonly env: Readonly<Record<string, string>>; readonly conf: readonly string[] },
): readonly string[] {
  return [...new Set([...secretsOfVariables(env), ...secretsOfWords(conf)])];
}

function credentialsIn(text: string): readonly string[] {
  return [...text.matchAll(CREDENTIALS)].flatMap(([, user, password, token]) => {
    const found = password ?? token ?? "";
    return [...secret(found), ...(user === undefined ? [] : secret(decoded(found)))];
  });
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function secret(value: string): readonly string[] {
  return value.length >= LEAST_CHARS && !NO_SECRET.test(value) ? [value] : [];
}

/** Compiled once for each list: a document has hundreds of texts. */
const PATTERNS = new WeakMap<readonly string[], RegExp | null>();

/** A text without these secrets. Line ends within one stay, so that the lines keep their numbers. */
export function replaceKnown(text: string, secrets: readonly string[]): Redacted {
  const kept = PATTERNS.get(secrets);
  const pattern = kept === undefined ? patternOf(secrets) : kept;
  if (kept === undefined) PATTERNS.set(secrets, pattern);
  if (pattern === null) return { text, count: 0 };
  let count = 0;
  const replaced = text.replace(pattern, (found) => {
    count++;
    return found.includes("\n") ? found.split("\n").map(() => MARK).join("\n") : MARK;
  });
  return { text: replaced, count };
}

/** Any value as JSON has it without these secrets in its texts; bytes stay as they are. */
export function hideKnown<T>(value: T, secrets: readonly string[]): T;
export function hideKnown(value: unknown, secrets: readonly string[]): unknown {
  if (typeof value === "string") return replaceKnown(value, secrets).text;
  if (Array.isArray(value)) return value.map((each) => hideKnown(each, secrets));
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, hideKnown(each, secrets)]));
}
