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
import { viewOf, withProgress } from "./progress.ts";
import type { ProgressView } from "./progress.ts";

/** The command line's way to {@linkcode stop}. */
export const command: Command = async (call) => {
  const context = await call.context();
  return await stop(context, call.own.gateway === true, viewOf(call, context));
};

/** Ends the daemon, or its gateway alone, and waits until that is so. */
export async function stop(
  context: CommandContext,
  gatewayOnly: boolean,
  view: ProgressView,
): Promise<ExitCode> {
  const daemon = await findDaemon(context);
  if (daemon === null) {
    context.print(await nobodyRuns(context, ""));
    return EXIT.notRunning;
  }
  await daemon.post(gatewayOnly ? "stop" : "shutdown");
  const { clock } = context.runtime;
  const hasEnded = async () => {
    for (;;) {
      const report = await daemon.status().catch(() => null);
      if (report === null || gatewayOnly && report.phase === "stopped") return;
      await clock.sleep(POLL_MS);
    }
  };
  await withProgress(hasEnded(), () => `waiting for the ${gatewayOnly ? "gateway" : "daemon"} to end`, view);
  context.print(gatewayOnly ? "The gateway has ended.\n" : "The daemon and its gateway have ended.\n");
  return EXIT.ok;
}

const POLL_MS = 100;
