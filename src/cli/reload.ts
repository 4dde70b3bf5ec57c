/**
 * How does a running daemon take up what has changed in its configuration, and what does it say of it?
 * @module
 */

import type { Settings } from "../config.ts";
import { reloaded } from "../config/reload.ts";
import type { Daemon } from "../daemon/daemon.ts";
import { reasonOf, UserError, UserErrors } from "../errors.ts";
import { LOG_LEVELS } from "../log.ts";
import type { CommandContext } from "./context.ts";

/** Reads the configuration at each call and has the daemon go by what can change. One call follows the other. */
export function reloader(
  { settings, reload: { again, adjustLog }, log }: CommandContext,
  { adopt, tellReload }: Pick<Daemon, "adopt" | "tellReload">,
): () => Promise<void> {
  let running = settings;
  let last = Promise.resolve();
  const once = async () => {
    try {
      const { settings: read, file } = await again();
      const { settings: next, changes, pending } = reloaded(running, read);
      const before = running;
      running = next;
      adopt(next);
      // Whichever of both logs tells more is told of the change.
      if (isTalkative(next, before)) adjustLog(next);
      tellReload({ kind: "read", path: file?.path ?? null, changes, pending });
      adjustLog(next);
    } catch (error) {
      const errors = error instanceof UserErrors ? error.errors : [error];
      for (const each of errors) {
        log.error(each instanceof UserError ? `${each.message}. ${each.hint}` : reasonOf(each));
      }
      tellReload({ kind: "refused", mistakes: errors.length });
    }
  };
  return () => last = last.then(once);
}

function isTalkative(next: Settings, before: Settings): boolean {
  return LOG_LEVELS.indexOf(next.logLevel) <= LOG_LEVELS.indexOf(before.logLevel);
}
