/**
 * Where is told what can be asked, and what is answered? `GET /openapi.json`; and the header by which it is found.
 * @module
 */

import type { Route } from "./route.ts";
import { taggedDocument } from "./tagged_document.ts";

/** The description (RFC 8631) of the service that an answer is of. */
export const SERVICE_DESCRIPTION = '</openapi.json>; rel="service-desc"; type="application/json"';

/** The route. The document is made when it is first asked for: hardly anybody does, and putting it together takes 9 ms. */
export function openApiRoutes({ version }: { readonly version: string }): readonly Route[] {
  let document: Promise<unknown> | undefined;
  return [{
    ...{ method: "GET", path: "/openapi.json", access: "open" },
    answer: async ({ request }) => await taggedDocument(request, await (document ??= made(version))),
  }];
}

async function made(version: string): Promise<unknown> {
  const { openApiDocument } = await import("./openapi/document.ts");
  return openApiDocument(version);
}
