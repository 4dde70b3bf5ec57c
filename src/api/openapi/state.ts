/**
 * How are the documents told that say what the daemon is doing, and what its gateways use?
 * @module
 */

import { PHASES } from "../../core/lifecycle.ts";
import { MEDIA_TYPES } from "../../core/metrics/exposition.ts";
import type { FigureColumns } from "../../core/metrics/history.ts";
import type { FiguresDocument } from "../figures.ts";
import { exampleStatus } from "./examples.ts";
import { planDocument } from "./memory.ts";
import { header, IF_NONE_MATCH, inQuery, json, NOT_MODIFIED, problems } from "./operation.ts";
import type { Operation } from "./operation.ts";
import { amount, list, named, nullable, oneOf, record, whole } from "./schema.ts";
import { status } from "./status.ts";

const column = (description: string) => list(description, whole("One."));
const unsure = (description: string) =>
  list(description, nullable(amount("One; `null` where it was not known.")));

const columns = record<FigureColumns>(
  "One array for each figure, all of one length: the same place in each is one moment, oldest first.",
  {
    timeSeconds: list("The wall clock in seconds since 1970; strictly ascending.", amount("One.")),
    generation: column("The gateway that all else of the moment is of."),
    phase: column("Its phase, as a place in `phases`."),
    heapUsedBytes: unsure("What is used of its heap, garbage included."),
    heapCommittedBytes: unsure("What the JVM has taken for its heap so far."),
    heapMaxBytes: unsure("What its heap may grow to."),
    residentBytes: unsure("What the JVM's process has in memory."),
    processors: unsure("How many processors it has kept busy since the moment before."),
    gcShare: unsure("Its time in stop-the-world collections since the moment before, from 0 to 1."),
    heartbeatMs: unsure("How long the newest heartbeat took."),
    programs: column("Programs attached to any gateway."),
  },
);

const figures = named(
  "Figures",
  record<FiguresDocument>("What a gateway has used over the last hour.", {
    periodMs: whole("How far two moments are apart; nearer where the phase or the gateway has changed."),
    keptMs: whole("How far back the oldest moment may be."),
    // A tuple, which is told as a list of its words.
    phases: list("What the numbers of the column `phase` mean.", oneOf("One.", PHASES)) as never,
    columns,
  }),
);

/** What can be asked. */
export const stateOperations: readonly Operation[] = [
  {
    ...{ method: "GET", path: "/v1/status", access: "open", id: "getStatus", tag: "state" },
    summary: "What the daemon and its gateways are doing",
    ownerHas:
      "the lines of evidence in the last incident and in a gateway's condition; the lists are empty otherwise",
    answers: { 200: json("The status, without secrets.", status, { example: exampleStatus }) },
  },
  {
    ...{ method: "GET", path: "/v1/plan", access: "open", id: "getPlan", tag: "state" },
    summary: "The memory plan, what it stands on and what was learned",
    parameters: [IF_NONE_MATCH],
    answers: {
      200: json("The plan.", planDocument, { headers: { etag: header("Of this plan.") } }),
      304: NOT_MODIFIED,
    },
  },
  {
    ...{ method: "GET", path: "/v1/figures", access: "open", id: "getFigures", tag: "state" },
    summary: "What a gateway has used over the last hour, as charts take it",
    parameters: [
      inQuery(
        "since",
        amount("Only what came after this moment, in seconds since 1970; such as the last `timeSeconds`."),
      ),
    ],
    answers: {
      200: json("The figures.", figures, {
        example: {
          ...{ periodMs: 5_000, keptMs: 3_600_000, phases: PHASES },
          columns: {
            timeSeconds: [1795288410.389, 1795288415.392, 1795288422.719],
            ...{ generation: [2, 2, 2], phase: [1, 1, 3] },
            ...{
              heapUsedBytes: [null, 35622176, 51293040],
              heapCommittedBytes: [null, 398458880, 119537664],
            },
            ...{
              heapMaxBytes: [null, 1073741824, 1073741824],
              residentBytes: [15773696, 114388992, 153034752],
            },
            ...{ processors: [null, 0.294, 0.254], gcShare: [null, null, 0] },
            ...{ heartbeatMs: [null, null, 19.87], programs: [0, 0, 0] },
          },
        },
      }),
      400: problems([], "`since` is no number of seconds."),
    },
  },
  {
    ...{ method: "GET", path: "/metrics", access: "open", id: "getMetrics", tag: "state" },
    summary: "Everything that is measured, for Prometheus",
    description:
      "As Prometheus text, or as OpenMetrics where `Accept` prefers that; docs/METRICS.md names each.",
    answers: {
      200: {
        description: "The metrics.",
        content: {
          [MEDIA_TYPES.prometheus]: { schema: { type: "string" } },
          [MEDIA_TYPES.openmetrics]: { schema: { type: "string" } },
        },
      },
    },
  },
];
