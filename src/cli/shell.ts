/**
 * `rekindle shell`: PySpark's interactive shell on a gateway.
 * @module
 */

import { join } from "@std/path";
import { shellProgram } from "../core/submit/python_program.ts";
import { isQuestion, refusals } from "../core/submit/refusal.ts";
import { EXIT, UserError } from "../errors.ts";
import { submitOptions } from "../gateway/submit_options.ts";
import type { Command } from "./command.ts";
import type { CommandContext } from "./context.ts";
import { viewOf } from "./progress.ts";
import type { ProgressView } from "./progress.ts";
import { groundOf, runSparkProgram } from "./spark_program.ts";
import { understood } from "./submit.ts";

/** The name of the shell's application, as `bin/pyspark` gives it. */
const NAME = "PySparkShell";

/** The command line's way to {@linkcode shell}. */
export const command: Command = async (call) => {
  const context = await call.context();
  return await shell(context, call.operands, viewOf(call, context));
};

/**
 * Runs the shell; the exit code is Python's.
 * @param words The options that pyspark would be given.
 */
export async function shell(
  given: CommandContext,
  words: readonly string[],
  view: ProgressView,
): Promise<number> {
  const ground = await groundOf(given);
  const { context: { runtime: { files } }, spark } = ground;
  const { options, resource } = understood(words, await submitOptions(spark.home, files));
  const line = { options, resource: null, args: [] };
  if (isQuestion(line)) throw refused("that is a question to Spark", "Ask Spark's own bin/pyspark.");
  const [refusal] = refusals(line);
  if (refusal !== undefined) throw refused(refusal.reason, refusal.hint);
  if (resource !== null) {
    throw refused(`it takes options only, not ${resource}`, 'To run a program, use "rekindle submit".');
  }
  const libraries = join(spark.home, "python/lib");
  const py4jZip = (await files.list(libraries)).find((name) => /^py4j-.*-src\.zip$/.test(name));
  return await runSparkProgram(ground, {
    options: [{ name: "--name", value: NAME }, ...options],
    retries: 0,
    view,
    defaultName: NAME,
    start: (env, facts) =>
      Promise.resolve(
        shellProgram(env, facts, {
          sparkHome: spark.home,
          py4jZip: py4jZip === undefined ? "" : join(libraries, py4jZip),
        }),
      ),
  });
}

function refused(reason: string, hint: string): UserError {
  return new UserError(`Cannot open a shell: ${reason}`, { hint, exitCode: EXIT.usage });
}
