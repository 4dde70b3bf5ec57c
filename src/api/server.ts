/**
 * The HTTP API as one function from request to response; listening is somebody else's affair.
 * @module
 */

import { CHECK_NAMES, isReady } from "../core/health.ts";
import type { Input } from "../core/lifecycle.ts";
import { disclosed } from "./disclosure.ts";
import type { Redact } from "./disclosure.ts";
import type { PlanDocument } from "./plan.ts";
import { refuse } from "./guard.ts";
import { problem } from "./problem.ts";
import type { Status } from "./status.ts";

/** What the API shows and what it may do. */
export interface ApiOptions {
  readonly hostname: string;
  readonly token: string;
  readonly status: () => Status;
  readonly plan: () => PlanDocument;
  readonly post: (input: Input) => void;
  readonly redact: Redact;
}

/** Makes the function that answers requests. */
export function createApi(options: ApiOptions): (request: Request) => Response {
  return (request) => {
    const refused = refuse(request, options);
    if (refused !== null) return refused;
    // The Host header has been checked, but the URL is still the client's text.
    const path = URL.canParse(request.url) ? new URL(request.url).pathname : "";
    if (request.method === "GET" || request.method === "HEAD") {
      if (path === "/v1/plan") return json(200, options.redact(options.plan()));
      return read(path, disclosed(options.status(), options.redact));
    }
    if (request.method === "POST") return act(path, options);
    return problem(405, `${request.method} is not understood here.`, { allow: "GET, HEAD, POST" });
  };
}

function read(path: string, status: Status): Response {
  const { checks } = status.health;
  switch (path) {
    case "/livez":
      return answer(checks.loop.status !== "fail", checks.loop.output);
    case "/startupz":
      return answer(status.everReady, "the gateway has not been ready yet");
    case "/readyz":
      return answer(
        isReady(status.health),
        checks.loop.output ?? checks.gateway.output ?? checks.heartbeat.output,
      );
    case "/health":
      return json(status.health.status === "fail" ? 503 : 200, healthDocument(status));
    case "/v1/status":
      return json(200, status);
  }
  const name = CHECK_NAMES.find((check) => path === `/readyz/${check}`);
  if (name !== undefined) return answer(checks[name].status !== "fail", checks[name].output);
  return problem(404, `There is nothing at ${path}.`);
}

function act(path: string, { post, status }: ApiOptions): Response {
  const by = "the API";
  switch (path) {
    case "/v1/start":
      post({ kind: "start" });
      break;
    case "/v1/stop":
      post({ kind: "stop", by });
      break;
    case "/v1/restart":
      post({ kind: "restart", by });
      break;
    case "/v1/shutdown":
      post({ kind: "shutdown", by });
      break;
    default:
      return problem(404, `There is nothing to do at ${path}.`);
  }
  return json(202, { generation: status().generation });
}

/** Plain text for people; machines look at the status code alone. */
function answer(ok: boolean, why: string | null): Response {
  return new Response(ok ? "ok\n" : `${why ?? "failed"}\n`, { status: ok ? 200 : 503, headers: HEADERS });
}

function json(status: number, body: unknown): Response {
  return Response.json(body, { status, headers: HEADERS });
}

const HEADERS = { "cache-control": "no-store", "x-content-type-options": "nosniff" };

/** The shape of the health-check draft for HTTP APIs (draft-inadarei-api-health-check-06, work in progress). */
function healthDocument(status: Status): unknown {
  const checks = Object.fromEntries(
    CHECK_NAMES.map((name) => {
      const { status: result, output } = status.health.checks[name];
      return [name, [{ status: result, ...(output === null ? {} : { output }) }]];
    }),
  );
  return {
    status: status.health.status,
    version: status.daemon.version,
    phase: status.phase,
    generation: status.generation,
    checks,
  };
}
