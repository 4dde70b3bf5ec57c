/**
 * The command line's entry: words in, exit code out.
 * @module
 */

import { fromFileUrl, join } from "@std/path";
import { readArgs } from "./cli/args.ts";
import { mayColour } from "./cli/colour.ts";
import { specOf } from "./cli/commands.ts";
import { environment, isTerminal, leave, writeStandard } from "./runtime/process.ts";

if (import.meta.main) await leave(await main(Deno.args));

/** Runs one command line. What only some commands need is loaded when they are called for. */
async function main(args: readonly string[]): Promise<number> {
  const env = environment();
  // Requests go to this machine's loopback address only; a proxy would not find it.
  for (const name of ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"]) Deno.env.delete(name);
  const root = fromFileUrl(new URL("..", import.meta.url));
  // The wrapper's word to our own Deno; a program's Deno has a folder of its own.
  if (env.DENO_DIR === join(root, ".rekindle/deno")) delete env.DENO_DIR;
  const warn = (text: string) => void writeStandard("stderr", text);
  try {
    const invocation = readArgs(args);
    const { command } = await specOf(invocation.command).load();
    return await command({
      ...invocation,
      context: async () => {
        const { openContext } = await import("./cli/open_context.ts");
        return await openContext({ flags: invocation.settings, env, root });
      },
      print: (text) => void writeStandard("stdout", text),
      warn,
      root,
      colour: mayColour(env, isTerminal("stdout")),
      progress: isTerminal("stderr") && env.TERM !== "dumb" ? warn : null,
    });
  } catch (error) {
    const { failureOf } = await import("./cli/failure.ts");
    const { text, exitCode } = failureOf(error, env);
    warn(text);
    return exitCode;
  }
}
