/**
 * How is told by what right a program has a gateway?
 * @module
 */

import type { LeaseDocument, OutcomeDocument } from "../leases.ts";
import { header, inPath, json, problems } from "./operation.ts";
import type { Operation } from "./operation.ts";
import { amount, named, nullable, record, text, whole, words } from "./schema.ts";
import { generation } from "./verdict.ts";

const lease = named(
  "Lease",
  record<LeaseDocument>("A right to a gateway. Its secret opens it.", {
    id: text("Its name."),
    port: whole("The relay's port on this machine: `PYSPARK_GATEWAY_PORT`.", { minimum: 1, maximum: 65_535 }),
    secret: text("`PYSPARK_GATEWAY_SECRET`."),
    pinThread: text("`PYSPARK_PIN_THREAD`."),
  }),
);

const outcome = named(
  "LeaseOutcome",
  record<OutcomeDocument>("What became of a lease.", {
    state: words<OutcomeDocument["state"]>("How far it is.", {
      issued: "its program has not come yet",
      bound: "its program has a gateway",
      lost: "its gateway was lost, and its program is told so",
      ended: "it is over",
    }),
    generation: nullable(generation),
    loss: nullable(
      record<NonNullable<OutcomeDocument["loss"]>>(
        "Whether, why and when its gateway was lost while it lived.",
        {
          generation,
          sentence: text("What the program is told."),
          atMs: amount("By the daemon's own clock, in milliseconds."),
        },
      ),
    ),
  }),
);

const ID = inPath("id", "The name of the lease.");
const UNKNOWN = problems([], "There is no such lease.");
const NO_RELAY = problems(["no-relay"]);
const ENDED: OutcomeDocument = { state: "ended", generation: 2, loss: null };

/** What can be asked. */
export const programOperations: readonly Operation[] = [
  {
    ...{ method: "POST", path: "/v1/leases", access: "act", id: "createLease", tag: "programs" },
    summary: "A right to a gateway for one program",
    body: {
      schema: named(
        "LeaseRequest",
        record<{ readonly pid?: number }>("Whom it is for.", {
          pid: whole("The process that lives as long as the lease is wanted.", { minimum: 1 }),
        }, ["pid"]),
      ),
      required: false,
      example: { pid: 4711 },
    },
    answers: {
      201: json("The lease.", lease, {
        example: { id: "2", port: 7434, secret: "9b61681a0b64…", pinThread: "true" },
        headers: { location: header("Where to ask what became of it.") },
      }),
      400: problems([], "The body is no JSON object, or has a member that is not known or makes no sense."),
      409: problems(["gateway-not-running", "no-relay"]),
    },
  },
  {
    ...{ method: "GET", path: "/v1/leases/{id}", access: "open", id: "getLease", tag: "programs" },
    summary: "What became of a lease",
    parameters: [ID],
    answers: {
      200: json("The outcome.", outcome, { example: { ...ENDED, state: "bound" } }),
      ...{ 404: UNKNOWN, 409: NO_RELAY },
    },
  },
  {
    ...{ method: "DELETE", path: "/v1/leases/{id}", access: "act", id: "endLease", tag: "programs" },
    summary: "End a lease",
    parameters: [ID],
    answers: { 200: json("The outcome.", outcome, { example: ENDED }), 404: UNKNOWN, 409: NO_RELAY },
  },
];
