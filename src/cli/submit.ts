/**
 * `rekindle submit`: runs a Python program in `spark-submit`'s place, with its options, on a gateway.
 * @module
 */

import { basename, join } from "@std/path";
import { nearest } from "../nearest.ts";
import type { OptionTable } from "../core/submit/option_table.ts";
import { pythonProgram } from "../core/submit/python_program.ts";
import { isQuestion, refusals } from "../core/submit/refusal.ts";
import { readSubmitLine } from "../core/submit/submit_line.ts";
import type { SubmitLine, SubmitMistake } from "../core/submit/submit_line.ts";
import { EXIT, UserError, UserErrors } from "../errors.ts";
import { submitOptions } from "../gateway/submit_options.ts";
import { spawnProgram } from "../runtime/program.ts";
import type { Command } from "./command.ts";
import { commandNames, specOf } from "./commands.ts";
import type { CommandContext } from "./context.ts";
import { readRetries } from "./exec.ts";
import { viewOf } from "./progress.ts";
import type { ProgressView } from "./progress.ts";
import { PythonFiles } from "./python_files.ts";
import { groundOf, runSparkProgram } from "./spark_program.ts";

/** The command line's way to {@linkcode submit}. */
export const command: Command = async (call) => {
  const retries = readRetries(call.own.retries);
  const context = await call.context();
  return await submit(context, { words: call.operands, retries }, viewOf(call, context));
};

/** What to submit. */
export interface SubmitRequest {
  /** The words that spark-submit would be given. */
  readonly words: readonly string[];
  /** How often to run the program again when the gateway was lost. */
  readonly retries: number;
}

/**
 * Runs the program; the exit code is its own.
 * @throws {UserErrors} For words that this Spark does not know, with its own exit code, and for what needs no gateway.
 */
export async function submit(
  given: CommandContext,
  { words, retries }: SubmitRequest,
  view: ProgressView,
): Promise<number> {
  const ground = await groundOf(given);
  const { context, spark } = ground;
  const line = understood(words, await submitOptions(spark.home, context.runtime.files));
  if (isQuestion(line)) return await askSpark(words, spark.home, context);
  const [refusal, ...more] = refusals(line).map(refused);
  if (refusal !== undefined) throw new UserErrors([refusal, ...more]);
  const { options, resource, args } = line;
  if (resource === null) {
    throw notUnderstood("Missing application resource", "Name a Python program: job.py.");
  }
  await using files = new PythonFiles(context);
  return await runSparkProgram(ground, {
    options,
    retries,
    view,
    defaultName: basename(resource),
    start: async (env, facts) => {
      const pathElements = await files.pathElements(facts.pyFiles);
      return pythonProgram(env, facts, { path: resource, args, pathElements, sparkVersion: spark.version });
    },
  });
}

/** The line, if Spark would understand it. @throws {UserError} In Spark's words, with Spark's exit code. */
export function understood(words: readonly string[], table: OptionTable): SubmitLine {
  const line = readSubmitLine(words, table);
  if (!("kind" in line)) return line;
  throw notUnderstood(messageOf(line), hintOf(line, table));
}

function messageOf({ kind, word }: SubmitMistake): string {
  switch (kind) {
    case "unknown":
      return `Unrecognized option: ${word}`;
    case "no-value":
      return `Missing argument for option '${word}'`;
    case "no-property":
      return `Invalid argument to --conf: ${word}`;
  }
}

function hintOf({ kind, word }: SubmitMistake, table: OptionTable): string {
  if (kind === "no-property") return "Write, for example, --conf spark.sql.shuffle.partitions=8.";
  if (kind === "no-value") return `Write a value behind ${word}.`;
  const { options, own } = specOf(commandNames().find((name) => name === "submit") ?? "help");
  if ([...options, ...Object.keys(own)].some((name) => `--${name}` === word)) {
    return `${word} is rekindle's own: write it before the first option of spark-submit.`;
  }
  const near = nearest(word, [...table.valued.keys(), ...table.switches.keys()]);
  return near === null
    ? "Spark's own spark-submit --help lists the options there are."
    : `Did you mean ${near}?`;
}

/** spark-submit's exit code for what it does not understand. */
function notUnderstood(message: string, hint: string): UserError {
  return new UserError(`Cannot understand the command line: ${message}`, { hint, exitCode: EXIT.failure });
}

function refused({ reason, hint }: { readonly reason: string; readonly hint: string }): UserError {
  return new UserError(`Cannot submit: ${reason}`, { hint, exitCode: EXIT.usage });
}

/** Lets Spark's own script answer. */
async function askSpark(
  words: readonly string[],
  sparkHome: string,
  { env, cwd }: CommandContext,
): Promise<number> {
  const program = join(sparkHome, "bin/spark-submit");
  const { exited } = spawnProgram({ program, args: words, env: { ...env, SPARK_HOME: sparkHome }, cwd });
  return (await exited).code;
}
