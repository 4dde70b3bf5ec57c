/**
 * `rekindle status`: what is the gateway doing?
 * @module
 */

import type { Status } from "../api/status.ts";
import { EXIT } from "../errors.ts";
import type { ExitCode } from "../errors.ts";
import { printableJson } from "../printable.ts";
import { findDaemon } from "./client.ts";
import { PAINT } from "./colour.ts";
import type { Command } from "./command.ts";
import type { CommandContext } from "./context.ts";
import { nobodyRuns } from "./named_daemons.ts";
import { statusLines } from "./status_lines.ts";

/** The command line's way to {@linkcode status}. */
export const command: Command = async ({ context, own, colour }) =>
  await status(await context(), own.json === true, colour);

/** Prints what the gateway is doing; the exit code is {@linkcode statusCode}'s. */
export async function status(context: CommandContext, json: boolean, colour = false): Promise<ExitCode> {
  const daemon = await findDaemon(context);
  if (daemon === null) {
    if (json) context.print(`${JSON.stringify({ phase: null })}\n`);
    else context.print(await nobodyRuns(context));
    return EXIT.notRunning;
  }
  const report = daemon.first;
  const code = statusCode(report);
  if (json) {
    context.print(`${printableJson(report)}\n`);
    return code;
  }
  const [first = "", ...more] = statusLines(report, daemon.url, context.runtime.clock.date());
  context.print([colour ? painted(first, code) : first, ...more].map((line) => `${line}\n`).join(""));
  return code;
}

/** After the Linux Standard Base: 0 ready, 3 no gateway and none on its way, 4 neither. */
export function statusCode({ ready, phase }: Pick<Status, "ready" | "phase">): ExitCode {
  if (ready) return EXIT.ok;
  return phase === "stopped" || phase === "failed" ? EXIT.notRunning : EXIT.unknown;
}

function painted(line: string, code: ExitCode): string {
  const paint = code === EXIT.ok ? PAINT.good : code === EXIT.unknown ? PAINT.attention : PAINT.bad;
  return `${paint}${line}${PAINT.plain}`;
}
