/**
 * What becomes of programs when somebody asks the daemon for something at the wrong moment?
 * @module
 */

import type { Fault } from "../fault.ts";

/** Asks for text or a file, and for nothing to change. */
function dump(kind: "threads" | "histogram" | "heap"): Fault {
  return {
    what: `a dump of ${kind} is asked for`,
    cost: "nothing",
    inject: async ({ site }) => {
      await site.ask("/v1/dumps", { method: "POST", body: JSON.stringify({ kind }) });
      return null;
    },
  };
}

/** What can be asked for. */
export const REQUESTS = {
  "api-restart": {
    what: "a restart is asked for",
    cost: "gateway",
    inject: async ({ site }) => {
      await site.ask("/v1/restart", { method: "POST" });
      return null;
    },
  },
  "api-stop-start": {
    what: "a stop is asked for, and a start up to 8 s later",
    // Whoever comes in between is refused.
    cost: "anything",
    inject: async ({ site }) => {
      await site.ask("/v1/stop", { method: "POST" });
      return async () => void await site.ask("/v1/start", { method: "POST" });
    },
  },
  "dump-threads": dump("threads"),
  "dump-histogram": dump("histogram"),
  "dump-heap": dump("heap"),
} as const satisfies Readonly<Record<string, Fault>>;
