/**
 * `rekindle wait`: returns when the gateway has come to rest, or can be used.
 * @module
 */

import type { Status } from "../api/status.ts";
import { EXIT } from "../errors.ts";
import type { ExitCode } from "../errors.ts";
import type { Command } from "./command.ts";
import type { CommandContext } from "./context.ts";
import { viewOf } from "./progress.ts";
import type { ProgressView } from "./progress.ts";
import { readSpan } from "./seconds.ts";
import { statusCode } from "./status.ts";
import { isUsable, until } from "./until.ts";

/** What to wait for, and how long. */
export interface WaitRequest {
  readonly ready: boolean;
  readonly timeoutMs: number;
}

/** Longer than a start may take by default. */
export const DEFAULT_TIMEOUT = "90s";

/** The command line's way to {@linkcode wait}. */
export const command: Command = async (call) => {
  const timeoutMs = readSpan("timeout", String(call.own.timeout ?? DEFAULT_TIMEOUT));
  const context = await call.context();
  return await wait(context, { ready: call.own.ready === true, timeoutMs }, viewOf(call, context));
};

/**
 * Waits until nothing is under way any more, or with `ready` until a program can attach: then also for a daemon that
 * is only about to be started.
 * @returns As `status` would.
 */
export async function wait(
  context: CommandContext,
  { ready, timeoutMs }: WaitRequest,
  view: ProgressView,
): Promise<ExitCode> {
  const isFulfilled = (status: Status | null) =>
    ready ? status !== null && isUsable(status) : status === null || isAtRest(status);
  const status = await until({ isFulfilled, timeoutMs }, context, view);
  return status === null ? EXIT.notRunning : statusCode(status);
}

function isAtRest({ phase, ready }: Status): boolean {
  switch (phase) {
    case "stopped":
    case "failed":
      return true;
    case "ready":
      return ready;
    case "starting":
    case "warming":
    case "stopping":
    case "collecting":
    case "backoff":
      return false;
  }
}
