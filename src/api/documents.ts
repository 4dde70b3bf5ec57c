/**
 * Where are the documents that say what the daemon is doing and plans?
 * @module
 */

import { disclosed } from "./disclosure.ts";
import type { Redact } from "./disclosure.ts";
import type { PlanDocument } from "./plan.ts";
import type { Route } from "./route.ts";
import type { Status } from "./status.ts";

/** What they are made from. */
export interface DocumentOptions {
  readonly status: () => Status;
  readonly plan: () => PlanDocument;
  readonly redact: Redact;
}

/** A document that seldom changes, and is not sent again to who says that he has it. */
async function taggedDocument({ headers }: Request, document: unknown): Promise<Response> {
  const text = JSON.stringify(document);
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  // 64 bits tell one plan from another.
  const etag = `"${new Uint8Array(digest, 0, 8).toHex()}"`;
  const known = headers.get("if-none-match")?.split(",").map((each) => each.trim().replace(/^W\//, ""));
  if (known?.some((each) => each === etag || each === "*")) {
    return new Response(null, { status: 304, headers: { etag } });
  }
  return new Response(text, { headers: { etag, "content-type": "application/json" } });
}

/** `/v1/status` and `/v1/plan`. */
export function documentRoutes({ status, plan, redact }: DocumentOptions): readonly Route[] {
  return [
    {
      ...{ method: "GET", path: "/v1/status", access: "open" },
      answer: ({ caller }) => Response.json(disclosed(status(), { redact, caller })),
    },
    {
      ...{ method: "GET", path: "/v1/plan", access: "open" },
      answer: ({ request }) => taggedDocument(request, redact(plan())),
    },
  ];
}
