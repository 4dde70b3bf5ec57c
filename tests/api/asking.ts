/**
 * The API without a listener: its routes on what a test gives them, and a way to ask.
 * @module
 */

import { commandRoutes } from "../../src/api/commands.ts";
import type { Redact } from "../../src/api/disclosure.ts";
import { documentRoutes } from "../../src/api/documents.ts";
import type { Entrance } from "../../src/api/guard.ts";
import { knownHosts } from "../../src/api/hosts.ts";
import type { PlanDocument } from "../../src/api/plan.ts";
import { planDocumentOf } from "../../src/api/plan.ts";
import { probeRoutes } from "../../src/api/probes.ts";
import type { Route } from "../../src/api/route.ts";
import { createApi } from "../../src/api/server.ts";
import type { Api } from "../../src/api/server.ts";
import { statusOf } from "../../src/api/status.ts";
import type { Status, StatusFacts } from "../../src/api/status.ts";
import { DEFAULT_SETTINGS } from "../../src/core/lifecycle.ts";
import type { Input, SupervisorState } from "../../src/core/lifecycle.ts";
import { initialPool } from "../../src/core/pool/pool.ts";
import { FACTS } from "./facts.ts";

/** What opens the API in tests. */
export const TOKEN = "0123456789abcdef0123456789abcdef";

/** What the routes that every daemon has are made from; what is left out is plain. */
export interface Ground {
  readonly status: () => Status;
  readonly plan: () => PlanDocument;
  readonly post?: (input: Input) => void;
  readonly isEnding?: () => boolean;
  readonly redact?: Redact;
}

/** The routes that answer from the state alone. */
export function stateRoutes(
  { status, plan, post = () => {}, isEnding = () => false, redact = (value) => value }: Ground,
): readonly Route[] {
  return [
    ...probeRoutes({ status, redact }),
    ...documentRoutes({ status, plan, redact }),
    ...commandRoutes({ status, isEnding, post }),
  ];
}

/** An API of these routes. An error of a route is the test's. */
export function apiOf(routes: readonly Route[], token: string | null = TOKEN): Api {
  const onError = (error: unknown) => {
    throw error;
  };
  return createApi({ routes, guard: { hosts: knownHosts({ hostname: "127.0.0.1" }, []), token }, onError });
}

/** How a request looks; by default it is a GET of the owner. */
export interface Asked {
  readonly method?: string;
  /** Added to those of an ordinary request with the token. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly entrance?: Entrance;
}

/** A way to ask an API. */
export function asker(api: Api): (path: string, asked?: Asked) => Promise<Response> {
  return (path, { method = "GET", headers = {}, body, entrance = "tcp" } = {}) =>
    api(
      new Request(`http://127.0.0.1:7433${path}`, {
        method,
        headers: { host: "127.0.0.1:7433", authorization: `Bearer ${TOKEN}`, ...headers },
        ...(body === undefined ? {} : { body }),
      }),
      { closing: new AbortController().signal, entrance },
    );
}

/** An API on a state, and what was posted through it. */
export function apiOn(state: SupervisorState, facts: Partial<StatusFacts> = {}) {
  const posted: Input[] = [];
  const api = apiOf(stateRoutes({
    status: () => statusOf(initialPool(state), { ...FACTS, ...facts }),
    plan: () => planDocumentOf(state, DEFAULT_SETTINGS.memory, FACTS.flags),
    post: (input) => void posted.push(input),
    isEnding: () => state.ending,
  }));
  return { api, ask: asker(api), posted };
}
