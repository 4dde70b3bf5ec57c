/**
 * Which characters of what others wrote must not reach a terminal?
 * @module
 */

/**
 * What commands a terminal (C0, DEL and C1: an 8-bit terminal takes U+009B for ESC [), what turns the direction of a
 * line so that it reads as another one (the bidirectional controls of Unicode's annex 9), and what breaks it.
 */
const COMMANDS = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]+/gu;

/** A text on one line, with `mark` in place of what must not be printed. */
export function printable(text: string, mark: " " | "?" = " "): string {
  return text.replaceAll(COMMANDS, mark);
}

/**
 * JSON of the same meaning that can be printed; what JSON itself escapes ends at U+001F.
 * @param indent 0 for all on one line.
 */
export function printableJson(value: unknown, indent = 2): string {
  // The line ends are JSON's own: those of a text are escaped already.
  return JSON.stringify(value, null, indent).replaceAll(COMMANDS, (run) => run.replaceAll(/[^\n]/g, escape));
}

/** Lines that somebody else wrote; their tabs stay. */
export function printableLines(text: string): string {
  return text.split("\n").map((line) => line.split("\t").map((part) => printable(part)).join("\t")).join(
    "\n",
  );
}

function escape(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
