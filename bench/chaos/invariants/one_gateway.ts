/**
 * Is there never a gateway too many, none of two daemons at once, and never one for two programs?
 * @module
 */

import { childrenOf, listeningPorts } from "../../proc.ts";
import type { Invariant } from "../invariant.ts";
import { GATEWAYS } from "../site.ts";

/** Looks at the process table, whatever the daemon says. */
export function oneGateway(): Invariant {
  return {
    what: "one gateway a program, of one daemon, and no more than there should be",
    always: (site, programs) => {
      const broken: string[] = [];
      const pids = site.gatewayPids();
      const own = site.daemon.exit === null ? childrenOf(site.daemon.pid) : [];
      const mine = pids.filter((pid) => own.includes(pid));
      const others = pids.filter((pid) => !own.includes(pid) && listeningPorts(pid).length > 0);
      if (mine.length > 0 && others.length > 0) {
        broken.push(`beside gateway ${mine.join(", ")} of this daemon runs ${others.join(", ")} of another`);
      }
      if (mine.length > GATEWAYS) broken.push(`there are ${mine.length} gateways: ${mine.join(", ")}`);
      const jvms = programs.flatMap(({ end, jvm }) => end === null && jvm !== null ? [jvm] : []);
      if (new Set(jvms).size < jvms.length) broken.push(`two programs have JVM ${jvms.join(" and ")}`);
      return broken;
    },
  };
}
