/**
 * Is the daemon alive, has its gateway ever been ready, can a program attach now? For orchestrators and load balancers.
 * @module
 */

import { CHECK_NAMES, isReady } from "../core/health.ts";
import type { CheckName } from "../core/health.ts";
import { problem } from "./problem.ts";
import type { Redact } from "./disclosure.ts";
import type { Route } from "./route.ts";
import type { Status } from "./status.ts";

/** What the probes tell of. */
export interface ProbeOptions {
  readonly status: () => Status;
  readonly redact: Redact;
}

/** `/livez`, `/startupz`, `/readyz`, `/readyz/{check}` and `/health`. */
export function probeRoutes({ status, redact }: ProbeOptions): readonly Route[] {
  const look = () => {
    const { health, ...rest } = status();
    return { ...rest, health: redact(health) };
  };
  const probe = (path: string, reply: Route["answer"]): Route => ({
    ...{ method: "GET", path, access: "open", answer: reply },
  });
  return [
    probe("/livez", () => {
      const { loop } = look().health.checks;
      return plain(loop.status !== "fail", loop.output);
    }),
    probe("/startupz", () => plain(status().everReady, "the gateway has not been ready yet")),
    probe("/readyz", () => {
      const { health } = look();
      const { loop, gateway, heartbeat } = health.checks;
      return plain(isReady(health), loop.output ?? gateway.output ?? heartbeat.output);
    }),
    probe("/readyz/{check}", ({ parameters: { check } }) => {
      if (!isCheck(check)) {
        return problem(404, `There is no such check; there are ${CHECK_NAMES.join(", ")}.`);
      }
      const { status: result, output } = look().health.checks[check];
      return plain(result !== "fail", output);
    }),
    probe("/health", () => {
      const now = look();
      return Response.json(healthDocument(now), { status: now.health.status === "fail" ? 503 : 200 });
    }),
  ];
}

function isCheck(name: string | undefined): name is CheckName {
  return CHECK_NAMES.some((check) => check === name);
}

/** Plain text for people; machines look at the status code alone. */
function plain(ok: boolean, why: string | null): Response {
  return new Response(ok ? "ok\n" : `${why ?? "failed"}\n`, { status: ok ? 200 : 503 });
}

/** The shape of the health-check draft for HTTP APIs (draft-inadarei-api-health-check-06, work in progress). */
function healthDocument(
  { health, daemon, phase, generation }: Pick<Status, "health" | "daemon" | "phase" | "generation">,
): unknown {
  const checks = Object.fromEntries(
    CHECK_NAMES.map((name) => {
      const { status, output } = health.checks[name];
      return [name, [{ status, ...(output === null ? {} : { output }) }]];
    }),
  );
  return { status: health.status, version: daemon.version, phase, generation, checks };
}
