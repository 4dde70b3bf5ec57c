/**
 * Is the daemon alive, has its gateway ever been ready, can a program attach now? For orchestrators and load balancers,
 * in the manner of Kubernetes' own health endpoints: the status code is for machines, the text for people.
 * @module
 */

import { CHECK_NAMES, READY_CHECKS } from "../core/health.ts";
import type { HealthCheck } from "../core/health.ts";
import { preferred } from "./accept.ts";
import type { Redact } from "./disclosure.ts";
import { problem } from "./problem.ts";
import type { Route, RoutedRequest } from "./route.ts";
import type { Status } from "./status.ts";

/** What the probes tell of. */
export interface ProbeOptions {
  readonly status: () => Status;
  readonly redact: Redact;
}

type Checks = Readonly<Record<string, HealthCheck>>;

/** `/livez`, `/startupz`, `/readyz`, `/readyz/{check}` and `/health`. All of them answer from memory. */
export function probeRoutes({ status, redact }: ProbeOptions): readonly Route[] {
  const all = () => redact(status().health.checks);
  const probe = (name: string, checks: () => Checks): Route => ({
    ...{ method: "GET", path: `/${name}`, access: "open" },
    answer: (asked) => report(name, { checks: checks(), asked }),
  });
  return [
    probe("livez", () => ({ loop: all().loop })),
    probe("startupz", () => ({ started: startedCheck(status().everReady) })),
    probe("readyz", () => {
      const checks = all();
      return Object.fromEntries(READY_CHECKS.map((name) => [name, checks[name]]));
    }),
    {
      ...{ method: "GET", path: "/readyz/{check}", access: "open" },
      answer: (asked) => {
        const name = CHECK_NAMES.find((each) => each === asked.parameters.check);
        return name === undefined
          ? problem(404, `There is no such check; there are ${CHECK_NAMES.join(", ")}.`)
          : report(`readyz/${name}`, { checks: { [name]: all()[name] }, asked });
      },
    },
    {
      ...{ method: "GET", path: "/health", access: "open" },
      answer: ({ request }) => {
        const { health, daemon, phase, generation } = status();
        const document = healthDocument({ health: redact(health), daemon, phase, generation });
        const type = preferred(request.headers.get("accept"), [
          "application/json",
          "application/health+json",
        ]);
        return Response.json(document, {
          status: health.status === "fail" ? 503 : 200,
          headers: { "content-type": type, "vary": "accept" },
        });
      },
    },
  ];
}

/**
 * The probes of a daemon that is not there yet, which may install a Spark first: it lives, and nothing is ready. Nothing
 * else is answered.
 */
export function startingRoutes(): readonly Route[] {
  const fail = { status: "fail", output: "the daemon is starting" } as const;
  const later = () => problem(503, "The daemon is starting. Ask again in a moment.", { "retry-after": "1" });
  const probe = (name: string, check: HealthCheck): Route => ({
    ...{ method: "GET", path: `/${name}`, access: "open" },
    answer: (asked) => report(name, { checks: { starting: check }, asked }),
  });
  return [
    probe("livez", { status: "pass", output: null }),
    probe("startupz", fail),
    probe("readyz", fail),
    ...(["GET", "POST", "DELETE"] as const).flatMap((method) =>
      DEPTHS.map((path): Route => ({ method, path, access: "open", answer: later }))
    ),
  ];
}

/** As many parts as any path has. */
const DEPTHS = ["/", "/{1}", "/{1}/{2}", "/{1}/{2}/{3}", "/{1}/{2}/{3}/{4}", "/{1}/{2}/{3}/{4}/{5}"];

function startedCheck(everReady: boolean): HealthCheck {
  return everReady
    ? { status: "pass", output: null }
    : { status: "fail", output: "the gateway has not been ready yet" };
}

/** 200 unless one of the checks fails that are not excluded; with `?verbose`, what each of them says. */
function report(
  name: string,
  { checks, asked: { url } }: { readonly checks: Checks; readonly asked: RoutedRequest },
): Response {
  const excluded = url.searchParams.getAll("exclude").flatMap((names) => names.split(","));
  const judged = Object.entries(checks).filter(([check]) => !excluded.includes(check));
  const failed = judged.find(([, { status }]) => status === "fail")?.[1];
  const status = failed === undefined ? 200 : 503;
  if (!url.searchParams.has("verbose")) {
    return new Response(failed === undefined ? "ok\n" : `${failed.output ?? "failed"}\n`, { status });
  }
  const unknown = excluded.filter((check) => !Object.hasOwn(checks, check));
  const lines = [
    ...Object.entries(checks).map(([check, { status, output }]) =>
      excluded.includes(check)
        ? `[+]${check} excluded: ok`
        : status === "fail"
        ? `[-]${check} failed: ${output ?? "no reason is known"}`
        : `[+]${check} ok${output === null ? "" : `: ${output}`}`
    ),
    ...unknown.map((check) => `warn: there is no check ${JSON.stringify(check)} to exclude`),
    `${name} check ${failed === undefined ? "passed" : "failed"}`,
  ];
  return new Response(`${lines.join("\n")}\n`, { status });
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
