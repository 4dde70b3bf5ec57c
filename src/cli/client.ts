/**
 * How a command finds the daemon that runs, and talks to it.
 * @module
 */

import { join } from "@std/path";
import type { EventsDocument } from "../api/events.ts";
import type { LeaseDocument, OutcomeDocument } from "../api/leases.ts";
import type { PlanDocument } from "../api/plan.ts";
import type { Status } from "../api/status.ts";
import { DAEMON_FILE, LOCK_FILE, urlOf } from "../daemon/address.ts";
import { EXIT, reasonOf, UserError } from "../errors.ts";
import { ask as askAt } from "../runtime/http_client.ts";
import { foldersOf } from "./context.ts";
import type { CommandContext } from "./context.ts";

/** A running daemon, from outside. */
export interface DaemonClient {
  readonly url: string;
  /** Whether it is certainly the user's: found through the user's own folder, or at an address the user named. */
  readonly trusted: boolean;
  /** What it said when it was found: for whoever has found it just now. */
  readonly first: Status;
  /** @throws {UserError} When it does not answer. */
  status(): Promise<Status>;
  /** @throws {UserError} When it does not answer, or is of a version that does not tell. */
  plan(): Promise<PlanDocument>;
  /** The newest events it has told of. @throws {UserError} When it does not answer, or is of a version without. */
  events(limit: number): Promise<EventsDocument>;
  /** Gives leases, with every answer awaited; each rejects with a {@linkcode UserError} when it is not possible. */
  readonly leasing: {
    /** `null` where the daemon gives none: programs attach to the gateway itself. */
    lease(pid: number): Promise<LeaseDocument | null>;
    /** `null` when there is no such lease. */
    outcome(id: string): Promise<OutcomeDocument | null>;
    end(id: string): Promise<void>;
  };
  /** Asks for an action such as `shutdown`. @throws {UserError} When it is refused or not possible. */
  post(action: "start" | "stop" | "restart" | "shutdown"): Promise<void>;
  /**
   * Asks as the daemon's owner, with a body or to read, and gives the text of the answer.
   * @param what What is asked for, as in "Cannot …".
   * @throws {UserError} When it does not answer in time, refuses, or cannot do it.
   */
  ask(what: string, request: OwnRequest): Promise<string>;
}

/** A request of the daemon's owner. */
export interface OwnRequest {
  readonly path: string;
  /** Sent as JSON; without one, the path is only read. */
  readonly body?: Readonly<Record<string, unknown>>;
  /** How long the answer may take. @default 5 s */
  readonly waitMs?: number;
}

interface DaemonFile {
  readonly api: string;
  /** Missing or `null` where the daemon could not have one. */
  readonly socket?: string | null;
  readonly token: string;
}

interface Reach {
  readonly url: string;
  /** The socket is the first choice: nobody else can be behind it. */
  readonly socket: string | null;
  readonly token: string | null;
  readonly trusted: boolean;
}

const JSON_BODY = { "content-type": "application/json" };

/** An answer of the daemon takes milliseconds; one that takes this long will not come. */
const ANSWER_MS = 5_000;

/**
 * The daemon of the state folder, or the one at `--api`; `null` when there is neither. The default address alone
 * proves nothing: any user of the machine may listen there.
 */
export async function findDaemon(context: CommandContext): Promise<DaemonClient | null> {
  const { settings } = context;
  const own = await ownDaemon(context);
  if (own !== null) return own;
  // A folder that was named stands for one daemon; the default address may be anybody's.
  if (settings.origins["state-dir"] !== undefined && settings.origins.api === undefined) return null;
  const { hostname, port } = settings.api;
  const trusted = settings.origins.api !== undefined;
  const client = clientOf({ url: urlOf(hostname, port), socket: null, token: null, trusted });
  return await introduced(client);
}

async function ownDaemon(context: CommandContext): Promise<DaemonClient | null> {
  const { runtime: { files } } = context;
  const { state, runtime } = foldersOf(context);
  const text = await files.readText(join(runtime, DAEMON_FILE)).catch(() => null);
  if (text === null) return null;
  // After a kill -9 of the daemon its file is still there, and its port may be somebody else's by now.
  const lock = await files.tryLock(join(state, LOCK_FILE)).catch(() => null);
  if (lock !== null) {
    lock.release();
    return null;
  }
  const { api, socket = null, token } = JSON.parse(text) as DaemonFile;
  const client = clientOf({ url: api, socket, token, trusted: true });
  return await introduced(client);
}

/** Whatever listens there may answer anything. */
async function introduced(client: Omit<DaemonClient, "first">): Promise<DaemonClient | null> {
  const first = await client.status().catch(() => null);
  return first !== null && Object.hasOwn(first, "generation") ? { ...client, first } : null;
}

function clientOf({ url, socket, token, trusted }: Reach): Omit<DaemonClient, "first"> {
  const ask = async <T>(
    path: string,
    init: RequestInit,
    read: (response: Response) => Promise<T>,
    waitMs = ANSWER_MS,
  ) => {
    try {
      return await askAt(base + path, { ...init, socket, signal: AbortSignal.timeout(waitMs) }, read);
    } catch (cause) {
      throw new UserError(`Cannot reach the daemon at ${url}: ${reasonOf(cause)}`, {
        hint: 'Start one with "rekindle run".',
        exitCode: EXIT.unavailable,
        cause,
      });
    }
  };
  const base = socket === null ? url : "http://localhost";
  const headers: Record<string, string> = token === null ? {} : { authorization: `Bearer ${token}` };
  return {
    url,
    trusted,
    leasing: {
      lease: (pid) =>
        ask("/v1/leases", {
          method: "POST",
          headers: { ...headers, ...JSON_BODY },
          body: JSON.stringify({ pid }),
        }, async (response) => {
          const body = await response.text();
          if (response.ok) return JSON.parse(body) as LeaseDocument;
          // Of another version, without a relay, or not to be told who we are: then its file says how to attach.
          return null;
        }),
      outcome: (id) =>
        ask(`/v1/leases/${id}`, {}, async (response) => {
          const body = await response.text();
          return response.ok ? JSON.parse(body) as OutcomeDocument : null;
        }),
      end: (id) =>
        ask(
          `/v1/leases/${id}`,
          { method: "DELETE", headers },
          async (response) => void await response.text(),
        ),
    },
    // A daemon that begins or ends answers without a document: that is no answer either.
    status: () => ask("/v1/status", { headers }, async (response) => await response.json() as Status),
    plan: () => ask("/v1/plan", { headers }, documentIn<PlanDocument>),
    events: (limit) => ask(`/v1/events?limit=${limit}`, {}, documentIn<EventsDocument>),
    post: async (action) => {
      const refusal = await ask(`/v1/${action}`, { method: "POST", headers }, async (response) => {
        const body = await response.text();
        return response.ok ? null : `${response.status} ${body.trim()}`;
      });
      if (refusal !== null) throw refused(action, url, refusal);
    },
    ask: async (what, { path, body, waitMs }) => {
      const init = body === undefined
        ? { headers }
        : { method: "POST", headers: { ...headers, ...JSON_BODY }, body: JSON.stringify(body) };
      const read = async (response: Response) => ({ ...pick(response), text: await response.text() });
      const { ok, status, text } = await ask(path, init, read, waitMs);
      if (ok) return text;
      if (status === 401 || status === 403) throw refused(what, url, `${status} ${text.trim()}`);
      throw new UserError(`Cannot ${what}: ${detailOf(text) ?? `the daemon at ${url} answered ${status}`}`, {
        hint: 'See "rekindle status"; a daemon of another version may not know what is asked.',
        exitCode: EXIT.unavailable,
      });
    },
  };
}

function pick({ ok, status }: Response): Pick<Response, "ok" | "status"> {
  return { ok, status };
}

function refused(what: string, url: string, answer: string): UserError {
  return new UserError(`Cannot ${what}: the daemon at ${url} refused (${answer})`, {
    hint: "Use the --state-dir or --name it was started with, as the user it runs as.",
    exitCode: EXIT.noPermission,
  });
}

/** What a problem document says (RFC 9457), or `null` where it is none. */
function detailOf(text: string): string | null {
  try {
    const { detail } = JSON.parse(text);
    return typeof detail === "string" ? detail.replace(/\.$/, "") : null;
  } catch {
    return null;
  }
}

async function documentIn<T>(response: Response): Promise<T> {
  if (response.ok) return await response.json() as T;
  throw new Error(`it answered ${response.status}; it may be of another version`);
}
