/**
 * Where is the API to be reached? At an address, for probes and readers, and at a socket that only this user may open,
 * for whoever wants something done. An address that others can reach is refused unless they can be told apart.
 * @module
 */

import { join } from "@std/path";
import { urlOf } from "./address.ts";
import { TOKEN_CREDENTIAL } from "./api_token.ts";
import { isWildcard } from "../api/hosts.ts";
import type { Settings } from "../config.ts";
import type { Address } from "../config/kind.ts";
import { EXIT, reasonOf, UserError, UserErrors } from "../errors.ts";
import type { Folders } from "../folders.ts";
import type { Logger } from "../log.ts";
import type { Files, UnixDialer } from "../ports.ts";
import { ListenFailure, serve } from "../runtime/http.ts";
import type { Handler, HttpServer } from "../runtime/http.ts";
import { serveSocket } from "../runtime/http_socket.ts";

/** The socket in the runtime folder. */
const SOCKET_FILE = "api.sock";

/** What listening needs to know. */
export interface ListenOptions {
  readonly settings: Settings;
  readonly folders: Folders;
  readonly files: Files;
  readonly unixDialer: UnixDialer;
  readonly log: Logger;
  /** An embedded daemon has no socket, and does without the API when its default port is taken. */
  readonly embedded: boolean;
  readonly handler: Handler;
}

/** The open doors. */
export interface Listeners {
  /** The base of the API's addresses, or `null`. */
  readonly apiUrl: string | null;
  /** The path of the socket, or `null`. */
  readonly socket: string | null;
  stop(): Promise<void>;
}

/**
 * Opens both.
 * @throws {UserError} When the address cannot be had, or another daemon answers at the socket.
 */
export async function openListeners(options: ListenOptions): Promise<Listeners> {
  const address = await listen(options);
  try {
    const socket = options.embedded ? null : await listenAtSocket(options);
    const { hostname } = options.settings.api;
    return {
      apiUrl: address === null ? null : urlOf(reachable(hostname), address.port),
      socket: socket?.path ?? null,
      stop: async () => void await Promise.all([address?.stop(), socket?.server.stop()]),
    };
  } catch (error) {
    await address?.stop();
    throw error;
  }
}

async function listen({ settings, embedded, log, handler }: ListenOptions): Promise<HttpServer | null> {
  try {
    return await serve(settings.api, handler);
  } catch (error) {
    if (!(error instanceof ListenFailure)) throw error;
    // A port that somebody asked for must be had.
    if (embedded && settings.origins.api === undefined) {
      log.debug(`no health API for this run: ${error.message}`);
      return null;
    }
    const { hostname, port } = settings.api;
    throw new UserError(`Cannot serve the health API on ${hostname}:${port}: ${explain(error)}`, {
      hint: "Choose another address with --api HOST:PORT, or find out who has it (ss -ltnp).",
      exitCode: EXIT.unavailable,
      cause: error,
    });
  }
}

function explain(failure: ListenFailure): string {
  switch (failure.kind) {
    case "inUse":
      return "another program listens there";
    case "notAvailable":
      return "this machine has no such address";
    case "notPermitted":
      return "this user may not";
    case "other":
      return failure.message;
  }
}

/** Where there cannot be a socket, such as in a folder whose path is too long for one, the token has to do. */
async function listenAtSocket(
  { folders, files, unixDialer, log, handler }: ListenOptions,
): Promise<{ readonly path: string; readonly server: Pick<HttpServer, "stop"> } | null> {
  const path = join(folders.runtime, SOCKET_FILE);
  // A daemon that was killed has left its socket behind; one that answers is somebody's.
  const other = await unixDialer.dialUnix(path, new AbortController().signal).catch(() => null);
  if (other !== null) {
    other.close();
    throw new UserError(`Cannot listen at ${path}: another daemon answers there`, {
      hint: 'End it with "rekindle stop", or give this one its own folders with --name NAME.',
      exitCode: EXIT.cannotCreate,
    });
  }
  await files.remove(path);
  try {
    return { path, server: serveSocket(path, handler) };
  } catch (error) {
    log.info(`no socket for commands, they use the token: ${reasonOf(error)}`);
    return null;
  }
}

/** How this machine reaches what listens at an address that stands for all. */
function reachable(hostname: string): string {
  if (!isWildcard(hostname)) return hostname;
  return hostname === "::" ? "::1" : "127.0.0.1";
}

/**
 * Checks that an API that other machines can reach asks who they are, and is asked for by a name it knows.
 * @throws {UserErrors} With everything that is missing.
 */
export async function refuseExposure(
  { api, trustedHosts }: Pick<Settings, "api" | "trustedHosts">,
  { env, files }: { readonly env: Readonly<Record<string, string>>; readonly files: Pick<Files, "stat"> },
): Promise<void> {
  if (isLoopback(api)) return;
  const refusals: UserError[] = [];
  const refuse = (why: string, hint: string) => {
    const message = `Cannot serve the API on ${
      urlOf(api.hostname, api.port)
    }, which other machines reach: ${why}`;
    refusals.push(new UserError(message, { hint, exitCode: EXIT.config }));
  };
  const folder = env.CREDENTIALS_DIRECTORY;
  if (folder === undefined || await files.stat(join(folder, TOKEN_CREDENTIAL)) === null) {
    refuse(
      "there is no token that they could show",
      `Put one into a file ${TOKEN_CREDENTIAL} and name its folder in CREDENTIALS_DIRECTORY, as systemd's ` +
        "LoadCredential of systemd does; or listen on 127.0.0.1.",
    );
  }
  if (trustedHosts.length === 0) {
    refuse(
      "it is not known by which names they ask for it",
      "Name them with --trusted-hosts, such as spark.example.org,10.0.0.5; or listen on 127.0.0.1.",
    );
  }
  const [first, ...rest] = refusals;
  if (first !== undefined) throw new UserErrors([first, ...rest]);
}

function isLoopback({ hostname }: Address): boolean {
  return hostname === "::1" || /^127\./.test(hostname);
}
