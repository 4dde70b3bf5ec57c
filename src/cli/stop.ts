/**
 * `rekindle stop`: ends the daemon, or its gateway alone.
 * @module
 */

import { EXIT } from "../errors.ts";
import type { ExitCode } from "../errors.ts";
import { findDaemon } from "./client.ts";
import type { Command } from "./command.ts";
import type { CommandContext } from "./context.ts";
import { nobodyRuns } from "./named_daemons.ts";

/** The command line's way to {@linkcode stop}. */
export const command: Command = async ({ context, own }) => await stop(await context(), own.gateway === true);

/** Ends the daemon, or its gateway alone, and waits until that is so. */
export async function stop(context: CommandContext, gatewayOnly: boolean): Promise<ExitCode> {
  const daemon = await findDaemon(context);
  if (daemon === null) {
    context.print(await nobodyRuns(context, ""));
    return EXIT.notRunning;
  }
  await daemon.post(gatewayOnly ? "stop" : "shutdown");
  const { clock } = context.runtime;
  for (;;) {
    const report = await daemon.status().catch(() => null);
    if (report === null || gatewayOnly && report.phase === "stopped") break;
    await clock.sleep(POLL_MS);
  }
  context.print(gatewayOnly ? "The gateway has ended.\n" : "The daemon and its gateway have ended.\n");
  return EXIT.ok;
}

const POLL_MS = 100;
