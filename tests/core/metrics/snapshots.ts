/**
 * A moment at which everything that metrics are made of is known.
 * @module
 */

import { healthOf } from "../../../src/core/health.ts";
import { initialPool } from "../../../src/core/pool/pool.ts";
import type { PoolState } from "../../../src/core/pool/pool.ts";
import type { JvmReading } from "../../../src/core/metrics/readings.ts";
import type { MetricsSnapshot } from "../../../src/core/metrics/snapshot.ts";
import { NOTHING, withHeartbeat } from "../../../src/core/metrics/tally.ts";
import type { Tally } from "../../../src/core/metrics/tally.ts";
import { looked } from "../../../src/core/watch/signs.ts";
import type { SupervisorState } from "../../../src/core/lifecycle.ts";
import { stateAfter, WAYS } from "../../supervisor/ways.ts";

const MIB = 2 ** 20;
const NOW_MS = 100_000;
const SPARK = {
  contextActive: true,
  schedulerAlive: true,
  driverMemory: null,
  uiUrl: null,
  folders: [],
  deadlocked: [],
};

/** A JVM with G1. */
export const JVM: JvmReading = {
  heapUsedBytes: 60 * MIB,
  heapCommittedBytes: 100 * MIB,
  heapMaxBytes: 1024 * MIB,
  pools: [
    { name: "G1 Eden Space", usedBytes: 20 * MIB, committedBytes: 40 * MIB, maxBytes: null },
    { name: "Metaspace", usedBytes: 30 * MIB, committedBytes: 32 * MIB, maxBytes: 320 * MIB },
  ],
  collectors: [{ name: "G1 Young Generation", count: 7, pausedMs: 125 }],
  threads: { current: 40, daemon: 36, peak: 41, started: 55 },
  classes: { loaded: 7_000, unloaded: 12 },
  compilationMs: 8_500,
  runtime: { runtime: "OpenJDK 64-Bit Server VM", vendor: "Debian", version: "17.0.15+6" },
};

/** One gateway with a program, and a seat without any. */
function pool(): PoolState {
  const ready = stateAfter(WAYS.ready);
  if (ready.gateway.phase !== "ready") throw new Error("It is ready");
  const look = { process: null, gc: null, spark: { ...SPARK }, pythonBytes: null, closer: null };
  const signs = looked(ready.gateway.signs, look, 1_000, false);
  const life: SupervisorState = { ...ready, gateway: { ...ready.gateway, signs } };
  const { seats: [seat] } = initialPool(life);
  const { seats: [empty] } = initialPool({ ...stateAfter(WAYS.stopped), desired: "up" });
  return { ...initialPool(life), seats: [{ ...seat, programs: ["1"] }, empty] };
}

/** 100 s after the daemon's clock began. */
export function snapshot(changes: Partial<MetricsSnapshot> = {}): MetricsSnapshot {
  const now = pool();
  const tally = [0.0009, 0.0015, 0.3].reduce<Tally>((sum, seconds) => withHeartbeat(sum, seconds * 1000), {
    ...NOTHING,
    starts: 2,
    restarts: { "heap-oom": 1 },
    incidents: 1,
    adjustments: 1,
  });
  return {
    nowMs: NOW_MS,
    wallMs: Date.parse("2026-03-04T05:06:40.000Z"),
    beganMs: 0,
    build: { version: "0.1.0", spark: "3.5.7", java: "17.0.15" },
    pool: now,
    policy: { gateways: 1, standby: 1, recycle: "always", sharing: "exclusive" },
    health: healthOf(now.seats[0].life, { nowMs: NOW_MS, lagMs: 0, unrecorded: null }),
    lagMs: 0,
    tally,
    seats: [
      {
        process: { state: "S", startTicks: 7, cpuMs: 5_090, tracerPid: 0, residentBytes: 240 * MIB },
        jvm: JVM,
      },
      { process: null, jvm: null },
    ],
    relay: {
      connections: 2,
      held: 0,
      leases: { issued: 1, bound: 1, lost: 0 },
      events: { bound: 1, refused: 0 },
      bytes: { up: 1_000, down: 2_000 },
    },
    streams: { open: 1, dropped: 0 },
    lostLogBytes: 0,
    storedIncidents: 3,
    memoryLimitBytes: 4096 * MIB,
    memoryLeft: { leftBytes: 2048 * MIB, limitBytes: 4096 * MIB },
    oomKills: 0,
    container: {
      cpu: { limitProcessors: 1.5, periods: 100, throttledPeriods: 4, throttledMs: 250 },
      memoryUsedBytes: 900 * MIB,
      pressure: [{ resource: "memory", scope: "container", waitingMs: 12_500, stalledMs: 6_250 }],
    },
    own: {
      cpuMs: 500,
      residentBytes: 76 * MIB,
      virtualBytes: 900 * MIB,
      openFiles: 44,
      maxFiles: 20_000,
    },
    ...changes,
  };
}
