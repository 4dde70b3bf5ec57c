/**
 * Which resources does the API have? Each is a list of routes from a file of its own; this is the list of lists.
 * @module
 */

import { commandRoutes } from "../api/commands.ts";
import { dashboardRoutes } from "../api/dashboard.ts";
import { disclosed } from "../api/disclosure.ts";
import type { Redact } from "../api/disclosure.ts";
import { documentRoutes } from "../api/documents.ts";
import { dumpRoutes } from "../api/dumps.ts";
import { eventRoutes } from "../api/events.ts";
import { figuresRoutes } from "../api/figures.ts";
import { incidentRoutes } from "../api/incidents.ts";
import { leaseRoutes } from "../api/leases.ts";
import { logLevelRoutes } from "../api/log_level.ts";
import { logRoutes } from "../api/logs.ts";
import { metricsRoutes } from "../api/metrics.ts";
import { openApiRoutes } from "../api/openapi.ts";
import { probeRoutes } from "../api/probes.ts";
import { problemRoutes } from "../api/problem_pages.ts";
import type { Route } from "../api/route.ts";
import { StreamRoom } from "../api/stream_room.ts";
import type { Assembly, DaemonOptions } from "./assembly.ts";
import { DumpTaker } from "./dump_taker.ts";
import { readOutputs, underNames } from "../gateway/output_reader.ts";
import { redact as redactText } from "../incident/redaction/redact.ts";
import { IncidentShelf } from "../incident/shelf.ts";
import type { Instruments } from "./instruments.ts";
import { sparkLogLevels } from "./log_levels.ts";
import { VERSION } from "../version.ts";

/** What the resources are made from. */
export interface ApiParts {
  readonly assembly: Assembly;
  readonly options: DaemonOptions;
  readonly instruments: Instruments;
  readonly redact: Redact;
  /** What is known to be secret by its value. */
  readonly secrets: readonly string[];
}

/** Every route of the daemon. */
export function apiRoutes({ assembly, options, instruments, redact, secrets }: ApiParts): readonly Route[] {
  const { driver, supervisor, status, plan, programs, events, store } = assembly;
  const { post } = supervisor;
  const { runtime: { files, clock }, folders } = options;
  const room = new StreamRoom();
  const outputs = {
    files,
    clock,
    folder: folders.logs,
    redact: (text: string) => redactText(text, secrets).text,
  };
  const dumping = new DumpTaker({
    ...{ ...options, redact: outputs.redact, state: folders.state },
    process: (generation) => driver.gateway(generation)?.jvm ?? null,
    heapBytes: () => status().plan.heap.bytes,
    onStandstill: (generation) => post({ kind: "patience", generation, why: "it writes a heap dump" }),
  });
  return [
    ...probeRoutes({ status, redact }),
    ...documentRoutes({ status, plan, redact }),
    ...commandRoutes({ status, isEnding: () => supervisor.state.ending, post }),
    ...dumpRoutes({ dumping: dumping, status }),
    ...metricsRoutes(instruments),
    ...figuresRoutes(instruments),
    ...leaseRoutes({ leasing: programs }),
    ...eventRoutes({ history: events, status: (caller) => disclosed(status(), { redact, caller }), room }),
    ...incidentRoutes(new IncidentShelf({ store, files, secrets, version: VERSION })),
    ...logRoutes({ read: (request) => underNames(readOutputs(request, outputs), request), room }),
    ...logLevelRoutes(sparkLogLevels(assembly, options)),
    ...dashboardRoutes(),
    ...problemRoutes(),
    ...openApiRoutes({ version: VERSION }),
  ];
}
