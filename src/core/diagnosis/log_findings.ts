/**
 * Which of all the texts found in a log names the cause? Keeps a few lines of each kind, however long the log is.
 * @module
 */

import { isFatal, isQuiet } from "./log_record.ts";
import type { LogRecord } from "./log_record.ts";
import type { Signature } from "./signature.ts";
import { LAST_WORDS } from "./signature_match.ts";
import { SIGNATURES } from "./signatures.ts";
import type { OutputLine } from "../verdict.ts";

/** Lines with one meaning: the row they match, and what their records say of it. */
export interface Finding {
  readonly row: Signature;
  /** The row's place in the table. */
  readonly index: number;
  readonly fatal: boolean;
  /** Whether the main thread died of it. */
  readonly ended: boolean;
  readonly rank: Rank;
  /** The first lines and the last one. */
  readonly lines: readonly OutputLine[];
}

/**
 * How near to the cause, nearest first. Last words end the matter. What ended the JVM comes before what a job lived
 * through, a named cause before a symptom, an error before what calls itself a warning.
 */
const RANKS = [
  "last-words",
  "fatal-cause",
  "cause",
  "fatal-symptom",
  "symptom",
  "quiet-cause",
  "quiet-symptom",
] as const;

/** One of {@linkcode RANKS}. */
export type Rank = (typeof RANKS)[number];

/** Of one kind the first ones and the last are kept. */
const KEPT_FIRST = 2;

/** A text in a record that is still being read. */
export interface Hit {
  readonly index: number;
  readonly line: OutputLine;
}

/** What has been found so far. */
export class Findings {
  readonly #kinds = new Map<string, Kind>();

  /** Adds what a record held, now that all of it is known. */
  add(record: LogRecord, hits: readonly Hit[]): void {
    for (const { index, line } of hits) {
      const row = SIGNATURES[index];
      if (row === undefined || row.frame !== undefined && !record.frames.has(index)) continue;
      const fatal = isFatal(record, row.fatal);
      const rank = LAST_WORDS.test(line.text) ? "last-words" : rankOf(row, fatal, isQuiet(record));
      const survived = !fatal && row.fatal === "memory" && !record.remote;
      const key = `${index} ${rank} ${fatal} ${record.ended}`;
      const kind = this.#kinds.get(key) ??
        { row, index, fatal, ended: record.ended, rank, survived, first: [], last: null };
      this.#kinds.set(key, kind);
      if (kind.first.length < KEPT_FIRST) kind.first.push(line);
      else kind.last = line;
    }
  }

  /** Everything found, the nearest to the cause first. */
  inOrder(): readonly Finding[] {
    const kinds = [...this.#kinds.values()];
    // A memory error that a call survived has its part in it when the gateway was lost afterwards.
    const lost = kinds.some(({ row, rank }) => row.class === "connection-lost" && rank === "fatal-cause");
    return kinds.map(({ survived, first, last, ...kind }): Finding => ({
      ...kind,
      ...(lost && survived ? { fatal: true, rank: "fatal-cause" } : {}),
      lines: last === null ? first : [...first, last],
    })).sort(nearest);
  }
}

interface Kind extends Omit<Finding, "lines"> {
  readonly survived: boolean;
  readonly first: OutputLine[];
  last: OutputLine | null;
}

function rankOf({ weight }: Signature, fatal: boolean, quiet: boolean): Rank {
  if (weight === "end") return "last-words";
  if (quiet) return weight === "cause" ? "quiet-cause" : "quiet-symptom";
  if (weight === "cause") return fatal ? "fatal-cause" : "cause";
  return fatal ? "fatal-symptom" : "symptom";
}

function nearest(a: Finding, b: Finding): number {
  return RANKS.indexOf(a.rank) - RANKS.indexOf(b.rank) || Number(b.ended) - Number(a.ended) ||
    a.index - b.index || (a.lines[0]?.number ?? 0) - (b.lines[0]?.number ?? 0);
}
