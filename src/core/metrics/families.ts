/**
 * Which metrics are there? `docs/METRICS.md` lists them for people.
 * @module
 */

import { daemonFamilies } from "./daemon_families.ts";
import type { Family } from "./family.ts";
import { gatewayFamilies } from "./gateway_families.ts";
import { memoryFamilies } from "./memory_families.ts";
import { poolFamilies } from "./pool_families.ts";
import type { MetricsSnapshot } from "./snapshot.ts";

/** All of them, in the order they are written. */
export function familiesOf(snapshot: MetricsSnapshot): readonly Family[] {
  return [daemonFamilies, poolFamilies, memoryFamilies, gatewayFamilies].flatMap((make) => make(snapshot));
}
