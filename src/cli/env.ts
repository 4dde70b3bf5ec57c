/**
 * `rekindle env`: the variables by which a program attaches, for a shell to evaluate.
 * @module
 */

import { EXIT, reasonOf, UserError } from "../errors.ts";
import type { ExitCode } from "../errors.ts";
import { readEnvironment } from "./attachment.ts";
import { findDaemon } from "./client.ts";
import type { Command } from "./command.ts";
import type { CommandContext } from "./context.ts";
import { noDaemon } from "./until.ts";

/** The command line's way to {@linkcode env}. */
export const command: Command = async ({ context, own }) => await env(await context(), own.json === true);

/**
 * Prints the environment file's variables.
 * @throws {UserError} When no daemon runs, or it has not written the file yet.
 */
export async function env(context: CommandContext, json: boolean): Promise<ExitCode> {
  const daemon = await findDaemon(context);
  if (daemon === null) throw noDaemon("say how to attach");
  const { environmentFile, phase } = daemon.first;
  const text = await context.runtime.files.readText(environmentFile).catch((cause) => {
    throw new UserError(
      `Cannot read ${environmentFile}, which says how to attach: ${
        reasonOf(cause)
      } (the gateway is ${phase})`,
      {
        hint: 'Wait for the gateway with "rekindle wait --ready", as the user the daemon runs as.',
        exitCode: EXIT.unavailable,
        cause,
      },
    );
  });
  const variables = readEnvironment(text);
  context.print(json ? `${JSON.stringify(variables, null, 2)}\n` : exports(variables));
  return EXIT.ok;
}

function exports(variables: Readonly<Record<string, string>>): string {
  return Object.entries(variables)
    .map(([name, value]) => `export ${name}='${value.replaceAll("'", "'\\''")}'\n`).join("");
}
