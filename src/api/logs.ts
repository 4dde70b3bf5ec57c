/**
 * What has the gateway written? Lines of a program are its user's alone.
 * @module
 */

import { problem } from "./problem.ts";
import { numberIn, switchIn } from "./query.ts";
import type { Route, RoutedRequest } from "./route.ts";
import type { StreamRoom } from "./stream_room.ts";

/** What is wanted of the outputs. */
export interface LogRequest {
  readonly output: "stdout" | "stderr" | null;
  readonly lines: number;
  readonly follow: boolean;
  readonly signal: AbortSignal;
}

/** What answering needs. */
export interface LogRoutesOptions {
  /** Gives whole lines without secrets, and ends soon after its signal has been aborted. */
  readonly read: (request: LogRequest) => AsyncGenerator<string, void, void>;
  readonly room: StreamRoom;
}

const USUAL_LINES = 100;
const MOST_LINES = 10_000;

/** `GET /v1/logs`. */
export function logRoutes(options: LogRoutesOptions): readonly Route[] {
  return [{
    method: "GET",
    path: "/v1/logs",
    access: "private",
    answer: (request) => logs(request, options),
  }];
}

function logs({ url, closing }: RoutedRequest, { read, room }: LogRoutesOptions): Response {
  const output = url.searchParams.get("stream");
  if (output !== null && output !== "stdout" && output !== "stderr") {
    return problem(400, "stream must be stdout or stderr; both are given without it.");
  }
  const lines = numberIn(url, "lines", { least: 0, most: MOST_LINES });
  if (lines instanceof Response) return lines;
  const follow = switchIn(url, "follow");
  if (follow instanceof Response) return follow;
  const leave = follow ? room.enter() : () => {};
  if (leave instanceof Response) return leave;
  const stop = new AbortController();
  const texts = read({ output, lines: lines ?? USUAL_LINES, follow, signal: stop.signal });
  return new Response(streamOf(texts, { stop, closing, onEnd: leave }), {
    headers: { "content-type": "text/plain; charset=utf-8", "x-accel-buffering": "no" },
  });
}

/** What is not read is not made. */
function streamOf(
  texts: AsyncGenerator<string, void, void>,
  { stop, closing, onEnd }: {
    readonly stop: AbortController;
    readonly closing: AbortSignal;
    readonly onEnd: () => void;
  },
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const leave = () => stop.abort();
  closing.addEventListener("abort", leave, { once: true });
  const end = () => {
    closing.removeEventListener("abort", leave);
    onEnd();
  };
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { value, done } = await texts.next();
      if (stop.signal.aborted && !closing.aborted) return;
      if (!done) return controller.enqueue(encoder.encode(value));
      end();
      controller.close();
    },
    async cancel() {
      stop.abort();
      end();
      await texts.return();
    },
  }, { highWaterMark: 0 });
}
