/**
 * Which row of the table explains a death? Reads the last lines of a dying JVM, HotSpot's last words first.
 * @module
 */

import type { Signature } from "./signature.ts";
import { SIGNATURES } from "./signatures.ts";
import type { CauseClass, Evidence, ExitStatus, OutputLine } from "../verdict.ts";

/** What {@linkcode matchSignature} looks at. */
export interface SignatureInput {
  readonly exit: ExitStatus;
  readonly wasReady: boolean;
  readonly stdout: readonly OutputLine[];
  readonly stderr: readonly OutputLine[];
}

/** A row that matched, with the lines that did. */
export interface SignatureMatch {
  readonly class: CauseClass;
  readonly confidence: "certain" | "likely";
  readonly summary: string;
  readonly remedy: string;
  readonly evidence: readonly Evidence[];
}

/**
 * HotSpot's own last words: what ended the process, whatever errors were survived before. A line behind `#` may also be
 * anybody's remark, so what HotSpot writes there is named (vmError.cpp, debug.cpp).
 */
export const LAST_WORDS =
  /^(?:Terminating|Aborting) due to java\.lang\.OutOfMemoryError|^#\s+(?:java\.lang\.OutOfMemoryError: |fatal error: |(?:guarantee|assert)\(|[A-Z_]{6,} \(0x|(?:Internal|Out of Memory) Error|There is insufficient memory|Native memory allocation|Cannot create .* thread|(?:A fatal|An unexpected) error has been|[CVJjvA] +[\[0~])/;
/**
 * Exit codes that Spark has for what the text says: an uncaught error, an OutOfMemoryError (SparkExitCode), no local
 * folder (DiskBlockManager).
 */
const TELLING_CODES = [50, 52, 53];
/**
 * Codes that the JVM and Spark end with by themselves, besides those. Behind any other one is somebody's System.exit,
 * whatever errors were survived before. So is 3 without HotSpot's last words: ExitOnOutOfMemoryError never omits them,
 * and does nothing at an error of direct memory or threads (Java 8 to 25).
 */
const OWN_CODES = [1, 51, 101, 127, 129, 130, 134, 143, 255, ...TELLING_CODES];

/**
 * The row of {@linkcode SIGNATURES} that explains the end, or `null`. JVMs and log settings move texts between
 * the streams, so both are searched; HotSpot's last words are asked first, because a job may have survived other
 * errors before. A text is certain when it is such a last word, when the exit code says the same, or
 * when the gateway never got ready; otherwise it may be an error that was survived, and is only likely. Behind an exit
 * code of the program's own choice it is nothing.
 */
export function matchSignature(input: SignatureInput): SignatureMatch | null {
  // A clean exit is not explained by whatever happens to stand in the tails.
  if (input.exit.code === 0) return null;
  const lines: readonly Evidence[] = [
    ...input.stdout.map(({ number, text }): Evidence => ({ source: "stdout", line: number, text })),
    ...input.stderr.map(({ number, text }): Evidence => ({ source: "stderr", line: number, text })),
  ];
  const rows = SIGNATURES.filter((row) => row.only !== "logs" && (!row.atStart || !input.wasReady));
  const lastWords = lines.filter(({ text }) => LAST_WORDS.test(text));
  const { exit: { code, signal }, wasReady } = input;
  const told = firstMatch(rows, lastWords, () => true);
  const isChosen = signal === null && (code === 3 || wasReady && !OWN_CODES.includes(code));
  if (told !== null || isChosen) return told;
  return firstMatch(
    rows,
    lines,
    ({ exitCode }) => !wasReady || TELLING_CODES.includes(code) || exitCode === code,
  );
}

function firstMatch(
  rows: readonly Signature[],
  lines: readonly Evidence[],
  isCertain: (row: Signature) => boolean,
): SignatureMatch | null {
  for (const row of rows) {
    const hits = lines.filter(({ text }) => row.pattern.test(text));
    const last = hits.at(-1);
    if (last === undefined) continue;
    return {
      class: row.class,
      confidence: isCertain(row) ? "certain" : "likely",
      summary: row.summary,
      remedy: row.remedy,
      evidence: hits.length > 3 ? [...hits.slice(0, 2), last] : hits,
    };
  }
  return null;
}
