/**
 * Does a name, such as that of a property, a variable or a flag, stand for a secret?
 * @module
 */

/** Parts of names that give a secret away wherever they stand. */
const STEM = /passw|passphrase|secret|token|credential/;
/** Whole words of names that do. */
const WORDS = ["pwd", "key", "keys", "sas", "storepass", "keypass", "userpass", "dbpass", "sshpass"];
/** What comes before "key" in a name written in one word, or in one that is followed by a colon. */
const KEY_OWNERS =
  /^(?:access|account|api|auth|encryption|master|private|secret|service|shared|signing|ssh|storage)/;
/** What a name ends with that tells of a secret and is none: how long, of which kind, made by which class. */
const ABOUT =
  /^(?:providers?|class|impl|factory|(?:de)?serializer|converter|length|size|bits|type|algorithm|enabled|count|timeout|interval|ttl|seconds)$/;
/** Words that make a "key" a thing without a secret: a key store, a key's path, a key of data. */
const HARMLESS_KEY = /^(?:store|tab|path|file|location|(?:de)?serializer|converter|space|word|range|group)$/;
/** A tokenizer has to do with text. */
const TEXT_TOOL = /tokeni[sz]\w*/g;

/** Whether a text can hold such a name at all: quick, and right when it says no. */
export function mayNameSecret(text: string): boolean {
  return /pass|pwd|secret|token|credential|key|sas/i.test(text);
}

/** Whether what is assigned to a name is a secret, as in `-Dname=…`, `--name …`, or a JSON member. */
export function isSecretName(name: string): boolean {
  const words = wordsOf(name);
  if (ABOUT.test(words.at(-1) ?? "")) return false;
  if (STEM.test(words.join("").replace(TEXT_TOOL, ""))) return true;
  // "pass" alone is a step of a compiler, or a test that did not fail.
  if (words.length > 1 && words.at(-1) === "pass") return true;
  const isKey = words.some((word) => WORDS.includes(word) || /key$/.test(word) && KEY_OWNERS.test(word));
  return isKey && !words.some((word) => HARMLESS_KEY.test(word));
}

/**
 * Whether what follows a name and a colon is a secret. Before a colon stand many other things than names: a class
 * and its message, a logger and its message, a sentence; so the name must be a secret's to its end.
 */
export function isSecretLabel(name: string): boolean {
  const last = /[^.$]*$/.exec(name)?.[0] ?? name;
  const isClass = last !== name && /^[A-Z].*[a-z]/.test(last);
  const words = wordsOf(name);
  const end = words.at(-1) ?? "";
  if (isClass) return false;
  if (/^(?:key|keys)$/.test(end)) return KEY_OWNERS.test(words.at(-2) ?? "");
  return /^(?:passw\w*|passphrase|pwd|secrets?|tokens?|credentials?)$/.test(end) ||
    /key$/.test(end) && KEY_OWNERS.test(end);
}

/** Whether a name is "key" and nothing more, as data has it. */
export function isBareKey(name: string): boolean {
  return /^-*keys?$/i.test(name);
}

/** The words of a name, in small letters. Only the end of a long one counts: it may be any text without a space. */
function wordsOf(name: string): readonly string[] {
  return name.slice(-256)
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .replace(/([A-Z])([A-Z][a-z])/g, "$1 $2")
    .toLowerCase().split(/[^a-z0-9]+/).filter((word) => word !== "");
}
