/**
 * How HTTP requests come in at a socket in the file system that only this user may open. Deno's own server is used:
 * the sockets that Node's makes there are inherited by every child (Deno 2.9), and a JVM that outlives a killed daemon
 * would then keep the socket open, where nobody answers. Its user is trusted with its time, not with its sizes.
 * @module
 */

import { reasonOf } from "../errors.ts";
import { GRACE_MS, HTTP_LIMITS, within } from "./http.ts";
import type { Handler, HttpServer } from "./http.ts";
import { isPlain } from "./http_request.ts";

/**
 * Listens for HTTP requests at a path where there is nothing yet; the socket is removed when it stops.
 * @throws {Error} When there cannot be a socket.
 */
export function serveSocket(path: string, handler: Handler): Pick<HttpServer, "stop"> {
  const closing = new AbortController();
  const cut = new AbortController();
  const answering = new Set<Promise<void>>();
  const server = listen(path, cut.signal, async (request, info) => {
    if (closing.signal.aborted) return bare(503);
    const answered = info.completed.catch(() => {}).then(() => void answering.delete(answered));
    answering.add(answered);
    const plain = await plainRequest(request);
    if (typeof plain === "number") return bare(plain);
    return await handler(plain, { closing: closing.signal, entrance: "socket" });
  });
  let stopped: Promise<void> | undefined;
  return { stop: (graceMs = GRACE_MS) => stopped ??= stop(graceMs) };

  async function stop(graceMs: number): Promise<void> {
    closing.abort();
    await within(graceMs, Promise.all(answering));
    // `shutdown` waits for every stream, and an abort after it is an uncaught error: it is one or the other.
    // The abort may cut the last bytes even of a completed answer, so it is not for the ordinary case.
    if (answering.size === 0) await within(graceMs, server.shutdown());
    else {
      cut.abort();
      await server.finished;
    }
    await Deno.remove(path).catch(() => {});
  }
}

function listen(
  path: string,
  signal: AbortSignal,
  handler: Deno.ServeHandler<Deno.UnixAddr>,
): Deno.HttpServer<Deno.UnixAddr> {
  // Nobody else may connect, not even before its mode could be set.
  const mask = Deno.umask(0o177);
  try {
    // Compression is named because the environment changes its default.
    return Deno.serve({ path, signal, automaticCompression: false, onListen() {} }, handler);
  } catch (cause) {
    throw new Error(`Could not listen at ${path}: ${reasonOf(cause)}.`, { cause });
  } finally {
    Deno.umask(mask);
  }
}

/** The request as every handler gets it, or the status code of its refusal. */
async function plainRequest(request: Request): Promise<Request | number> {
  const { method, headers, url } = request;
  const target = url.replace(/^[a-z+]+:\/\/[^/?#]*/i, "");
  if (!isPlain(target)) return 400;
  if (headers.has("transfer-encoding")) return 411;
  if (Number(headers.get("content-length") ?? 0) > HTTP_LIMITS.bodyBytes) return 413;
  const body = await request.bytes();
  const hasBody = body.length > 0 && method !== "GET" && method !== "HEAD";
  return new Request(`http://localhost${target}`, { method, headers, ...(hasBody ? { body } : {}) });
}

function bare(status: number): Response {
  return new Response(null, { status, headers: { connection: "close" } });
}
