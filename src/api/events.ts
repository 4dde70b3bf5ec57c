/**
 * What has happened, and what happens now?
 * @module
 */

import type { Gap, PublishedEvent } from "../core/events/event.ts";
import { disclosedEvent } from "./disclosure.ts";
import { eventStream } from "./event_stream.ts";
import type { Feed } from "./event_stream.ts";
import { numberIn } from "./query.ts";
import type { Caller, Route, RoutedRequest } from "./route.ts";
import type { StreamRoom } from "./stream_room.ts";

/** What is answered of the history. */
export interface EventsDocument {
  /** Oldest first. */
  readonly events: readonly PublishedEvent[];
  /** What was asked for and is not to be had any more. */
  readonly gap: Gap | null;
  /** The number of the newest event there is. */
  readonly last: number;
}

/** The history, as far as it is kept. */
export interface EventHistory {
  readonly last: number;
  page(since: number | null, limit: number): EventsDocument;
  subscribe(since: number | null): Feed;
}

/** What answering needs. */
export interface EventRoutesOptions {
  readonly history: EventHistory;
  /** The status as this caller may read it. */
  readonly status: (caller: Caller) => unknown;
  readonly room: StreamRoom;
}

const MOST_EVENTS = 1000;
const USUAL_EVENTS = 100;

/** The routes of events. */
export function eventRoutes(options: EventRoutesOptions): readonly Route[] {
  return [
    { method: "GET", path: "/v1/events", access: "open", answer: (request) => history(request, options) },
    {
      ...{ method: "GET", path: "/v1/events/stream", access: "open" },
      answer: (request) => stream(request, options),
    },
  ];
}

function history({ url, caller }: RoutedRequest, { history }: EventRoutesOptions): Response {
  const since = sinceIn(url);
  const limit = numberIn(url, "limit", { least: 1, most: MOST_EVENTS });
  if (since instanceof Response) return since;
  if (limit instanceof Response) return limit;
  const page = history.page(since, limit ?? USUAL_EVENTS);
  return Response.json({ ...page, events: page.events.map((event) => disclosedEvent(event, caller)) });
}

function stream(
  { request, url, caller, closing }: RoutedRequest,
  { history, status, room }: EventRoutesOptions,
): Response {
  // A browser that comes again sends the address it was given first, and what it has seen since.
  const lastEventId = request.headers.get("last-event-id");
  const since = lastEventId === null ? sinceIn(url) : Number(/^\d{1,15}$/.exec(lastEventId)?.[0] ?? 0);
  if (since instanceof Response) return since;
  const headers = { "content-type": "text/event-stream", "x-accel-buffering": "no" };
  if (request.method === "HEAD") return new Response(null, { headers });
  const leave = room.enter();
  if (leave instanceof Response) return leave;
  // Nothing can happen between these two lines: what the status does not tell yet, the feed will.
  const snapshot = { status: status(caller), seq: since ?? history.last };
  const feed = history.subscribe(since);
  const show = (event: PublishedEvent) => disclosedEvent(event, caller);
  return new Response(eventStream({ feed, snapshot, show, closing, onEnd: leave }), { headers });
}

function sinceIn(url: URL): number | null | Response {
  return numberIn(url, "since", { least: 0, most: Number.MAX_SAFE_INTEGER });
}
