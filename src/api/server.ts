/**
 * The HTTP API as one function from request to response, over a list of routes; listening is somebody else's affair.
 * @module
 */

import { admit, refuseStranger } from "./guard.ts";
import type { Entrance, GuardOptions } from "./guard.ts";
import { problem } from "./problem.ts";
import { findRoute } from "./route.ts";
import type { Route } from "./route.ts";

/** What the API consists of. */
export interface ApiOptions {
  readonly routes: readonly Route[];
  readonly guard: GuardOptions;
  /** Told of a route that threw: its caller hears only that it did. */
  readonly onError: (error: unknown) => void;
}

/** How a request has come in. */
export interface Arrival {
  /** Aborted when the listener is about to be closed. */
  readonly closing: AbortSignal;
  readonly entrance: Entrance;
}

/** Answers one request; never rejects. */
export type Api = (request: Request, arrival: Arrival) => Promise<Response>;

/** Makes the function that answers requests. */
export function createApi(options: ApiOptions): Api {
  return async (request, arrival) => {
    const response = await answer(request, arrival, options).catch((error: unknown) => {
      options.onError(error);
      return problem(500, "This is a defect of the daemon; its log says more.");
    });
    for (const [name, value] of HEADERS) {
      if (!response.headers.has(name)) response.headers.set(name, value);
    }
    return response;
  };
}

/** What every answer carries unless its route says otherwise: nothing is cached, guessed at or told on. */
const HEADERS = [
  ["cache-control", "no-store"],
  ["x-content-type-options", "nosniff"],
  ["referrer-policy", "no-referrer"],
  ["cross-origin-resource-policy", "same-origin"],
] as const;

async function answer(
  request: Request,
  { closing, entrance }: Arrival,
  { routes, guard }: ApiOptions,
): Promise<Response> {
  const refused = refuseStranger(request, guard);
  if (refused !== null) return refused;
  // The Host header has been checked, but the URL is still the client's text.
  if (!URL.canParse(request.url)) return problem(404, "There is nothing at this address.");
  const url = new URL(request.url);
  const found = findRoute(routes, { method: request.method, pathname: url.pathname });
  if (found instanceof Response) return found;
  const { route, parameters } = found;
  const caller = admit(request, { access: route.access, entrance, token: guard.token });
  if (caller instanceof Response) return caller;
  return await route.answer({ request, url, parameters, caller, closing });
}
