/**
 * How do events come over a connection that stays open? As server-sent events (WHATWG HTML, section 9.2). What a client
 * does not read is not made: it is taken from the history when the client has room for it.
 * @module
 */

import type { Gap, PublishedEvent } from "../core/events/event.ts";

/** One listener to the daemon's events. */
export interface Feed {
  /** What was not to be had any more when it began. */
  readonly gap: Gap | null;
  /** What has come since it was asked last, oldest first; `null` when it is told no more. */
  take(limit: number): readonly PublishedEvent[] | null;
  /** Resolves when there is something to take or it is told no more, and at the latest after `ms` milliseconds. */
  wait(ms: number): Promise<void>;
  close(): void;
  /** Told when it is too slow to be told anything more. */
  onDropped: () => void;
}

/** Proxies take a connection for dead after 30 to 60 s without a byte; half of the least. */
export const KEEP_ALIVE_MS = 15_000;
/** What a browser waits for before it comes again. */
const RETRY_MS = 2_000;
/** How many events go out in one piece. */
const BATCH = 64;

/** What a stream needs. */
export interface EventStreamOptions {
  readonly feed: Feed;
  /** The status at the moment at which the feed began, and the number of the last event known to the client then. */
  readonly snapshot: { readonly status: unknown; readonly seq: number };
  /** What of an event this client is told; the same object for the same event. */
  readonly show: (event: PublishedEvent) => PublishedEvent;
  /** Aborted when the listener is about to be closed. */
  readonly closing: AbortSignal;
  /** Told once when the client has gone, or everything has been said. */
  readonly onEnd: () => void;
}

const encoder = new TextEncoder();
const COMMENT = encoder.encode(": still here\n\n");
/** Each event is put into words once, however many listen. */
const FRAMES = new WeakMap<PublishedEvent, string>();

/** The body of the answer: a snapshot, what is missing if anything is, then events as they come. */
export function eventStream(
  { feed, snapshot, show, closing, onEnd }: EventStreamOptions,
): ReadableStream<Uint8Array> {
  let isOpen = true;
  // A feed that is closed wakes whoever waits for it; the stream then ends itself.
  const leave = () => feed.close();
  const end = () => {
    isOpen = false;
    feed.close();
    closing.removeEventListener("abort", leave);
    onEnd();
  };
  closing.addEventListener("abort", leave, { once: true });
  if (closing.aborted) leave();
  const opening = [
    `retry: ${RETRY_MS}\n`,
    frame("snapshot", snapshot.seq, snapshot.status),
    ...(feed.gap === null ? [] : [frame("gap", feed.gap.before - 1, feed.gap)]),
  ].join("");
  let said = false;
  return new ReadableStream<Uint8Array>({
    start(controller) {
      feed.onDropped = () => {
        end();
        // An orderly end would wait behind all that the client has not read.
        controller.error(new Error("the client reads too slowly"));
      };
    },
    async pull(controller) {
      if (!said) {
        said = true;
        return controller.enqueue(encoder.encode(opening));
      }
      let events = feed.take(BATCH);
      if (events?.length === 0) {
        await feed.wait(KEEP_ALIVE_MS);
        events = feed.take(BATCH);
      }
      if (!isOpen) return;
      if (events === null) {
        end();
        return controller.close();
      }
      controller.enqueue(
        events.length === 0 ? COMMENT : encoder.encode(events.map((event) => frameOf(show(event))).join("")),
      );
    },
    cancel: end,
    // Nothing is made before it is asked for.
  }, { highWaterMark: 0 });
}

function frameOf(event: PublishedEvent): string {
  const known = FRAMES.get(event);
  if (known !== undefined) return known;
  const made = frame(event.kind, event.seq, event);
  FRAMES.set(event, made);
  return made;
}

/** JSON has no line end of its own, so that one line of data is enough. */
function frame(event: string, id: number, data: unknown): string {
  return `event: ${event}\nid: ${id}\ndata: ${JSON.stringify(data)}\n\n`;
}
