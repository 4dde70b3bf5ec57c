/**
 * What a gateway's examination is made of, for tests that are about something else: nothing is ever found.
 * @module
 */

import type { DriverOptions } from "../../src/supervisor/driver.ts";

/** Eyes that see nothing and never tire. */
export function unwatched(): Pick<
  DriverOptions,
  "probe" | "readGc" | "troubled" | "ledger" | "perfDataPath" | "unixDialer"
> {
  return {
    ledger: null,
    probe: () => ({
      look: () =>
        Promise.resolve({ contextActive: false, schedulerAlive: null, folders: [], deadlocked: [] }),
      close: () => {},
    }),
    readGc: () => Promise.resolve(null),
    troubled: () => false,
    perfDataPath: () => null,
    unixDialer: { dialUnix: () => Promise.reject(new Error("nothing listens")) },
  };
}
