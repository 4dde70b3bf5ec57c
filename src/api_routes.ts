/**
 * Which resources does the API have? Each is a list of routes from a file of its own; this is the list of lists.
 * @module
 */

import { commandRoutes } from "./api/commands.ts";
import { disclosed } from "./api/disclosure.ts";
import { dashboardRoutes } from "./api/dashboard.ts";
import type { Redact } from "./api/disclosure.ts";
import { documentRoutes } from "./api/documents.ts";
import { eventRoutes } from "./api/events.ts";
import { figuresRoutes } from "./api/figures.ts";
import { leaseRoutes } from "./api/leases.ts";
import { metricsRoutes } from "./api/metrics.ts";
import { probeRoutes } from "./api/probes.ts";
import type { Route } from "./api/route.ts";
import { StreamRoom } from "./api/stream_room.ts";
import type { Assembly, DaemonOptions } from "./assembly.ts";
import type { Instruments } from "./instruments.ts";

/** What the resources are made from. */
export interface ApiParts {
  readonly assembly: Assembly;
  readonly options: DaemonOptions;
  readonly instruments: Instruments;
  readonly redact: Redact;
}

/** Every route of the daemon. */
export function apiRoutes({ assembly, instruments, redact }: ApiParts): readonly Route[] {
  const { supervisor: { post }, status, plan, programs, events } = assembly;
  const room = new StreamRoom();
  return [
    ...probeRoutes({ status, redact }),
    ...documentRoutes({ status, plan, redact }),
    ...commandRoutes({ status, post }),
    ...metricsRoutes(instruments),
    ...figuresRoutes(instruments),
    ...leaseRoutes({ leasing: programs }),
    ...eventRoutes({ history: events, status: () => disclosed(status(), redact), room }),
    ...dashboardRoutes(),
  ];
}
