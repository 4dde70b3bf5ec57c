/**
 * `rekindle start` and `rekindle restart`: a gateway is wanted again, or another one.
 * @module
 */

import type { Status } from "../api/status.ts";
import { EXIT } from "../errors.ts";
import type { ExitCode } from "../errors.ts";
import { findDaemon } from "./client.ts";
import type { Call, Command } from "./command.ts";
import type { CommandContext } from "./context.ts";
import { viewOf } from "./progress.ts";
import type { ProgressView } from "./progress.ts";
import { readSpan } from "./seconds.ts";
import { isUsable, noDaemon, until } from "./until.ts";
import { DEFAULT_TIMEOUT } from "./wait.ts";

/** What is asked. */
export interface StartRequest {
  readonly action: "start" | "restart";
  /** How long its end is waited for; `null` when it is not. */
  readonly timeoutMs: number | null;
}

/** The command line's way to {@linkcode start}. */
export const command: Command = async (call) => await asked(call, "start");

/** What `start` and `restart` make of their flags. */
export async function asked(call: Call, action: StartRequest["action"]): Promise<ExitCode> {
  const { own } = call;
  const timeoutMs = own["no-wait"] === true
    ? null
    : readSpan("timeout", String(own.timeout ?? DEFAULT_TIMEOUT));
  const context = await call.context();
  return await start(context, { action, timeoutMs }, viewOf(call, context));
}

/**
 * Asks the daemon for it and waits until a program can attach.
 * @throws {UserError} When there is no daemon, or it will not come to it.
 */
export async function start(
  context: CommandContext,
  { action, timeoutMs }: StartRequest,
  view: ProgressView,
): Promise<ExitCode> {
  const daemon = await findDaemon(context);
  if (daemon === null) throw noDaemon(action);
  const before = daemon.first;
  // What lives when a restart is asked for will end, a gateway that stands by as well.
  const newest = Math.max(before.generation, ...before.pool.seats.map(({ generation }) => generation));
  await daemon.post(action);
  if (timeoutMs === null) {
    context.print(`The gateway is asked to ${action}. "rekindle wait --ready" waits for it.\n`);
    return EXIT.ok;
  }
  const isFulfilled = (status: Status | null) => {
    if (status === null) throw noDaemon(`wait for the ${action}`);
    // A phase that was seen before the daemon has begun is not its answer.
    const isAnswer = action === "start" || status.generation > newest;
    return isAnswer && isUsable(status);
  };
  const status = await until({ isFulfilled, timeoutMs }, context, view);
  context.print(`The gateway is ready: generation ${status?.generation}, process ${status?.gateway.pid}.\n`);
  return EXIT.ok;
}
