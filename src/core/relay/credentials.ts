/**
 * What does a connection say before it is known? py4j says `A`, a line end, the secret and a line end, and then waits.
 * @module
 */

/** What the first bytes are. */
export type Credentials =
  /** They may still become anything. */
  | { readonly kind: "unfinished" }
  /** The secret, and how many of the bytes presented it: what follows is a command. */
  | { readonly kind: "secret"; readonly secret: string; readonly usedBytes: number }
  /** No program of PySpark; what to answer before closing, or `null` for nothing: strangers learn nothing. */
  | { readonly kind: "refused"; readonly answer: string | null };

/** py4j's own answers; its client throws the text away and says that it could not authenticate. */
export const BAD_SECRET = "!xsAuthentication error: bad auth token received.\n";
const NOT_YET = "!xsAuthentication error: unexpected command.\n";

/** First lines of the commands of py4j 0.10.9.3 to 0.10.9.9. */
const COMMANDS = "cifmrjlapdhSsz";
const LINE_END = 0x0a;

const LATIN = new TextDecoder("latin1");

/**
 * Judges all that a connection has said so far, however it was split on the way.
 * @param limitBytes The longest secret's line, with the two bytes before it.
 */
export function judgeCredentials(bytes: Uint8Array, limitBytes: number): Credentials {
  const [first, second] = bytes;
  if (first === undefined) return { kind: "unfinished" };
  const letter = String.fromCharCode(first);
  if (letter !== "A" && !COMMANDS.includes(letter)) return { kind: "refused", answer: null };
  if (second === undefined) return { kind: "unfinished" };
  if (second !== LINE_END) return { kind: "refused", answer: null };
  if (letter !== "A") return { kind: "refused", answer: NOT_YET };
  const lineEnd = bytes.subarray(0, limitBytes).indexOf(LINE_END, 2);
  if (lineEnd < 0) {
    return bytes.length < limitBytes ? { kind: "unfinished" } : { kind: "refused", answer: BAD_SECRET };
  }
  return { kind: "secret", secret: LATIN.decode(bytes.subarray(2, lineEnd)), usedBytes: lineEnd + 1 };
}
