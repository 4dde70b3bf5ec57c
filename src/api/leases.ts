/**
 * How does a program that was not started by us get a right to the gateway, and learn what became of it?
 * @module
 */

import { refuse } from "./guard.ts";
import type { GuardOptions } from "./guard.ts";
import { problem } from "./problem.ts";

/** A right to the gateway: what a program has to have in its environment. The secret opens the gateway. */
export interface LeaseDocument {
  readonly id: string;
  readonly port: number;
  readonly secret: string;
  readonly pinThread: string;
}

/** What became of one. */
export interface OutcomeDocument {
  readonly state: "issued" | "bound" | "lost" | "ended";
  /** The gateway it belongs or belonged to. */
  readonly generation: number | null;
  /** Whether, why and when its gateway was lost while the lease lived. */
  readonly loss: { readonly generation: number; readonly sentence: string; readonly atMs: number } | null;
}

/** What gives leases. */
export interface Leasing {
  /** `null` when none can be given before a gateway is ready. */
  lease(applicant: { readonly by: string; readonly pid: number | null }): Promise<LeaseDocument | null>;
  outcome(id: string): OutcomeDocument | null;
  end(id: string): OutcomeDocument | null;
}

/** The folder of all leases. */
const LEASES_PATH = "/v1/leases";

/** What answering needs. */
export interface LeaseApiOptions extends GuardOptions {
  /** `null` where programs attach to the gateway itself. */
  readonly leasing: Leasing | null;
}

/** Makes the function that answers requests to leases, and leaves all others to somebody else with `null`. */
export function createLeaseApi(options: LeaseApiOptions): (request: Request) => Promise<Response> | null {
  return (request) => {
    const path = URL.canParse(request.url) ? new URL(request.url).pathname : "";
    if (path !== LEASES_PATH && !path.startsWith(`${LEASES_PATH}/`)) return null;
    const refused = refuse(request, options);
    return refused === null ? answer(request, path, options.leasing) : Promise.resolve(refused);
  };
}

async function answer(request: Request, path: string, leasing: Leasing | null): Promise<Response> {
  if (leasing === null) return problem(409, "This daemon has no relay, and so gives no leases (--no-relay).");
  if (path === LEASES_PATH) {
    if (request.method !== "POST") return problem(405, "Leases are given by POST.", { allow: "POST" });
    const pid = await pidIn(request);
    if (pid === undefined) {
      return problem(400, 'The body may be empty, or {"pid": NUMBER}: the process it is for.');
    }
    const lease = await leasing.lease({ by: "the API", pid });
    if (lease === null) return problem(409, "There is no gateway yet to give a lease for.");
    return document(201, lease, { location: `${LEASES_PATH}/${lease.id}` });
  }
  const id = path.slice(LEASES_PATH.length + 1);
  switch (request.method) {
    case "GET":
    case "HEAD":
      return found(leasing.outcome(id));
    case "DELETE":
      return found(leasing.end(id));
    default:
      return problem(405, `${request.method} is not understood here.`, { allow: "GET, HEAD, DELETE" });
  }
}

/** The process that lives as long as the lease is wanted; `undefined` for a body that makes no sense. */
async function pidIn(request: Request): Promise<number | null | undefined> {
  const text = await request.text();
  if (text === "") return null;
  try {
    const { pid } = JSON.parse(text);
    return pid === undefined ? null : Number.isSafeInteger(pid) && pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}

function found(outcome: OutcomeDocument | null): Response {
  return outcome === null ? problem(404, "There is no such lease.") : document(200, outcome);
}

function document(status: number, body: unknown, headers: Record<string, string> = {}): Response {
  return Response.json(body, {
    status,
    headers: { "cache-control": "no-store", "x-content-type-options": "nosniff", ...headers },
  });
}
