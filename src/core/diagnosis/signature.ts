/**
 * What is one row of the tables of signatures: a text, who writes it, what it means and what helps.
 * @module
 */

import type { CauseClass } from "../verdict.ts";

/**
 * How much a text says. `end`: the last words of a JVM, or of whatever should have started one. `cause`: names
 * what went wrong. `symptom`: something did; the cause may stand elsewhere in the same log.
 */
export type Weight = "end" | "cause" | "symptom";

/**
 * When a text in a log means that the JVM ended or must be replaced.
 * `always` and `never` say it themselves; `thread`: when the main thread died of it; `stack`: or a task in the driver;
 * `memory`: unless it was another process's, or a call's that failed and returned; `start`: unless a call or a task
 * failed of it; `process`: unless an executor is meant.
 */
export type Fatality = "always" | "never" | "thread" | "stack" | "memory" | "start" | "process";

/** One row: a text and what it means. */
export interface Signature {
  readonly class: CauseClass;
  readonly pattern: RegExp;
  /** Believed only beside a frame like this one, of Java or of Python, in the same stack trace. */
  readonly frame?: RegExp;
  readonly weight: Weight;
  readonly fatal: Fatality;
  readonly summary: string;
  readonly remedy: string;
  /** Who writes the text: program and source file, or where it was measured. */
  readonly source: string;
  /** Only believed while the gateway has never been ready: in a running job the same words are the job's. */
  readonly atStart?: true;
  /** The code with which the writer of the text ends the JVM right behind it: with that code, the text is certain. */
  readonly exitCode?: number;
  /** Rows for a gateway of ours only, whose circumstances are known, or for logs from elsewhere only. */
  readonly only?: "gateway" | "logs";
}

/** One pattern out of several: none of them may count its groups, for all rows together make one more. */
export function anyOf(...patterns: readonly string[]): RegExp {
  return new RegExp(patterns.join("|"));
}
