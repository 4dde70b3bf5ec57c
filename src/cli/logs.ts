/**
 * `rekindle logs`: what has the gateway written? With and without a daemon that runs.
 * @module
 */

import { EXIT, UserError } from "../errors.ts";
import type { ExitCode } from "../errors.ts";
import { outputLogPath, OUTPUTS, readOutputs, underNames } from "../gateway/output_reader.ts";
import type { OutputName, OutputRequest, Passage } from "../gateway/output_reader.ts";
import { redact } from "../incident/redaction/redact.ts";
import { nearest } from "../nearest.ts";
import { printableJson, printableLines } from "../printable.ts";
import type { Command, Invocation } from "./command.ts";
import { usageOf } from "./commands.ts";
import { foldersOf } from "./context.ts";
import type { CommandContext } from "./context.ts";
import { readLineCount } from "./line_count.ts";

/** What is asked for. */
export interface LogsRequest extends Pick<OutputRequest, "output" | "lines" | "follow"> {
  readonly json: boolean;
}

const LINES = { usual: 100, least: 0, most: 1_000_000 };

/** The command line's way to {@linkcode logs}. */
export const command: Command = async (call) => await logs(await call.context(), readLogsRequest(call));

/**
 * Reads the flags of `logs`.
 * @throws {UserError} When a value makes no sense.
 */
export function readLogsRequest({ own }: Pick<Invocation, "own">): LogsRequest {
  const lines = readLineCount(own.lines, LINES);
  return { output: readOutput(own.stream), lines, follow: own.follow === true, json: own.json === true };
}

function readOutput(word: unknown): OutputName | null {
  const output = word === undefined ? null : OUTPUTS.find((name) => name === word);
  if (output !== undefined) return output;
  const near = nearest(String(word), OUTPUTS);
  throw new UserError(`Cannot use --stream ${JSON.stringify(word)}: it is neither stdout nor stderr`, {
    hint: near === null ? `Usage: ${usageOf("logs")}` : `Did you mean --stream ${near}?`,
    exitCode: EXIT.usage,
  });
}

/** Prints the last lines, and what comes behind them until the signal is aborted. */
export async function logs(
  context: CommandContext,
  request: LogsRequest,
  signal: AbortSignal = new AbortController().signal,
): Promise<ExitCode> {
  const { runtime: { files, clock }, secrets, print } = context;
  const folder = foldersOf(context).logs;
  const found = await Promise.all(OUTPUTS.map((name) => files.stat(outputLogPath(folder, name))));
  if (!request.follow && found.every((stat) => stat === null)) {
    throw new UserError(`Cannot show what a gateway wrote: there is nothing in ${folder}`, {
      hint:
        `Start a gateway with "rekindle run", or name the folder of its daemon with --state-dir or --name.`,
      exitCode: EXIT.noInput,
    });
  }
  const options = { folder, files, clock, redact: (text: string) => redact(text, secrets).text };
  const passages = readOutputs({ ...request, signal }, options);
  if (request.json) { for await (const passage of passages) print(linesOf(passage)); }
  else for await (const text of underNames(passages, request)) print(printableLines(text));
  return EXIT.ok;
}

/** Each line as a JSON object on a line of its own. */
function linesOf({ output: stream, text }: Passage): string {
  return text.replace(/\n$/, "").split("\n").map((line) => `${printableJson({ stream, text: line }, 0)}\n`)
    .join("");
}
