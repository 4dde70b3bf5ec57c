/**
 * How HTTP requests come in, and how the listener is closed without waiting for streams that never end. Node's server
 * is used because Deno's own has no bound on how long a request may take to arrive, how large its head may be, and
 * how many connections there are; and it holds 1,000 idle streams in less memory (77 MB against 107, Deno 2.9).
 * @module
 */

import type { IncomingMessage, Server, ServerOptions, ServerResponse } from "node:http";
import { reasonOf } from "../errors.ts";
import { readRequest } from "./http_request.ts";
import { writeResponse } from "./http_response.ts";

/** Where to listen. */
export interface ListenAddress {
  readonly hostname: string;
  /** 0 lets the kernel choose. */
  readonly port: number;
}

/** Why nothing can be listened to at an address. */
export type ListenFailureKind = "inUse" | "notAvailable" | "notPermitted" | "other";

/** An address that cannot be listened at: the message says which, and why. */
export class ListenFailure extends Error {
  override readonly name = "ListenFailure";
  readonly kind: ListenFailureKind;

  /**
   * @param kind Why, for a program to act on.
   * @param options The text for a person, and what was thrown.
   */
  constructor(kind: ListenFailureKind, options: { message: string; cause: unknown }) {
    super(options.message, { cause: options.cause });
    this.kind = kind;
  }
}

/** How a request has come in. */
export interface Arrival {
  /** Aborted when the listener is about to be closed: a stream should end itself then. */
  readonly closing: AbortSignal;
  readonly entrance: "tcp" | "socket";
}

/**
 * Answers one request. One that throws is answered 500. The URL is `http://localhost` and what was asked for: the Host
 * header is a header.
 */
export type Handler = (request: Request, arrival: Arrival) => Response | Promise<Response>;

/** What a client may take of a listener. */
export interface HttpLimits {
  /** From the first byte of a connection, or of its next request, to the end of the head; then 408. */
  readonly headTimeoutMs: number;
  /** The same to the end of the body. */
  readonly requestTimeoutMs: number;
  /** How long a connection may wait for its next request. */
  readonly idleTimeoutMs: number;
  /** The request line and all headers; then 431. */
  readonly headBytes: number;
  /** Then 413. */
  readonly bodyBytes: number;
  /** At the same time; further ones are closed as they come. */
  readonly connections: number;
}

/**
 * Ordinary heads are below 1 KiB and arrive in one piece; the longest body is a few names and numbers; room for 1,000
 * streams and what else asks.
 */
export const HTTP_LIMITS: HttpLimits = {
  headTimeoutMs: 5_000,
  requestTimeoutMs: 10_000,
  idleTimeoutMs: 15_000,
  headBytes: 16 * 1024,
  bodyBytes: 64 * 1024,
  connections: 1_200,
};

/** A listener. */
export interface HttpServer {
  readonly port: number;
  /**
   * Closes the listener: lets answers under way and streams end for `graceMs`, then cuts what is left. Never
   * rejects; harmless when called again.
   */
  stop(graceMs?: number): Promise<void>;
}

/** How long answers under way are waited for. */
export const GRACE_MS = 1000;

/** How often too slow requests are looked for, in parts of the shortest time that is allowed: also while there are none. */
const CHECKS_A_TIMEOUT = 2;

/**
 * Listens for HTTP requests.
 * @throws {ListenFailure}
 */
export async function serve(
  address: ListenAddress,
  handler: Handler,
  limits: HttpLimits = HTTP_LIMITS,
): Promise<HttpServer> {
  // Deno would listen wherever this variable says instead of at `address` (measured on 2.9).
  Deno.env.delete("DENO_SERVE_ADDRESS");
  const closing = new AbortController();
  const answering = new Set<Promise<void>>();
  const options: ServerOptions & { connectionsCheckingInterval: number } = {
    headersTimeout: limits.headTimeoutMs,
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: limits.idleTimeoutMs,
    maxHeaderSize: limits.headBytes,
    connectionsCheckingInterval: Math.ceil(limits.headTimeoutMs / CHECKS_A_TIMEOUT),
  };
  // Loaded by those who listen: the others start 22 ms sooner without (measured).
  const { createServer } = await import("node:http");
  const server = createServer(options, (incoming, outgoing) => {
    const answered = answer(incoming, outgoing).finally(() => void answering.delete(answered));
    answering.add(answered);
  });
  server.maxConnections = limits.connections;
  const port = await listen(server, address);
  let stopped: Promise<void> | undefined;
  return { port, stop: (graceMs = GRACE_MS) => stopped ??= stop(graceMs) };

  async function answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    try {
      if (closing.signal.aborted) outgoing.setHeader("connection", "close");
      const request = closing.signal.aborted ? 503 : await readRequest(incoming, limits.bodyBytes);
      if (request === null) return void incoming.destroy();
      if (typeof request !== "number") {
        const response = await handler(request, { closing: closing.signal, entrance: "tcp" });
        return await writeResponse(response, outgoing);
      }
      // What is left of the body is not waited for.
      await writeResponse(
        new Response(null, { status: request, headers: { connection: "close" } }),
        outgoing,
      );
    } catch {
      if (!outgoing.headersSent) return await writeResponse(new Response(null, { status: 500 }), outgoing);
      outgoing.destroy();
    }
  }

  async function stop(graceMs: number): Promise<void> {
    closing.abort();
    await within(graceMs, Promise.all(answering));
    const closed = Promise.withResolvers<void>();
    server.close(() => closed.resolve());
    server.closeAllConnections();
    await closed.promise;
  }
}

async function listen(server: Server, address: ListenAddress): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once("error", reject);
  try {
    server.listen({ host: address.hostname, port: address.port }, resolve);
    await promise;
  } catch (cause) {
    const message = `Could not listen on ${address.hostname}:${address.port}: ${reasonOf(cause)}.`;
    throw new ListenFailure(failureKind(cause), { message, cause });
  }
  server.off("error", reject);
  const bound = server.address();
  return typeof bound === "object" && bound !== null && "port" in bound ? bound.port : 0;
}

function failureKind(cause: unknown): ListenFailureKind {
  const code = cause instanceof Error && "code" in cause ? cause.code : null;
  if (code === "EADDRINUSE") return "inUse";
  // The second is what Deno 2.9 makes of the first.
  if (code === "EADDRNOTAVAIL" || code === "EINVAL") return "notAvailable";
  if (code === "EACCES" || code === "EPERM") return "notPermitted";
  return "other";
}

/** Waits for `done`, but not longer than `ms`. */
export async function within(ms: number, done: Promise<unknown>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  try {
    await Promise.race([done, promise]);
  } finally {
    clearTimeout(timer);
  }
}
