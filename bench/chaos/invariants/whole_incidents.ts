/**
 * Has each death exactly one incident, with a manifest whose files are all there?
 * @module
 */

import { join } from "@std/path";
import { readLedger } from "../../../src/core/ledger/ledger.ts";
import { readIncidentId } from "../../../src/incident/incident_id.ts";
import { MANIFEST_FILE, readManifest } from "../../../src/incident/manifest.ts";
import { BUDGET } from "../../../src/incident/retention.ts";
import { LEDGER_FILE } from "../../../src/supervisor/ledger.ts";
import type { Invariant } from "../invariant.ts";
import type { Site } from "../site.ts";

/** Looks at what is new since the last time: old incidents make way. */
export function wholeIncidents(): Invariant {
  const seen = new Set<string>();
  const known = new Set<number>();
  return {
    what: "each death has one incident, whose manifest names files that are there",
    atRest: async ({ site, status, mayLackRecords }) => {
      const broken: string[] = [];
      const names = await incidentsOf(site);
      const fresh = names.filter((name) => !seen.has(name));
      for (const name of fresh) {
        seen.add(name);
        broken.push(...await lookInto(name, join(site.place.stateDir, "incidents", name)));
      }
      // An exec without a daemon keeps its incidents here too, and no ledger.
      const generations = fresh.flatMap((name) => readIncidentId(name)?.generation ?? []);
      const { records } = readLedger(await Deno.readTextFile(join(site.place.stateDir, LEDGER_FILE)));
      for (const record of records) {
        if (record.kind !== "ended" || known.has(record.generation)) continue;
        known.add(record.generation);
        const found = generations.filter((each) => each === record.generation).length;
        const right = record.class === "requested" ? 0 : 1;
        if (found === right || mayLackRecords) continue;
        broken.push(
          `generation ${record.generation} (${record.class}) has ${found} incidents and not ${right}`,
        );
      }
      if (names.length > BUDGET.count) {
        broken.push(`${names.length} incidents are kept, and ${BUDGET.count} may be`);
      }
      if (status.lastIncident?.id === null && !mayLackRecords) broken.push("the last incident was not saved");
      return broken;
    },
  };
}

async function incidentsOf(site: Site): Promise<readonly string[]> {
  try {
    return (await Array.fromAsync(Deno.readDir(join(site.place.stateDir, "incidents")))).map(({ name }) =>
      name
    );
  } catch {
    return [];
  }
}

async function lookInto(name: string, folder: string): Promise<readonly string[]> {
  if (readIncidentId(name) === null) return [`among the incidents is ${name}`];
  let document: unknown;
  try {
    document = JSON.parse(await Deno.readTextFile(join(folder, MANIFEST_FILE)));
  } catch (error) {
    return [`incident ${name} has no readable manifest: ${error}`];
  }
  const manifest = readManifest(document);
  if (typeof manifest === "string") return [`the manifest of incident ${name} is not whole: ${manifest}`];
  const broken: string[] = [];
  for (const { name: file, bytes } of manifest.artifacts ?? []) {
    if (bytes === 0) continue;
    const stat = await Deno.stat(join(folder, file)).catch(() => null);
    if (stat?.size !== bytes) {
      broken.push(`${file} of incident ${name} has ${stat?.size ?? "no"} bytes and not ${bytes}`);
    }
  }
  return broken;
}
