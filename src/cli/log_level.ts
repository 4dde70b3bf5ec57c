/**
 * `rekindle log-level`: Spark says more, or less, for a while.
 * @module
 */

import type { LevelChange } from "../api/log_level.ts";
import { EXIT, UserError } from "../errors.ts";
import type { ExitCode } from "../errors.ts";
import { printable, printableJson } from "../printable.ts";
import { findDaemon } from "./client.ts";
import type { Command } from "./command.ts";
import type { CommandContext } from "./context.ts";
import { readSpan } from "./seconds.ts";
import { clockTime } from "./time_words.ts";
import { noDaemon } from "./until.ts";

/** What is asked. */
export interface LogLevelRequest {
  readonly level: string;
  readonly forMs: number;
  readonly json: boolean;
}

/** The command line's way to {@linkcode logLevel}. */
export const command: Command = async ({ context, operands: [level = ""], own }) => {
  const forMs = readSpan("for", String(own.for ?? "10m"));
  if (forMs < 1_000) {
    throw new UserError("Cannot use --for: less than a second changes nothing anybody sees", {
      hint: "Write, for example, --for 10m.",
      exitCode: EXIT.usage,
    });
  }
  return await logLevel(await context(), { level: level.toUpperCase(), forMs, json: own.json === true });
};

/**
 * Has the daemon change the level of every gateway that is ready.
 * @throws {UserError} When there is no daemon, no gateway, or it is refused.
 */
export async function logLevel(
  context: CommandContext,
  { level, forMs, json }: LogLevelRequest,
): Promise<ExitCode> {
  const daemon = await findDaemon(context);
  if (daemon === null) throw noDaemon("change Spark's log level");
  const body = { level, forSeconds: forMs / 1_000 };
  const answer = await daemon.ask("change Spark's log level", { path: "/v1/log-level", body });
  const { gateways } = JSON.parse(answer) as { readonly gateways: readonly LevelChange[] };
  if (json) context.print(`${printableJson(gateways)}\n`);
  else {for (const each of gateways) {
      context.print(`${printable(sentence(each, context.runtime.clock.date()))}\n`);
    }}
  return EXIT.ok;
}

function sentence({ generation, before, level, until }: LevelChange, now: Date): string {
  const back = until === null
    ? ""
    : `; from ${clockTime(until.replace(/\.\d+Z$/, "Z"), now)} on ${before} again`;
  return `Generation ${generation} logs from ${level} on (before: ${before})${back}.`;
}
