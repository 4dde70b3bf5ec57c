/**
 * Is nothing left behind: no process, no temporary folder, no trace of a JVM that is gone?
 * @module
 */

import { EMBEDDED_PREFIX } from "../../../src/supervisor/leftovers.ts";
import { childrenOf, isAlive } from "../../proc.ts";
import type { Invariant } from "../invariant.ts";
import type { Site } from "../site.ts";

/** At rest there is the daemon with its gateways and what those have started; at the end nothing. */
export function nothingLeft(): Invariant {
  return {
    what: "no process, temporary folder or trace of a JVM is left",
    atRest: ({ site, status }) => {
      const broken: string[] = [];
      const seats = status.pool.seats.flatMap(({ pid }) => pid ?? []);
      const family = new Set(descendantsOf(site.daemon.pid));
      for (const line of site.place.processes()) {
        const pid = Number(line.split(" ")[0]);
        if (!family.has(pid) && isAlive(pid)) broken.push(`at rest there is process ${line.slice(0, 160)}`);
      }
      // What an exec has left that was killed, the next start of any kind takes away.
      const folders = site.place.temporary().filter((name) => !name.startsWith(EMBEDDED_PREFIX));
      if (folders.length > seats.length) {
        broken.push(
          `${seats.length} gateways have ${folders.length} temporary folders: ${folders.join(", ")}`,
        );
      }
      return [...broken, ...traces(site)];
    },
    atEnd: (site) => [
      ...site.place.processes().map((line) => `at the end there is process ${line.slice(0, 160)}`),
      ...site.place.temporary().map((name) => `at the end there is temporary ${name}`),
      ...traces(site),
    ],
  };
}

function descendantsOf(pid: number): readonly number[] {
  return [pid, ...childrenOf(pid).flatMap(descendantsOf)];
}

function traces(site: Site): readonly string[] {
  const folders = [...Deno.readDirSync("/tmp")].map(({ name }) => name).filter((name) =>
    name.startsWith("hsperfdata_")
  );
  return [...site.gateways].filter((pid) => !isAlive(pid)).flatMap((pid) =>
    [`.java_pid${pid}`, `.attach_pid${pid}`, ...folders.map((folder) => `${folder}/${pid}`)].filter(
      (name) => {
        try {
          return Deno.lstatSync(`/tmp/${name}`) !== null;
        } catch {
          return false;
        }
      },
    )
  ).map((name) => `of a JVM that is gone there is /tmp/${name}`);
}
