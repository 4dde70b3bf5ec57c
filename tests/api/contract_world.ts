/**
 * An API of every route there is, over what a test scripts: real routes, real documents, a real store of incidents, and
 * nothing behind them.
 * @module
 */

import { join } from "@std/path";
import { dashboardRoutes } from "../../src/api/dashboard.ts";
import { disclosed } from "../../src/api/disclosure.ts";
import { dumpRoutes } from "../../src/api/dumps.ts";
import type { DumpOutcome, HeapDumpDocument } from "../../src/api/dumps.ts";
import { eventRoutes } from "../../src/api/events.ts";
import { figuresRoutes } from "../../src/api/figures.ts";
import { incidentRoutes } from "../../src/api/incidents.ts";
import { leaseRoutes } from "../../src/api/leases.ts";
import type { Leasing, OutcomeDocument } from "../../src/api/leases.ts";
import { logLevelRoutes } from "../../src/api/log_level.ts";
import type { LevelChange } from "../../src/api/log_level.ts";
import { logRoutes } from "../../src/api/logs.ts";
import { metricsRoutes } from "../../src/api/metrics.ts";
import { openApiRoutes } from "../../src/api/openapi.ts";
import { planDocumentOf } from "../../src/api/plan.ts";
import type { PlanDocument } from "../../src/api/plan.ts";
import { problemRoutes } from "../../src/api/problem_pages.ts";
import type { Route } from "../../src/api/route.ts";
import { statusOf } from "../../src/api/status.ts";
import type { Status } from "../../src/api/status.ts";
import { StreamRoom } from "../../src/api/stream_room.ts";
import { DEFAULT_SETTINGS, PHASES } from "../../src/core/lifecycle.ts";
import { initialPool } from "../../src/core/pool/pool.ts";
import { IncidentShelf } from "../../src/incident/shelf.ts";
import { IncidentStore } from "../../src/incident/store.ts";
import { files } from "../../src/runtime/files.ts";
import { EventLog } from "../../src/supervisor/event_log.ts";
import { ManualClock } from "../fakes/manual_clock.ts";
import { AT, found, incident } from "../incident/samples.ts";
import { stateAfter, WAYS } from "../supervisor/ways.ts";
import { stateRoutes } from "./asking.ts";
import { FACTS } from "./facts.ts";
import { EVENTS } from "./told_events.ts";

/** What a test scripts; the rest is of a gateway that is ready. */
export interface Script {
  readonly status?: Status;
  readonly plan?: PlanDocument;
  readonly ending?: boolean;
  readonly dump?: DumpOutcome;
  /** What a lease is and what became of it; `null` without a gateway. */
  readonly lease?: OutcomeDocument | null;
  readonly relay?: boolean;
  readonly levels?: readonly LevelChange[] | Error;
  /** How many streams there may be. */
  readonly room?: number;
}

const READY = stateAfter(WAYS.ready);
const STATUS = statusOf(initialPool(READY), FACTS);
/** A heap dump that is being written. */
export const DUMP: HeapDumpDocument = {
  id: "d7",
  generation: 1,
  path: "/x.hprof",
  state: "writing",
  reason: null,
};

/** Makes a store of two incidents below a folder, the older of them damaged; gives their names. */
export async function incidentsIn(
  folder: string,
): Promise<{ readonly kept: string; readonly damaged: string }> {
  const store = new IncidentStore(join(folder, "incidents"), files);
  const damaged = await store.save(incident(1), [found("stderr.txt", "one\n")], AT);
  await Deno.writeTextFile(join(store.folderOf(damaged), "manifest.json"), "{");
  const missing = { name: "hsperfdata", status: "missing", reason: "it is gone", content: null } as const;
  const content = [
    found("stderr.txt", "one\ntwo\n"),
    found("x.json", "{}"),
    found("gc.log.gz", "zip"),
    missing,
  ];
  const findings = [...content, found("core.bin", new Uint8Array(300))];
  const kept = await store.save(incident(2), findings, new Date(AT.getTime() + 60_000), { livedMs: 5 });
  return { kept, damaged };
}

/** Every route there is. */
export function routesOf(folder: string, script: Script = {}): readonly Route[] {
  const { status = STATUS, ending = false, room: places = 4, relay = true, levels = [] } = script;
  const { plan = planDocumentOf(READY, DEFAULT_SETTINGS.memory, FACTS.flags) } = script;
  const { dump = { kind: "text", text: "Full thread dump\n" } } = script;
  const outcome = script.lease === undefined
    ? { state: "bound", generation: 1, loss: null } as const
    : script.lease;
  const leasing: Leasing = {
    lease: () =>
      Promise.resolve(
        outcome === null ? null : { id: "7", port: 7434, secret: "a secret", pinThread: "true" },
      ),
    outcome: (id) => id === "7" ? outcome : null,
    end: (id) => id === "7" ? outcome : null,
  };
  const redact = <T>(value: T): T => value;
  const history = new EventLog({ clock: new ManualClock(), redact, onError: () => {}, capacity: 64 });
  for (const event of EVENTS) history.publish(event);
  const room = new StreamRoom(places);
  const store = new IncidentStore(join(folder, "incidents"), files);
  return [
    ...stateRoutes({ status: () => status, plan: () => plan, isEnding: () => ending }),
    ...dumpRoutes({
      dumping: { take: () => Promise.resolve(dump), heapDump: (id) => id === DUMP.id ? DUMP : null },
      status: () => status,
    }),
    ...metricsRoutes({ families: () => Promise.resolve([]) }),
    ...figuresRoutes({ figures: () => FIGURES }),
    ...leaseRoutes({ leasing: relay ? leasing : null }),
    ...eventRoutes({ history, status: (caller) => disclosed(status, { redact, caller }), room }),
    ...incidentRoutes(new IncidentShelf({ store, files, secrets: [], version: "0.1.0" })),
    ...logRoutes({ read: lines, room }),
    ...logLevelRoutes({
      levels: ["WARN", "DEBUG"],
      change: () => levels instanceof Error ? Promise.reject(levels) : Promise.resolve(levels),
    }),
    ...dashboardRoutes(),
    ...problemRoutes(),
    ...openApiRoutes({ version: "0.1.0" }),
  ];
}

async function* lines(): AsyncGenerator<string, void, void> {
  yield await Promise.resolve("==> stderr <==\nready\n");
}

const FIGURES = {
  ...{ periodMs: 5_000, keptMs: 3_600_000, phases: PHASES },
  columns: {
    ...{ timeSeconds: [1772600000.5], generation: [3], phase: [3], heapUsedBytes: [2 ** 20], programs: [1] },
    ...{ heapCommittedBytes: [2 ** 21], heapMaxBytes: [null], residentBytes: [null], processors: [0.25] },
    ...{ gcShare: [0], heartbeatMs: [1.5] },
  },
};
