/**
 * How are the probes told?
 * @module
 */

import { CHECK_NAMES, READY_CHECKS } from "../../core/health.ts";
import type { CheckName, HealthStatus } from "../../core/health.ts";
import type { Phase } from "../../core/lifecycle.ts";
import { inPath, inQuery, json, plain, problems } from "./operation.ts";
import type { Answer, Operation, Parameter } from "./operation.ts";
import { list, named, record, text } from "./schema.ts";
import { checkName, healthStatus, ofChecks } from "./status.ts";
import { generation, phase } from "./verdict.ts";

/** The health document. */
interface HealthDocument {
  readonly status: HealthStatus;
  readonly version: string;
  readonly phase: Phase;
  readonly generation: number;
  readonly checks: Readonly<Record<CheckName, readonly HealthEntry[]>>;
}

interface HealthEntry {
  readonly status: HealthStatus;
  readonly output?: string;
}

const VERBOSE: Parameter = {
  name: "verbose",
  in: "query",
  ...{ required: false, allowEmptyValue: true },
  description: "What each check says; on by its name alone.",
  schema: { type: "string" },
};

const EXCLUDE = inQuery(
  "exclude",
  text("Checks that are not to count, parted by commas; may be repeated.", {
    examples: ["heartbeat,condition"],
  }),
);

function probe(name: string, id: string, summary: string, description: string, no: string): Operation {
  return {
    ...{ method: "GET", path: `/${name}`, access: "open", id, tag: "health", summary, description },
    parameters: [VERBOSE, EXCLUDE],
    answers: { 200: plain("Yes.", "ok\n"), 503: plain("No, and why.", no) },
  };
}

const entry = record<HealthEntry>("One answer.", {
  status: healthStatus,
  output: text("Why, when it is not `pass`."),
}, ["output"]);

const health = named(
  "Health",
  record<HealthDocument>("Every check (draft-inadarei-api-health-check-06, work in progress).", {
    status: healthStatus,
    version: text("The daemon's."),
    phase,
    generation,
    checks: record<HealthDocument["checks"]>(
      "The answers by the names of their checks.",
      ofChecks((question) => list(question, entry)),
    ),
  }),
);

const checks = Object.fromEntries(
  CHECK_NAMES.map((name) => [name, [{ status: "pass" }]]),
) as unknown as HealthDocument["checks"];

function healthAnswer(description: string, example: HealthDocument): Answer {
  const own = json(description, health, { example });
  const draft = json(description, health, { type: "application/health+json" });
  return { ...own, content: { ...own.content, ...draft.content } };
}

const failing = healthAnswer("A check fails.", {
  ...{ status: "fail", version: "0.1.0", phase: "backoff", generation: 2 },
  checks: { ...checks, gateway: [{ status: "fail", output: 'the gateway is backoff after "heap-oom"' }] },
});

/** What can be asked. */
export const probeOperations: readonly Operation[] = [
  probe(
    ...["livez", "livez", "Does the daemon's own loop turn?"] as const,
    "The only probe to restart the daemon on. It follows nothing of the gateway.",
    "the control loop has not turned for 12 s\n",
  ),
  probe(
    ...["startupz", "startupz", "Has a gateway been ready once?"] as const,
    "Since the daemon began.",
    "the gateway has not been ready yet\n",
  ),
  probe(
    ...["readyz", "readyz", "Can a program attach now?"] as const,
    `Yes unless one of these checks fails: ${
      READY_CHECKS.join(", ")
    }. It fails while a gateway is being brought back, ` +
      "which is no reason to restart anything.",
    'the gateway is backoff after "heap-oom"\n',
  ),
  {
    ...probe(
      ...["readyz/{check}", "readyzCheck", "What does one check say?"] as const,
      "Also one that `/readyz` does not go by.",
      "no answer for 7 s\n",
    ),
    parameters: [inPath("check", "Which check.", checkName), VERBOSE, EXCLUDE],
    answers: {
      200: plain("It does not fail.", "ok\n"),
      404: problems([], "There is no such check."),
      503: {
        description: "It fails, and why; or the daemon is starting, and this is a problem.",
        content: { ...plain("", "no answer for 7 s\n").content, ...problems([]).content },
      },
    },
  },
  {
    ...{ method: "GET", path: "/health", access: "open", id: "health", tag: "health" },
    summary: "Every check, as JSON",
    description: "In the type that is asked for with `Accept`, `application/json` unless one is.",
    answers: {
      200: healthAnswer("No check fails.", {
        ...{ status: "warn", version: "0.1.0", phase: "ready", generation: 2 },
        checks: {
          ...checks,
          restarts: [{
            status: "warn",
            output: '1 death since health was last proven, the last "killed-by-signal"',
          }],
        },
      }),
      503: {
        description: "A check fails; or the daemon is starting, and this is a problem.",
        content: { ...failing.content, ...problems([]).content },
      },
    },
  },
];
