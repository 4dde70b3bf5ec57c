/**
 * One `exec`'s hold on a gateway: the running daemon's, or an embedded one's that lives as long as the command.
 * @module
 */

import { dirname, join } from "@std/path";
import type { Status } from "../api/status.ts";
import { startDaemon } from "../daemon/daemon.ts";
import type { Daemon } from "../daemon/daemon.ts";
import { reasonOf } from "../errors.ts";
import { hasActiveContext, stopActiveContext } from "../gateway/context.ts";
import type { FileLock } from "../ports.ts";
import { EMBEDDED_PREFIX } from "../supervisor/leftovers.ts";
import { userId } from "../runtime/process.ts";
import { findDaemon } from "./client.ts";
import { startingFlags } from "./starting_flags.ts";
import type { DaemonClient } from "./client.ts";
import { hopeless, installationOf, ownFoldersOf, stuck } from "./context.ts";
import { attachBy } from "./attachment.ts";
import type { Attachment, Leasing } from "./attachment.ts";
import type { CommandContext } from "./context.ts";
import { mustServe } from "./service_folders.ts";

/** A hold on a gateway. */
export interface Session {
  /** @throws {UserError} When the daemon is gone, or its gateway can never start. */
  status(): Promise<Status>;
  /** Whether the daemon's own log goes to this terminal, so that its news need not be repeated. */
  readonly narrated: boolean;
  /** Waits until no other `exec` has the gateway, since Spark allows one context in a JVM; or until `stopped`. */
  takeTurn(stopped: () => boolean): Promise<void>;
  /** Looks who is there already. */
  beforeProgram(): Promise<void>;
  /** Removes what the program left behind. */
  afterProgram(): Promise<void>;
  /** Gives a program its way in. @throws {UserError} When there is none to be had. */
  attach(status: Status): Promise<Attachment>;
  /** Gives up the hold; an embedded daemon ends. */
  close(): Promise<void>;
}

/**
 * Opens a session with the daemon that runs, or brings one up.
 * @param objection Why that daemon's gateway will not do, or `null`.
 */
export async function openSession(
  context: CommandContext,
  objection: (status: Status) => Promise<string | null> = () => Promise.resolve(null),
): Promise<Session> {
  const daemon = await findDaemon(context);
  mustServe(context, { isRunning: daemon !== null, user: userId() });
  if (!daemon?.trusted) return await embeddedSession(context);
  const status = await daemon.status();
  if (status.daemon.embedded) return await embeddedSession(context);
  const reason = await objection(status);
  if (reason === null) {
    const given = startingFlags(context.settings).map((name) => `--${name}`);
    if (given.length > 0) {
      context.log.warn(`${given.join(", ")}: without effect, for the daemon's gateway is started already`);
    }
    return attachedSession(daemon, status, context);
  }
  context.log.info(`a gateway of its own for this program: ${reason}`);
  return await embeddedSession(context);
}

async function embeddedSession(context: CommandContext): Promise<Session> {
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

const TURN_POLL_MS = 200;
const CONTEXT_MS = 10_000;

function attachedSession(daemon: DaemonClient, first: Status, context: CommandContext): Session {
  const { runtime: { files, clock, dialer }, log } = context;
  let turn: FileLock | null = null;
  let occupied = false;
  let told: string | null = null;
  /** Looks at the gateway from outside; a gateway that was lost has no context left to speak of. */
  const look = async <T>(
    act: (options: Parameters<typeof hasActiveContext>[0]) => Promise<T>,
  ): Promise<T | null> => {
    let own: Attachment | null = null;
    try {
      own = await attachBy(daemon.leasing, first, context);
      const port = Number(own.variables.PYSPARK_GATEWAY_PORT);
      const secret = own.variables.PYSPARK_GATEWAY_SECRET ?? "";
      return await act({ dialer, port, secret, signal: AbortSignal.timeout(CONTEXT_MS) });
    } catch (error) {
      log.debug(`the gateway could not be looked at: ${reasonOf(error)}`);
      return null;
    } finally {
      await own?.end();
    }
  };
  /** What there is to tell of a program's own heap; a daemon that is gone tells nothing. */
  const ignoredHeap = () =>
    daemon.status().then(({ gateway }) => gateway.ignoredHeap, (error) => {
      log.debug(`the daemon could not be asked: ${reasonOf(error)}`);
      return null;
    });
  const isExclusive = first.pool.sharing === "exclusive";
  const waitInLine = async (stopped: () => boolean) => {
    for (let waits = false; !stopped(); waits = true) {
      const { pool } = await daemon.status();
      if (pool.next !== "busy") return;
      if (!waits) {
        log.info(
          `${pool.gateways === 1 ? "another program has" : `${pool.gateways} programs have`} the gateway${
            pool.gateways === 1 ? "" : "s"
          }; waiting in line`,
        );
      }
      await clock.sleep(TURN_POLL_MS);
    }
  };
  return {
    status: () => daemon.status(),
    narrated: false,
    attach: (status) => attachBy(daemon.leasing, status, context),
    takeTurn: async (stopped) => {
      if (isExclusive) return await waitInLine(stopped);
      const path = join(dirname(first.environmentFile), "program.lock");
      turn = await files.tryLock(path);
      if (turn === null) log.info("another program has the gateway; waiting for its end");
      while (turn === null && !stopped()) {
        await clock.sleep(TURN_POLL_MS);
        turn = await files.tryLock(path);
      }
    },
    beforeProgram: async () => {
      told = await ignoredHeap();
      // A look would be a program of its own.
      if (isExclusive) return;
      occupied = await look(hasActiveContext) === true;
      if (occupied) log.warn("a program that was not started by exec has a SparkContext in this gateway");
    },
    afterProgram: async () => {
      // What was told before is about another program.
      const ignored = await ignoredHeap();
      if (ignored !== null && ignored !== told) log.warn(ignored);
      // Only what this program left: a context that was there before belongs to somebody else.
      if (!isExclusive && !occupied && await look(hasActiveContext)) await look(stopActiveContext);
    },
    close: () => {
      turn?.release();
      return Promise.resolve();
    },
  };
}
