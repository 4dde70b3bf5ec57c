/**
 * Is what has come over a connection a request that anybody should have to understand? Whatever two readers could
 * understand in two ways is refused before anybody acts on it.
 * @module
 */

import type { IncomingMessage } from "node:http";

/** What a request may ask the daemon to do; TRACE, CONNECT and whatever else there is have no place here. */
const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/** The request with its whole body; the status code of its refusal; or `null` when its sender has left. */
export async function readRequest(
  incoming: IncomingMessage,
  bodyBytes: number,
): Promise<Request | number | null> {
  const { method = "", rawHeaders, httpVersion } = incoming;
  if (!METHODS.includes(method)) return 501;
  if (httpVersion !== "1.1" && httpVersion !== "1.0") return 505;
  const names = rawHeaders.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase());
  // Of several, one reader takes the first and the next the last.
  if (
    ["host", "content-length", "transfer-encoding", "authorization"].some((one) => occurs(one, names) > 1)
  ) {
    return 400;
  }
  if (occurs("host", names) !== 1) return 400;
  const url = originForm(incoming);
  if (!isPlain(url)) return 400;
  if (Number(incoming.headers["content-length"] ?? 0) > bodyBytes) return 413;
  const isEmpty = occurs("content-length", names) + occurs("transfer-encoding", names) === 0;
  const body = isEmpty ? new Uint8Array() : await readBody(incoming, bodyBytes);
  if (body === null) return null;
  if (body === "too long") return 413;
  const headers = new Headers();
  for (let index = 0; index < rawHeaders.length; index += 2) {
    headers.append(rawHeaders[index] ?? "", rawHeaders[index + 1] ?? "");
  }
  const hasBody = body.length > 0 && method !== "GET" && method !== "HEAD";
  return new Request(`http://localhost${url}`, { method, headers, ...(hasBody ? { body } : {}) });
}

function occurs(name: string, names: readonly string[]): number {
  return names.filter((each) => each === name).length;
}

/** The target without the origin that clients of proxies put before it, where that is the one they name as their host. */
function originForm({ url = "", headers: { host = "" } }: IncomingMessage): string {
  const origin = `http://${host}/`;
  return host !== "" && url.toLowerCase().startsWith(origin.toLowerCase())
    ? url.slice(origin.length - 1)
    : url;
}

/** Whether a target is a path as everybody writes it: no other origin, no way up or back, no fragment. */
export function isPlain(target: string): boolean {
  if (!target.startsWith("/") || !URL.canParse(`http://localhost${target}`)) return false;
  const { host, pathname, search } = new URL(`http://localhost${target}`);
  return host === "localhost" && pathname + search === target.replace(/\?$/, "");
}

function readBody(
  incoming: IncomingMessage,
  bodyBytes: number,
): Promise<Uint8Array<ArrayBuffer> | "too long" | null> {
  const { promise, resolve } = Promise.withResolvers<Uint8Array<ArrayBuffer> | "too long" | null>();
  const body = new Uint8Array(bodyBytes);
  let length = 0;
  // What comes after the limit is read and forgotten: a connection closed over it would take the refusal with it.
  incoming.on("data", (piece: Uint8Array) => {
    if (length + piece.length > bodyBytes) return resolve("too long");
    body.set(piece, length);
    length += piece.length;
  });
  incoming.once("end", () => resolve(body.slice(0, length)));
  incoming.once("error", () => resolve(null));
  incoming.once("close", () => resolve(null));
  return promise;
}
