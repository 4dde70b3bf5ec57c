/**
 * Where are the documents that say what the daemon is doing and plans?
 * @module
 */

import { disclosed } from "./disclosure.ts";
import type { Redact } from "./disclosure.ts";
import { SERVICE_DESCRIPTION } from "./openapi.ts";
import type { PlanDocument } from "./plan.ts";
import type { Route } from "./route.ts";
import type { Status } from "./status.ts";
import { taggedDocument } from "./tagged_document.ts";

/** What they are made from. */
export interface DocumentOptions {
  readonly status: () => Status;
  readonly plan: () => PlanDocument;
  readonly redact: Redact;
}

/** `/v1/status` and `/v1/plan`. */
export function documentRoutes({ status, plan, redact }: DocumentOptions): readonly Route[] {
  return [
    {
      ...{ method: "GET", path: "/v1/status", access: "open" },
      answer: ({ caller }) =>
        Response.json(disclosed(status(), { redact, caller }), { headers: { link: SERVICE_DESCRIPTION } }),
    },
    {
      ...{ method: "GET", path: "/v1/plan", access: "open" },
      answer: ({ request }) => taggedDocument(request, redact(plan())),
    },
  ];
}
