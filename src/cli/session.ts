/**
 * One `exec`'s hold on a gateway: the running daemon's, or an embedded one's that lives as long as the command.
 * @module
 */

import { dirname, join } from "@std/path";
import type { Status } from "../api/status.ts";
import { reasonOf } from "../errors.ts";
import { hasActiveContext, stopActiveContext } from "../gateway/context.ts";
import type { FileLock } from "../ports.ts";
import { userId } from "../runtime/process.ts";
import { findDaemon } from "./client.ts";
import { startingFlags } from "./starting_flags.ts";
import type { DaemonClient } from "./client.ts";
import { attachBy } from "./attachment.ts";
import type { Attachment } from "./attachment.ts";
import type { CommandContext } from "./context.ts";
import { mustServe } from "./service_folders.ts";

/** A hold on a gateway. */
export interface Session {
  /**
   * How the gateway is; at first, how it was when it was last looked at, unless something else has been waited for since.
   * @throws {UserError} When the daemon is gone, or its gateway can never start.
   */
  status(): Promise<Status>;
  /** Whether the daemon's own log goes to this terminal, so that its news need not be repeated. */
  readonly narrated: boolean;
  /** Waits until no other `exec` has the gateway, since Spark allows one context in a JVM; or until `stopped`. */
  takeTurn(stopped: () => boolean): Promise<void>;
  /** Looks who is there already, on the gateway that is as `status` says. */
  beforeProgram(status: Status): Promise<void>;
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
  if (!daemon?.trusted) return await embedded(context);
  const status = daemon.first;
  if (status.daemon.embedded) return await embedded(context);
  const reason = await objection(status);
  if (reason === null) {
    const given = startingFlags(context.settings).map((name) => `--${name}`);
    if (given.length > 0) {
      context.log.warn(`${given.join(", ")}: without effect, for the daemon's gateway is started already`);
    }
    return attachedSession(daemon, context);
  }
  context.log.info(`a gateway of its own for this program: ${reason}`);
  return await embedded(context);
}

/** A daemon is loaded by those who bring one up: a program on one that runs starts sooner without. */
async function embedded(context: CommandContext): Promise<Session> {
  const { embeddedSession } = await import("./embedded_session.ts");
  return await embeddedSession(context);
}

const TURN_POLL_MS = 200;
const CONTEXT_MS = 10_000;

function attachedSession(daemon: DaemonClient, context: CommandContext): Session {
  const { first } = daemon;
  const { runtime: { files, clock, dialer }, log } = context;
  let turn: FileLock | null = null;
  let occupied = false;
  let told: string | null = null;
  let fresh: Status | null = first;
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
  const isExclusive = first.pool.sharing === "exclusive";
  const waitInLine = async (stopped: () => boolean) => {
    const { gateways } = first.pool;
    let status = first;
    for (let waits = false; status.pool.next === "busy" && !stopped(); waits = true) {
      if (!waits) {
        log.info(
          `${gateways === 1 ? "another program has" : `${gateways} programs have`} the gateway${
            gateways === 1 ? "" : "s"
          }; waiting in line`,
        );
      }
      await clock.sleep(TURN_POLL_MS);
      status = await daemon.status();
    }
    fresh = status;
  };
  return {
    status: async () => {
      const status = fresh ?? await daemon.status();
      fresh = null;
      return status;
    },
    narrated: false,
    attach: (status) => attachBy(daemon.leasing, status, context),
    takeTurn: async (stopped) => {
      if (isExclusive) return await waitInLine(stopped);
      const path = join(dirname(first.environmentFile), "program.lock");
      turn = await files.tryLock(path);
      if (turn !== null) return;
      log.info("another program has the gateway; waiting for its end");
      fresh = null;
      while (turn === null && !stopped()) {
        await clock.sleep(TURN_POLL_MS);
        turn = await files.tryLock(path);
      }
    },
    beforeProgram: async ({ gateway }) => {
      told = gateway.ignoredHeap;
      // A look would be a program of its own.
      if (isExclusive) return;
      occupied = await look(hasActiveContext) === true;
      if (occupied) log.warn("a program that was not started by exec has a SparkContext in this gateway");
    },
    afterProgram: async () => {
      // What was told before is about another program.
      const ignored = await daemon.status().then(({ gateway }) => gateway.ignoredHeap, (error) => {
        log.debug(`the daemon could not be asked: ${reasonOf(error)}`);
        return null;
      });
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
