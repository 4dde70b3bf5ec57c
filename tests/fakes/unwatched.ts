/**
 * What a gateway's examination is made of, for tests that are about something else: nothing is ever found.
 * @module
 */

import { HeapDumps } from "../../src/incident/heap_dumps.ts";
import { IncidentStore } from "../../src/incident/store.ts";
import type { DriverOptions } from "../../src/supervisor/driver.ts";
import { ManualClock } from "./manual_clock.ts";
import { MemoryFiles } from "./memory_files.ts";

/** Eyes that see nothing and never tire. */
export function unwatched(): Pick<
  DriverOptions,
  | "probe"
  | "readGc"
  | "troubled"
  | "ledger"
  | "perfDataPath"
  | "unixDialer"
  | "heapDumps"
  | "intent"
  | "secrets"
  | "wayIn"
  | "relayed"
  | "searches"
  | "ownWarmUp"
  | "workerPython"
  | "onWarmedUp"
  | "holdsPrograms"
> {
  const files = new MemoryFiles();
  const store = new IncidentStore("/incidents", files);
  const clock = new ManualClock();
  return {
    heapDumps: new HeapDumps({ wanted: false, gzips: true, folder: "/dumps", store, files, clock }),
    intent: () => null,
    wayIn: (endpoint) => Promise.resolve(endpoint),
    relayed: () => 0,
    searches: false,
    ownWarmUp: null,
    workerPython: () => Promise.resolve(null),
    onWarmedUp: () => {},
    holdsPrograms: false,
    secrets: [],
    ledger: null,
    probe: () => ({
      look: () =>
        Promise.resolve({
          contextActive: false,
          schedulerAlive: null,
          driverMemory: null,
          uiUrl: null,
          folders: [],
          deadlocked: [],
        }),
      close: () => {},
    }),
    readGc: () => Promise.resolve(null),
    troubled: () => false,
    perfDataPath: () => null,
    unixDialer: { dialUnix: () => Promise.reject(new Error("nothing listens")) },
  };
}
