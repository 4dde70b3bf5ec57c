/**
 * Waiting for a gateway from outside: until it is ready, or has come to rest, or no more time is left.
 * @module
 */

import type { Status } from "../api/status.ts";
import { EXIT, UserError } from "../errors.ts";
import { findDaemon } from "./client.ts";
import type { CommandContext } from "./context.ts";
import { withProgress } from "./progress.ts";
import type { ProgressView } from "./progress.ts";

const POLL_MS = 100;

/** What is waited for. */
export interface Wish {
  /** @returns Whether this is it. @throws {UserError} When it will not come to it. */
  readonly isFulfilled: (status: Status | null) => boolean;
  readonly timeoutMs: number;
}

/**
 * Waits.
 * @returns The status that was waited for, or `null` when the wish is fulfilled by a daemon that is gone.
 * @throws {UserError} When the time is up, or it will not come to it.
 */
export async function until(wish: Wish, context: CommandContext, view: ProgressView): Promise<Status | null> {
  let seen = "the daemon";
  const look = async () => {
    const { clock } = context.runtime;
    const endMs = clock.nowMs() + wish.timeoutMs;
    for (;;) {
      const status = (await findDaemon(context))?.first ?? null;
      if (wish.isFulfilled(status)) return status;
      seen = status === null ? "the daemon" : `the gateway, which is ${status.phase}`;
      if (clock.nowMs() >= endMs) throw tooLate(seen, wish.timeoutMs);
      await clock.sleep(POLL_MS);
    }
  };
  return await withProgress(look(), () => `waiting for ${seen}`, view);
}

/**
 * Whether a program can attach.
 * @throws {UserError} When it has been given up or stopped, so that waiting helps nobody.
 */
export function isUsable(status: Status): boolean {
  if (status.ready) return true;
  const { phase, desired, nextDeadline, lastIncident } = status;
  const hint = 'See "rekindle status"; correct the cause and say "rekindle start".';
  if (phase === "failed" && nextDeadline === null) {
    const reason = lastIncident?.decision.reason ?? "it was given up";
    throw new UserError(`Cannot wait for the gateway: it has failed (${reason})`, {
      hint,
      exitCode: EXIT.tempFail,
    });
  }
  if (phase === "stopped" && desired === "down") {
    throw new UserError("Cannot wait for the gateway: it was stopped", { hint, exitCode: EXIT.unavailable });
  }
  return false;
}

/** The error of a command that needs a daemon. */
export function noDaemon(what: string): UserError {
  return new UserError(`Cannot ${what}: no daemon is running`, {
    hint: 'Start one with "rekindle run", or name the one you mean with --state-dir, --name or --api.',
    exitCode: EXIT.unavailable,
  });
}

function tooLate(seen: string, timeoutMs: number): UserError {
  return new UserError(`Cannot wait any longer for ${seen}: ${timeoutMs / 1_000} s are over`, {
    hint: 'See "rekindle status"; --timeout SECONDS waits longer.',
    exitCode: EXIT.tempFail,
  });
}
