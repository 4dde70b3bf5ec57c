/**
 * Everything that metrics are made of, at one moment.
 * @module
 */

import type { HealthReport } from "../health.ts";
import type { MemoryLeft } from "../pool/pressure.ts";
import type { PoolPolicy, PoolState } from "../pool/pool.ts";
import type { ProcessVitals } from "../watch/vitals.ts";
import type { Labels } from "./family.ts";
import type { ContainerReading, JvmReading, OwnReading } from "./readings.ts";
import type { Tally } from "./tally.ts";

/** A moment. What could not be read in time is `null`. */
export interface MetricsSnapshot {
  /** The monotonic clock, and what the wall clock shows, in milliseconds since 1970. */
  readonly nowMs: number;
  readonly wallMs: number;
  /** When the daemon began, by the monotonic clock. */
  readonly beganMs: number;
  /** Versions by what they are of. */
  readonly build: Labels;
  readonly pool: PoolState;
  readonly policy: PoolPolicy;
  readonly health: HealthReport;
  readonly lagMs: number;
  readonly tally: Tally;
  /** One for each seat of the pool, in the same order. */
  readonly seats: readonly SeatReading[];
  readonly relay: RelayReading | null;
  /** Those who follow the events: how many there are, and how many were too slow. */
  readonly streams: { readonly open: number; readonly dropped: number };
  readonly lostLogBytes: number;
  /** Incidents that are kept on the disk. */
  readonly storedIncidents: number | null;
  readonly memoryLimitBytes: number | null;
  readonly memoryLeft: MemoryLeft | null;
  /** Processes that the kernel has killed for want of memory in the group of this process. */
  readonly oomKills: number | null;
  readonly container: ContainerReading | null;
  readonly own: OwnReading | null;
}

/** What the process of one seat uses. */
export interface SeatReading {
  readonly process: ProcessVitals | null;
  readonly jvm: JvmReading | null;
}

/** The relay, as numbers. */
export interface RelayReading {
  readonly connections: number;
  /** Of these, how many wait for a gateway. */
  readonly held: number;
  /** Leases by their state. */
  readonly leases: Readonly<Record<"issued" | "bound" | "lost", number>>;
  /** How often each event has happened. */
  readonly events: Readonly<Record<string, number>>;
  readonly bytes: { readonly up: number; readonly down: number };
}
