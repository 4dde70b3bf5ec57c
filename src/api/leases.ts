/**
 * How does a program that was not started by us get a right to the gateway, and learn what became of it?
 * @module
 */

import { POSITIVE, readBody } from "./body.ts";
import { problem, problemOf } from "./problem.ts";
import type { Access, Route, RoutedRequest } from "./route.ts";

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

/** What answering needs. */
export interface LeaseOptions {
  /** `null` where programs attach to the gateway itself. */
  readonly leasing: Leasing | null;
}

/** `POST /v1/leases`, and `GET` and `DELETE` of each. */
export function leaseRoutes({ leasing }: LeaseOptions): readonly Route[] {
  const answer = (method: Route["method"], path: string, access: Access, reply: LeaseAnswer): Route => ({
    ...{ method, path, access },
    answer: (asked) =>
      leasing === null
        ? problemOf("no-relay", "This daemon has no relay, and so gives no leases (--no-relay).")
        : reply(leasing, asked),
  });
  return [
    answer("POST", "/v1/leases", "act", give),
    answer(
      "GET",
      "/v1/leases/{id}",
      "open",
      (those, { parameters }) => found(those.outcome(parameters.id ?? "")),
    ),
    answer(
      "DELETE",
      "/v1/leases/{id}",
      "act",
      (those, { parameters }) => found(those.end(parameters.id ?? "")),
    ),
  ];
}

type LeaseAnswer = (leasing: Leasing, asked: RoutedRequest) => Response | Promise<Response>;

async function give(leasing: Leasing, { request }: RoutedRequest): Promise<Response> {
  // The process that lives as long as the lease is wanted.
  const body = await readBody(request, { pid: POSITIVE });
  if (body instanceof Response) return body;
  const pid = typeof body.pid === "number" ? body.pid : null;
  const lease = await leasing.lease({ by: "the API", pid });
  if (lease === null) return problemOf("gateway-not-running", "There is no gateway yet to give a lease for.");
  return Response.json(lease, { status: 201, headers: { location: `/v1/leases/${lease.id}` } });
}

function found(outcome: OutcomeDocument | null): Response {
  return outcome === null ? problem(404, "There is no such lease.") : Response.json(outcome);
}
