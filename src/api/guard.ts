/**
 * Who may ask? A loopback listener is open to every web page the user visits and to every other user of the
 * machine, so the Host header, the page a request comes from, and a token for anything that acts are checked.
 * @module
 */

import { problem } from "./problem.ts";

/** What a request is checked against. */
export interface GuardOptions {
  /** The address listened on. */
  readonly hostname: string;
  /** What a request that acts must carry: `Authorization: Bearer …`. */
  readonly token: string;
}

/** A refusal, or `null` when the request may pass. */
export function refuse(request: Request, { hostname, token }: GuardOptions): Response | null {
  const hosts = ["localhost", "127.0.0.1", "[::1]", hostname.includes(":") ? `[${hostname}]` : hostname];
  // After DNS rebinding the Host header is the only thing that still names the page's own domain.
  const host = request.headers.get("host")?.toLowerCase().replace(/:\d+$/, "").replace(/\.$/, "") ?? "";
  if (!hosts.includes(host)) {
    return problem(403, "The Host header does not name this machine's loopback address.");
  }
  if (request.method === "GET" || request.method === "HEAD") return null;
  const site = request.headers.get("sec-fetch-site");
  const origin = request.headers.get("origin");
  if (
    site !== null && site !== "same-origin" && site !== "none" || site === null && !sameHost(origin, request)
  ) {
    return problem(403, "A page of another site may not act here.");
  }
  const given = /^Bearer (.+)$/.exec(request.headers.get("authorization") ?? "")?.[1] ?? "";
  if (!sameText(given, token)) {
    return problem(401, "This needs the token from the daemon's runtime folder.", {
      "www-authenticate": "Bearer",
    });
  }
  return null;
}

function sameHost(origin: string | null, request: Request): boolean {
  return origin === null || URL.canParse(origin) && new URL(origin).host === request.headers.get("host");
}

/** Compares in a time that tells nothing about where two texts differ. */
function sameText(a: string, b: string): boolean {
  const encoder = new TextEncoder();
  const [left, right] = [encoder.encode(a), encoder.encode(b)];
  let different = left.length ^ right.length;
  for (let i = 0; i < right.length; i++) different |= (left[i] ?? 0) ^ (right[i] ?? 0);
  return different === 0;
}
