/**
 * One `exec`'s hold on a gateway of its own: an embedded daemon's, which lives as long as the command.
 * @module
 */

import { startDaemon } from "../daemon/daemon.ts";
import type { Daemon } from "../daemon/daemon.ts";
import { EMBEDDED_PREFIX } from "../supervisor/leftovers.ts";
import { attachBy } from "./attachment.ts";
import type { Leasing } from "./attachment.ts";
import { hopeless, installationOf, ownFoldersOf, stuck } from "./context.ts";
import type { CommandContext } from "./context.ts";
import type { Session } from "./session.ts";

/** Brings up a daemon for one command. @throws {UserError} When it cannot be, as {@linkcode startDaemon} says. */
export async function embeddedSession(context: CommandContext): Promise<Session> {
  const { runtime: { files } } = context;
  const folders = ownFoldersOf(context);
  const runtimeFolder = await files.makeTempDir(folders.temp, EMBEDDED_PREFIX);
  const daemon = await startDaemon({
    ...context,
    // Everything temporary in one folder, so that a later start finds all that a killed exec has left.
    folders: { ...folders, runtime: runtimeFolder, temp: runtimeFolder },
    install: () => installationOf(context),
    embedded: true,
    onStuck: stuck(context),
  }).catch(async (error) => {
    await files.remove(runtimeFolder);
    throw error;
  });
  let failure: unknown = null;
  const finished = daemon.finished.then((cause) => {
    if (cause !== null) failure = hopeless(cause);
  });
  return {
    status: async () => {
      const status = daemon.status();
      const { everReady, lastIncident, nextDeadline } = status;
      // Given up for good before it ever worked: the daemon is ending, and has the reason.
      if (!everReady && lastIncident?.decision.kind === "give-up" && nextDeadline === null) await finished;
      if (failure !== null) throw failure;
      return status;
    },
    narrated: true,
    attach: (status) => attachBy(leasingOf(daemon), status, context),
    // The gateway is this program's alone.
    takeTurn: async () => {},
    beforeProgram: async () => {},
    afterProgram: async () => {},
    close: async () => {
      daemon.post({ kind: "shutdown", by: "the end of the program" });
      await finished;
    },
  };
}

/** The daemon in this process gives its leases at once. */
function leasingOf({ leasing }: Daemon): Leasing {
  return {
    lease: async (pid) => await leasing?.lease({ by: "exec", pid }) ?? null,
    outcome: (id) => Promise.resolve(leasing?.outcome(id) ?? null),
    end: (id) => Promise.resolve(void leasing?.end(id)),
  };
}
