/**
 * What becomes of gateways and programs when the daemon itself ends, or stands still?
 * @module
 */

import { type Fault, signal, type Target } from "../fault.ts";

/** Ends it, and starts a new one when the time has come. */
function ended(name: "SIGKILL" | "SIGTERM"): Fault {
  return {
    what: `${name} of the daemon, and a new one up to 8 s later`,
    cost: "anything",
    endsDaemon: true,
    inject: async ({ site }: Target) => {
      await site.endDaemon(name);
      return () => Promise.resolve(site.startAgain());
    },
  };
}

/** How a daemon can be lost. */
export const DAEMON_ENDS = {
  "daemon-kill": ended("SIGKILL"),
  "daemon-term": ended("SIGTERM"),
  "daemon-pause": {
    what: "SIGSTOP of the daemon, and SIGCONT up to 8 s later",
    cost: "nothing",
    inject: ({ site: { daemon } }) => {
      signal(daemon.pid, "SIGSTOP");
      return Promise.resolve(() => Promise.resolve(signal(daemon.pid, "SIGCONT")));
    },
  },
} as const satisfies Readonly<Record<string, Fault>>;
