/**
 * Does the daemon live, and does it hold no more and more files and memory?
 * @module
 */

import { holdingsOf } from "../../proc.ts";
import type { Invariant } from "../invariant.ts";

/** One look at a daemon at rest. */
interface Look {
  readonly fds: number;
  readonly rssBytes: number;
}

/** As many looks make the beginning and the end of a daemon's life. */
const LOOKS = 4;
/** What the least of the last looks may have more than the most of the first: sockets that linger, a heap that settles. */
const MORE_FDS = 6;
const MORE_BYTES = 48 * 2 ** 20;

/** What the daemons held, for the report. */
export interface Held {
  readonly fds: number[];
  readonly rssBytes: number[];
}

/** @param held Gets every look. */
export function steadyDaemon(held: Held): Invariant {
  let pid = 0;
  let looks: Look[] = [];
  return {
    what: "the daemon lives, is not surprised, and stays as it is: no leak of files or memory",
    always: (site) =>
      site.hasDied
        ? [
          `the daemon ended by itself with ${JSON.stringify(site.daemon.exit)}:\n${
            site.daemon.log.slice(-3_000)
          }`,
        ]
        : [],
    atRest: ({ site, log }) => {
      const surprise = /^.*(?:an error nobody expected|the API failed to answer).*$/m.exec(log);
      if (surprise !== null) return [surprise[0]];
      if (site.daemon.pid !== pid) looks = [];
      pid = site.daemon.pid;
      const look = holdingsOf(pid);
      looks.push(look);
      held.fds.push(look.fds);
      held.rssBytes.push(look.rssBytes);
      if (looks.length < 2 * LOOKS) return [];
      const grown = (of: keyof Look) =>
        Math.min(...looks.slice(-LOOKS).map((each) => each[of])) -
        Math.max(...looks.slice(0, LOOKS).map((each) => each[of]));
      const broken: string[] = [];
      if (grown("fds") > MORE_FDS) {
        broken.push(
          `the daemon holds ${grown("fds")} files more than at first: ${
            looks.map(({ fds }) => fds).join(" ")
          }`,
        );
      }
      if (grown("rssBytes") > MORE_BYTES) {
        const list = looks.map(({ rssBytes }) => Math.round(rssBytes / 2 ** 20)).join(" ");
        broken.push(`the daemon's memory grows, in MiB: ${list}`);
      }
      return broken;
    },
  };
}
