/**
 * Which lines of a living gateway's output the supervisor must hear of at once?
 * @module
 */

import type { Input } from "../core/lifecycle.ts";
import type { EvidenceSource, OutputLine } from "../core/verdict.ts";

/** Ivy at work: slow, and alive. */
const PROGRESS = /^\s*(?:::|found |downloading |\[SUCCESSFUL|Ivy Default Cache|https?:\/\/)/;
/** The JVM stands still while it writes these. */
const DUMP = /^Dumping heap to /;
const ERROR_REPORT = /^# A fatal error has been detected/;
/**
 * A thread's end by an OutOfMemoryError, as Java's default handler prints it, and as HotSpot does when that handler
 * finds no memory either. The same error in a job's stack trace is the job's and damages nothing.
 */
const THREAD_DEATH =
  /^Exception in thread ".*" java\.lang\.OutOfMemoryError|^Exception: java\.lang\.OutOfMemoryError thrown from the UncaughtExceptionHandler/;
/** Spark ends its context in these words, and names the error in the next line (`Utils.tryOrStopSparkContext`). */
const SPARK_THREAD_DEATH = /uncaught error in thread .*, stopping SparkContext/;

/** Nobody writes the hand-shake then. */
const MAIN_DEATH = /^Exception in thread "main" /;

/** Watches one output of one generation. */
export class OutputWatch {
  readonly #source: EvidenceSource;
  readonly #generation: number;
  #sparkThreadDied = false;

  constructor(source: EvidenceSource, generation: number) {
    this.#source = source;
    this.#generation = generation;
  }

  /** What a line means to the supervisor, or `null`. */
  take({ number, text }: OutputLine): Input | null {
    const generation = this.#generation;
    const named = this.#sparkThreadDied && /^java\.lang\.OutOfMemoryError/.test(text);
    this.#sparkThreadDied = SPARK_THREAD_DEATH.test(text);
    if (named || THREAD_DEATH.test(text)) {
      return { kind: "survived", generation, line: { source: this.#source, line: number, text } };
    }
    if (MAIN_DEATH.test(text)) return { kind: "doomed", generation };
    if (PROGRESS.test(text)) return { kind: "progress", generation };
    if (DUMP.test(text)) return { kind: "patience", generation, why: "it writes a heap dump" };
    if (ERROR_REPORT.test(text)) return { kind: "patience", generation, why: "it writes an error report" };
    return null;
  }
}
