/**
 * Who may ask? A loopback listener is open to every web page the user visits and to every other user of the
 * machine, so the Host header, the page a request comes from, and a token for anything that acts are checked.
 * @module
 */

import { problem } from "./problem.ts";
import type { Access, Caller } from "./route.ts";

/** Which door a request came by: any process of the machine reaches TCP, only this user the socket. */
export type Entrance = "tcp" | "socket";

/** What a request is checked against. */
export interface GuardOptions {
  /** The address listened on. */
  readonly hostname: string;
  /** What a request that acts must carry: `Authorization: Bearer …`. */
  readonly token: string;
}

/** The refusal of a request that may not even be looked at, whatever it asks for; `null` when it may. */
export function refuseStranger(request: Request, { hostname }: GuardOptions): Response | null {
  const hosts = ["localhost", "127.0.0.1", "[::1]", hostname.includes(":") ? `[${hostname}]` : hostname];
  // After DNS rebinding the Host header is the only thing that still names the page's own domain.
  const host = request.headers.get("host")?.toLowerCase().replace(/:\d+$/, "").replace(/\.$/, "") ?? "";
  if (!hosts.includes(host)) {
    return problem(403, "The Host header does not name this machine's loopback address.");
  }
  return null;
}

/** The refusal of a request that may not have what it asks for; or who asks. */
export function admit(
  request: Request,
  { access, entrance, token }: {
    readonly access: Access;
    readonly entrance: Entrance;
    readonly token: string;
  },
): Caller | Response {
  if (access !== "open" && isOfAnotherSite(request)) {
    return problem(403, "A page of another site may not ask for this.");
  }
  const given = /^Bearer (.+)$/.exec(request.headers.get("authorization") ?? "")?.[1] ?? "";
  const caller = entrance === "socket" || sameText(given, token) ? "owner" : "anybody";
  if (access === "open" || caller === "owner") return caller;
  return problem(401, "This needs the token from the daemon's runtime folder.", {
    "www-authenticate": "Bearer",
  });
}

function isOfAnotherSite(request: Request): boolean {
  const site = request.headers.get("sec-fetch-site");
  if (site !== null) return site !== "same-origin" && site !== "none";
  const origin = request.headers.get("origin");
  if (origin === null) return false;
  return !URL.canParse(origin) || new URL(origin).host !== request.headers.get("host");
}

/** Compares in a time that tells nothing about where two texts differ. */
function sameText(a: string, b: string): boolean {
  const encoder = new TextEncoder();
  const [left, right] = [encoder.encode(a), encoder.encode(b)];
  let different = left.length ^ right.length;
  for (let i = 0; i < right.length; i++) different |= (left[i] ?? 0) ^ (right[i] ?? 0);
  return different === 0;
}
