/**
 * How a command finds the daemon that runs, and talks to it.
 * @module
 */

import { join } from "@std/path";
import type { Status } from "../api/status.ts";
import { urlOf } from "../claim.ts";
import { DAEMON_FILE } from "../daemon.ts";
import { EXIT, reasonOf, UserError } from "../errors.ts";
import { foldersOf } from "./context.ts";
import type { CommandContext } from "./context.ts";

/** A running daemon, from outside. */
export interface DaemonClient {
  readonly url: string;
  /** @throws {UserError} When it does not answer. */
  status(): Promise<Status>;
  /** Asks for an action such as `shutdown`. @throws {UserError} When it is refused or not possible. */
  post(action: "start" | "stop" | "restart" | "shutdown"): Promise<void>;
}

interface DaemonFile {
  readonly api: string;
  readonly token: string;
}

/** An answer of the daemon takes milliseconds; one that takes this long will not come. */
const ANSWER_MS = 5_000;

/** The daemon of the state folder, or the one at `--api`; `null` when there is neither. */
export async function findDaemon(context: CommandContext): Promise<DaemonClient | null> {
  const { runtime: { files }, settings } = context;
  const text = await files.readText(join(foldersOf(context).runtime, DAEMON_FILE)).catch(() => null);
  const file = text === null ? null : JSON.parse(text) as DaemonFile;
  if (file !== null) {
    const client = clientOf(file.api, file.token);
    // After a kill -9 of the daemon its file is still there.
    if (await answers(client)) return client;
  }
  // A folder that was named stands for one daemon; the default address may be anybody's.
  if (settings.origins["state-dir"] !== undefined && settings.origins.api === undefined) return null;
  const { hostname, port } = settings.api;
  const client = clientOf(urlOf(hostname, port), null);
  return await answers(client) ? client : null;
}

async function answers(client: DaemonClient): Promise<boolean> {
  return await client.status().then((status) => "generation" in status, () => false);
}

function clientOf(url: string, token: string | null): DaemonClient {
  const ask = async (path: string, init: RequestInit = {}) => {
    try {
      return await fetch(url + path, { ...init, signal: AbortSignal.timeout(ANSWER_MS) });
    } catch (cause) {
      throw new UserError(`Cannot reach the daemon at ${url}: ${reasonOf(cause)}`, {
        hint: 'Start one with "rekindle run".',
        exitCode: EXIT.unavailable,
        cause,
      });
    }
  };
  return {
    url,
    status: async () => await (await ask("/v1/status")).json() as Status,
    post: async (action) => {
      const headers: Record<string, string> = token === null ? {} : { authorization: `Bearer ${token}` };
      const response = await ask(`/v1/${action}`, { method: "POST", headers });
      const body = await response.text();
      if (response.ok) return;
      throw new UserError(
        `Cannot ${action}: the daemon at ${url} refused (${response.status} ${body.trim()})`,
        {
          hint: "Use the --state-dir or --name it was started with, as the user it runs as.",
          exitCode: EXIT.noPermission,
        },
      );
    },
  };
}
