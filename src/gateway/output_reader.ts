/**
 * What has the gateway written, and what does it write now? As `tail` tells it, of one output or of both.
 * @module
 */

import { join } from "@std/path";
import type { Clock, Files } from "../ports.ts";
import { LogTail } from "./log_tail.ts";

/** Both outputs of a gateway. */
export const OUTPUTS = ["stdout", "stderr"] as const;

/** One of {@linkcode OUTPUTS}. */
export type OutputName = (typeof OUTPUTS)[number];

/** Whole lines of one output that came together. */
export interface Passage {
  readonly output: OutputName;
  readonly text: string;
}

/** What is wanted. */
export interface OutputRequest {
  /** One, or `null` for both. */
  readonly output: OutputName | null;
  /** How many of the last lines. */
  readonly lines: number;
  /** Whether what comes is wanted as well, until the signal is aborted. */
  readonly follow: boolean;
  readonly signal: AbortSignal;
}

/** What reading needs. */
export interface OutputReaderOptions {
  /** The folder of the logs. */
  readonly folder: string;
  readonly files: Files;
  readonly clock: Clock;
  /** Takes the secrets out of whole lines. */
  readonly redact: (text: string) => string;
}

/** How long to wait for what has not been written yet: less than a person notices. */
const POLL_MS = 250;

/** The path of an output's log. */
export function outputLogPath(folder: string, output: OutputName): string {
  return join(folder, `gateway.${output}.log`);
}

/** Whole lines, as they are read. */
export async function* readOutputs(
  { output, lines, follow, signal }: OutputRequest,
  { folder, files, clock, redact }: OutputReaderOptions,
): AsyncGenerator<Passage, void, void> {
  const wanted = OUTPUTS.filter((name) => output === null || name === output);
  const tails = wanted.map((name) => ({ name, tail: new LogTail(outputLogPath(folder, name), files) }));
  try {
    for (const { name, tail } of tails) {
      const text = await tail.last(lines);
      if (text !== "") yield { output: name, text: redact(text) };
    }
    while (follow && !signal.aborted) {
      let isQuiet = true;
      for (const { name, tail } of tails) {
        const text = await tail.more();
        if (text === "") continue;
        isQuiet = false;
        yield { output: name, text: redact(text) };
      }
      if (isQuiet) await clock.sleep(POLL_MS, signal);
    }
  } finally {
    for (const { tail } of tails) await tail.close();
  }
}

/** The text of the passages; those of two outputs stand under the name of each. */
export async function* underNames(
  passages: AsyncGenerator<Passage, void, void>,
  { output: only }: Pick<OutputRequest, "output">,
): AsyncGenerator<string, void, void> {
  let last: OutputName | null = null;
  for await (const { output, text } of passages) {
    const isNamed = only === null && output !== last;
    yield isNamed ? `${last === null ? "" : "\n"}==> ${output} <==\n${text}` : text;
    last = output;
  }
}
