/**
 * How HTTP requests come in, and how the listener is closed without waiting for streams that never end.
 * @module
 */

import { reasonOf } from "../errors.ts";

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
   * @param options The text for a person, and what Deno threw.
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

/** Answers one request. One that throws is answered 500. */
export type Handler = (request: Request, arrival: Arrival) => Response | Promise<Response>;

/** A listener. */
export interface HttpServer {
  readonly port: number;
  /**
   * Closes the listener: lets answers under way and streams end for `graceMs`, then cuts what is left. Never
   * rejects; harmless when called again.
   */
  stop(graceMs?: number): Promise<void>;
}

const GRACE_MS = 1000;

/**
 * Listens for HTTP requests.
 * @throws {ListenFailure}
 */
export function serve(address: ListenAddress, handler: Handler): HttpServer {
  // Deno would listen wherever this variable says instead of at `address` (measured on 2.9).
  Deno.env.delete("DENO_SERVE_ADDRESS");
  const closing = new AbortController();
  const cut = new AbortController();
  const answering = new Set<Promise<void>>();
  const server = listen(address, {
    signal: cut.signal,
    handler(request, info) {
      if (closing.signal.aborted) {
        return new Response(null, { status: 503, headers: { connection: "close" } });
      }
      const answered = info.completed.catch(() => {}).then(() => void answering.delete(answered));
      answering.add(answered);
      return handler(request, { closing: closing.signal, entrance: "tcp" });
    },
  });
  let stopped: Promise<void> | undefined;
  return { port: server.addr.port, stop: (graceMs = GRACE_MS) => stopped ??= stop(graceMs) };

  async function stop(graceMs: number): Promise<void> {
    closing.abort();
    await within(graceMs, Promise.all(answering));
    // `shutdown` waits for every stream, and an abort after it is an uncaught error: it is one or the other.
    // The abort may cut the last bytes even of a completed answer, so it is not for the ordinary case.
    if (answering.size === 0) return await within(graceMs, server.shutdown());
    cut.abort();
    await server.finished;
  }
}

function listen(
  { hostname, port }: ListenAddress,
  { signal, handler }: { signal: AbortSignal; handler: Deno.ServeHandler<Deno.NetAddr> },
): Deno.HttpServer<Deno.NetAddr> {
  try {
    // Explicit, because the environment changes the default.
    const options = { hostname, port, signal, automaticCompression: false, onListen() {} };
    return Deno.serve(options, handler);
  } catch (cause) {
    const message = `Could not listen on ${hostname}:${port}: ${reasonOf(cause)}.`;
    throw new ListenFailure(failureKind(cause), { message, cause });
  }
}

function failureKind(cause: unknown): ListenFailureKind {
  if (cause instanceof Deno.errors.AddrInUse) return "inUse";
  if (cause instanceof Deno.errors.AddrNotAvailable) return "notAvailable";
  if (cause instanceof Deno.errors.PermissionDenied) return "notPermitted";
  return "other";
}

/** Waits for `done`, but not longer than `ms`. */
async function within(ms: number, done: Promise<unknown>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  try {
    await Promise.race([done, promise]);
  } finally {
    clearTimeout(timer);
  }
}
