/**
 * How does an answer go out over a connection, at the pace of the one who reads it?
 * @module
 */

import type { ServerResponse } from "node:http";

type Reader = ReadableStreamDefaultReader<Uint8Array>;

/** Sends an answer; resolves when it has gone, or its reader has. A stream is cancelled when its reader leaves. */
export async function writeResponse(response: Response, outgoing: ServerResponse): Promise<void> {
  const { body, headers, status } = response;
  const reader = body?.getReader() ?? null;
  const gone = Promise.withResolvers<void>();
  // A pending read of a stream that is cancelled ends: nothing else waits for a reader that has left.
  const leave = () => {
    reader?.cancel().catch(() => {});
    gone.resolve();
  };
  outgoing.once("close", leave);
  outgoing.once("error", leave);
  if (outgoing.destroyed) return leave();
  const { pieces, next } = reader === null ? { pieces: [], next: null } : await begin(reader);
  outgoing.statusCode = status;
  for (const [name, value] of headers) outgoing.appendHeader(name, value);
  if (next === null && !headers.has("content-length") && status !== 204 && status !== 304) {
    outgoing.setHeader("content-length", pieces.reduce((sum, { length }) => sum + length, 0));
  }
  const isWanted = outgoing.req.method !== "HEAD";
  if (next === null) {
    // Head and body go together, for two packets would be read in two steps.
    outgoing.cork();
    if (isWanted) { for (const piece of pieces) outgoing.write(piece); }
  } else {
    outgoing.flushHeaders();
    if (isWanted) {
      for (const piece of pieces) await send(piece, outgoing);
      if (reader !== null) await pass(reader, { next, outgoing });
    }
  }
  outgoing.end();
  await gone.promise;
}

/** Enough to tell a document from a stream; more is not read ahead. */
const AHEAD_BYTES = 64 * 1024;

/** What there is of a body by the end of this turn of the event loop, and the read that is under way if it is not all. */
async function begin(
  reader: Reader,
): Promise<{ readonly pieces: readonly Uint8Array[]; readonly next: ReturnType<Reader["read"]> | null }> {
  const late = Promise.withResolvers<null>();
  const timer = setTimeout(() => late.resolve(null), 0);
  const pieces: Uint8Array[] = [];
  try {
    for (let bytes = 0;;) {
      const next = reader.read();
      const result = bytes < AHEAD_BYTES ? await Promise.race([next, late.promise]) : null;
      if (result === null) return { pieces, next };
      if (result.done) return { pieces, next: null };
      pieces.push(result.value);
      bytes += result.value.length;
    }
  } finally {
    clearTimeout(timer);
  }
}

async function pass(
  reader: Reader,
  { next, outgoing }: { readonly next: ReturnType<Reader["read"]>; readonly outgoing: ServerResponse },
): Promise<void> {
  // A body that fails ends the connection also while its reader takes nothing: whoever made it has given the reader up.
  reader.closed.catch(() => outgoing.destroy());
  for (let result = await next; !result.done; result = await reader.read()) {
    await send(result.value, outgoing);
    if (outgoing.destroyed) return;
  }
}

/** Waits while as much waits for the one who reads as Node and the kernel hold. */
async function send(piece: Uint8Array, outgoing: ServerResponse): Promise<void> {
  if (outgoing.destroyed || outgoing.write(piece)) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const go = () => resolve();
  outgoing.once("drain", go).once("close", go);
  // It may have left between the two.
  if (!outgoing.destroyed) await promise;
  outgoing.off("drain", go).off("close", go);
}
