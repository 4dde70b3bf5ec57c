/**
 * What has happened since the daemon began, as numbers? One step of the machine after the other is added up.
 * @module
 */

import type { Effect, SupervisorState } from "../lifecycle.ts";
import type { CauseClass } from "../verdict.ts";
import { emptyHistogram, observed } from "./histogram.ts";
import type { Histogram } from "./histogram.ts";

/** The sums. */
export interface Tally {
  /** Gateways started, and those of them that ended before a program could have used them. */
  readonly starts: number;
  readonly startFailures: number;
  /** Gateways that were replaced because they ended, by why. */
  readonly restarts: Readonly<Partial<Record<CauseClass, number>>>;
  /** Deaths after which there was no restart. */
  readonly giveUps: number;
  /** Gateways that had served and made room for a fresh one. */
  readonly retirements: number;
  /** Deaths that nobody had asked for, and those of them that changed the memory plan. */
  readonly incidents: number;
  readonly adjustments: number;
  /** From the start of the process to its first answer, in seconds. */
  readonly startSeconds: Histogram;
  /** Of answered heartbeats. */
  readonly heartbeatSeconds: Histogram;
  readonly heartbeatFailures: number;
  /** Time in which a gateway was wanted and none served. */
  readonly downMs: number;
  /** Since when that is so again; `null` while one serves. */
  readonly downSinceMs: number | null;
}

/** Starts were measured from 1.3 s, with an archive, to 6 s on two busy cores; packages take minutes. */
const START_BOUNDS = [0.5, 1, 2, 3, 5, 8, 13, 20, 30, 60, 120, 300];
/** An idle JVM answers within 2 ms, a busy one within 88, one that thrashes within 750; after 4 s it has failed. */
const HEARTBEAT_BOUNDS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 4];

/** Nothing has happened. */
export const NOTHING: Tally = {
  starts: 0,
  startFailures: 0,
  restarts: {},
  giveUps: 0,
  retirements: 0,
  incidents: 0,
  adjustments: 0,
  startSeconds: emptyHistogram(START_BOUNDS),
  heartbeatSeconds: emptyHistogram(HEARTBEAT_BOUNDS),
  heartbeatFailures: 0,
  downMs: 0,
  downSinceMs: null,
};

/** A step of one gateway's life. */
export interface TallyStep {
  readonly before: SupervisorState;
  readonly after: SupervisorState;
  readonly effects: readonly Effect[];
}

/** Adds a step. */
export function withStep(tally: Tally, { before, after, effects }: TallyStep): Tally {
  let next = tally;
  if (before.gateway.phase === "collecting" && after.gateway.phase !== "collecting") {
    next = withEnd(next, before, after);
  }
  if (effects.some(({ kind }) => kind === "launch")) next = { ...next, starts: next.starts + 1 };
  if (after.gateway.phase === "ready" && before.gateway.phase !== "ready") {
    const { readyMs, startedMs } = after.gateway;
    next = { ...next, startSeconds: observed(next.startSeconds, (readyMs - startedMs) / 1000) };
  }
  return next;
}

function withEnd(tally: Tally, before: SupervisorState, after: SupervisorState): Tally {
  if (before.gateway.phase !== "collecting") return tally;
  const { intent, wasReady } = before.gateway;
  const incident = after.lastIncident;
  if (incident === null || incident === before.lastIncident) {
    if (intent?.kind === "retire") return { ...tally, retirements: tally.retirements + 1 };
    return after.gateway.phase === "starting" ? restarted(tally, "requested") : tally;
  }
  const counted: Tally = {
    ...tally,
    incidents: tally.incidents + 1,
    adjustments: tally.adjustments + (incident.change.changed ? 1 : 0),
    startFailures: tally.startFailures + (wasReady ? 0 : 1),
  };
  return incident.decision.kind === "restart"
    ? restarted(counted, incident.verdict.class)
    : { ...counted, giveUps: counted.giveUps + 1 };
}

function restarted(tally: Tally, cause: CauseClass): Tally {
  return { ...tally, restarts: { ...tally.restarts, [cause]: (tally.restarts[cause] ?? 0) + 1 } };
}

/** Adds a heartbeat. @param latencyMs `null` when it was not answered. */
export function withHeartbeat(tally: Tally, latencyMs: number | null): Tally {
  return latencyMs === null
    ? { ...tally, heartbeatFailures: tally.heartbeatFailures + 1 }
    : { ...tally, heartbeatSeconds: observed(tally.heartbeatSeconds, latencyMs / 1000) };
}

/** Notes whether what is wanted is there, by the life that stands for all. */
export function withLead(tally: Tally, { desired, gateway }: SupervisorState, nowMs: number): Tally {
  const isDown = desired === "up" && !(gateway.phase === "ready" && gateway.condition === null);
  if (isDown === (tally.downSinceMs !== null)) return tally;
  return isDown
    ? { ...tally, downSinceMs: nowMs }
    : { ...tally, downMs: downMsAt(tally, nowMs), downSinceMs: null };
}

/** Time in which a gateway was wanted and none served, up to now. */
export function downMsAt({ downMs, downSinceMs }: Tally, nowMs: number): number {
  return downMs + (downSinceMs === null ? 0 : Math.max(0, nowMs - downSinceMs));
}
