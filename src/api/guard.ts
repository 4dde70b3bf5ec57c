/**
 * Who may ask? A loopback listener is open to every web page the user visits and to every other user of the
 * machine, so the Host header, the page a request comes from, and a token for anything that acts are checked.
 * @module
 */

import { isKnownHost } from "./hosts.ts";
import { problem, problemOf } from "./problem.ts";
import type { Access, Caller } from "./route.ts";

/** Which door a request came by: any process of the machine reaches TCP, only this user the socket. */
export type Entrance = "tcp" | "socket";

/** What a request is checked against. */
export interface GuardOptions {
  /** By which names the API may be asked for, in lower case. */
  readonly hosts: readonly string[];
  /** What a request that acts must carry: `Authorization: Bearer …`; `null` while there is none. */
  readonly token: string | null;
}

/** The refusal of a request that may not even be looked at, whatever it asks for; `null` when it may. */
export function refuseStranger(request: Request, { hosts }: Pick<GuardOptions, "hosts">): Response | null {
  if (isKnownHost(request.headers.get("host"), hosts)) return null;
  return problemOf(
    "host-not-allowed",
    "The Host header names neither this machine's loopback address nor a host of --trusted-hosts.",
  );
}

/** The refusal of a request that may not have what it asks for; or who asks. */
export function admit(
  request: Request,
  { access, entrance, token }: {
    readonly access: Access;
    readonly entrance: Entrance;
    readonly token: string | null;
  },
): Caller | Response {
  if (access !== "open" && isOfAnotherSite(request)) {
    return problemOf("cross-site", "A page of another site may not ask for this.");
  }
  const given = /^Bearer +([!-~]+)$/i.exec(request.headers.get("authorization") ?? "")?.[1] ?? "";
  const isOwner = entrance === "socket" || token !== null && sameText(given, token);
  const caller = isOwner ? "owner" : "anybody";
  if (access !== "open" && caller === "anybody") {
    return problemOf(
      "token-needed",
      "This needs the token of daemon.json in the daemon's runtime folder, or the socket beside it.",
      { headers: { "www-authenticate": "Bearer" } },
    );
  }
  // A page of another site can send a form or plain text unasked; JSON it cannot.
  if (request.body !== null && !isJson(request.headers.get("content-type"))) {
    return problem(415, "A body must be JSON, and say so: Content-Type: application/json.", {
      accept: "application/json",
    });
  }
  return caller;
}

function isOfAnotherSite({ headers }: Request): boolean {
  const site = headers.get("sec-fetch-site");
  if (site !== null && site !== "same-origin" && site !== "none") return true;
  const origin = headers.get("origin");
  return origin !== null && (!URL.canParse(origin) || new URL(origin).host !== headers.get("host"));
}

function isJson(contentType: string | null): boolean {
  return /^application\/json *(?:; *charset="?utf-8"? *)?$/i.test(contentType ?? "");
}

/** Compares in a time that tells nothing about where two texts differ. */
function sameText(a: string, b: string): boolean {
  const encoder = new TextEncoder();
  const [left, right] = [encoder.encode(a), encoder.encode(b)];
  let different = left.length ^ right.length;
  for (let i = 0; i < right.length; i++) different |= (left[i] ?? 0) ^ (right[i] ?? 0);
  return different === 0;
}
