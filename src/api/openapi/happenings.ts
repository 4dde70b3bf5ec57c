/**
 * How is asking for events told?
 * @module
 */

import { exampleDeath } from "./examples.ts";
import { eventsDocument } from "./events.ts";
import { inQuery, json, plain, problems } from "./operation.ts";
import type { Operation } from "./operation.ts";
import { whole } from "./schema.ts";

const SINCE = inQuery("since", whole("Only what follows the event of this number."));

const EVIDENCE = "the lines of evidence of a death; the lists are empty otherwise";

/** The sequence is told in words: OpenAPI 3.1 has none for a stream of events. */
const STREAM =
  "Server-sent events. First `event: snapshot` with a `Status`; then, where what was asked for is not to be had any " +
  "more, `event: gap` with a `Gap`; then what has been since the number that was given, and each event as it " +
  "happens, under its kind, with its number as `id` and an `Event` as `data`. A comment every 15 s.";

/** What can be asked. */
export const eventOperations: readonly Operation[] = [
  {
    ...{ method: "GET", path: "/v1/events", access: "open", id: "getEvents", tag: "events" },
    summary: "What has happened",
    ownerHas: EVIDENCE,
    parameters: [
      SINCE,
      inQuery("limit", whole("How many at most.", { minimum: 1, maximum: 1_000, default: 100 })),
    ],
    answers: {
      200: json("The newest events, or the first that follow `since`; oldest first.", eventsDocument, {
        example: { events: [exampleDeath], gap: null, last: exampleDeath.seq },
      }),
      400: problems([], "`since` or `limit` is no such number."),
    },
  },
  {
    ...{ method: "GET", path: "/v1/events/stream", access: "open", id: "streamEvents", tag: "events" },
    summary: "What happens, as it does",
    description: STREAM,
    ownerHas: EVIDENCE,
    parameters: [
      SINCE,
      {
        ...{ name: "last-event-id", required: false },
        in: "header",
        description:
          "As `since`, which it wins over: what a browser's `EventSource` sends when it comes again.",
        schema: { type: "string" },
      },
    ],
    answers: {
      200: plain(
        "The stream. It ends when the daemon does.",
        `retry: 2000\nevent: snapshot\nid: ${exampleDeath.seq - 1}\ndata: {"phase":"ready",…}\n\n` +
          `event: died\nid: ${exampleDeath.seq}\ndata: {"seq":${exampleDeath.seq},"kind":"died",…}\n\n`,
        { type: "text/event-stream" },
      ),
      400: problems([], "`since` is no such number."),
      503: problems([], "As many streams are open as may be, or the daemon is starting: ask again later."),
    },
  },
];
