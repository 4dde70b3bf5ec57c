/**
 * What does a monitoring system read? `GET /metrics`, in the format it asks for.
 * @module
 */

import { exposition, MEDIA_TYPES } from "../core/metrics/exposition.ts";
import type { Family } from "../core/metrics/family.ts";
import { preferred } from "./accept.ts";
import type { Route } from "./route.ts";

/** What answering needs. */
export interface MetricsApiOptions {
  /** Everything that is measured, as it is now. */
  readonly families: () => Promise<readonly Family[]>;
}

/** No number of it says anything that the open status does not, so that a scraper needs no token. */
export function metricsRoutes({ families }: MetricsApiOptions): readonly Route[] {
  return [{
    method: "GET",
    path: "/metrics",
    access: "open",
    answer: async ({ request }) => {
      const type = preferred(request.headers.get("accept"), [
        MEDIA_TYPES.prometheus,
        MEDIA_TYPES.openmetrics,
      ]);
      const format = type === MEDIA_TYPES.openmetrics ? "openmetrics" : "prometheus";
      return new Response(exposition(await families(), format), {
        headers: { "content-type": type, vary: "Accept" },
      });
    },
  }];
}
