/**
 * What is a service manager to be told of the daemon, and when? The words are those of sd_notify(3).
 * @module
 */

import type { SupervisorState } from "./lifecycle.ts";
import { leadOf } from "./pool/pool.ts";
import type { PoolState } from "./pool/pool.ts";

/** What it has been told so far. */
export interface Told {
  readonly ready: boolean;
  readonly stopping: boolean;
  readonly status: string | null;
}

/** What a service manager that has just started the daemon knows. */
export const NOTHING_TOLD: Told = { ready: false, stopping: false, status: null };

/** What the notice depends on beside the pool. */
export interface NoticeFacts {
  readonly told: Told;
  readonly nowMs: number;
  /** Whether it waits for a sign of life (`WatchdogSec=`). */
  readonly watched: boolean;
}

/** The assignments to send, none when there is no news, and what it has been told with them. */
export interface Notice {
  readonly lines: readonly string[];
  readonly told: Told;
}

/** Longer than any pause between two notices, and than what is left to do once the last gateway is gone. */
export const EXTENSION_MS = 20_000;

/** The news of one turn of the control loop: that it has turned is itself the sign of life. */
export function noticeOf(pool: PoolState, { told, nowMs, watched }: NoticeFacts): Notice {
  const stopping = told.stopping || leadOf(pool).life.ending;
  const status = statusLine(pool);
  const neededMs = stopping ? endingMs(pool, nowMs) : null;
  const lines = [
    // The API listens before the loop turns for the first time.
    ...(told.ready ? [] : ["READY=1"]),
    ...(stopping && !told.stopping ? ["STOPPING=1"] : []),
    ...(neededMs === null ? [] : [`EXTEND_TIMEOUT_USEC=${Math.ceil(neededMs + EXTENSION_MS) * 1000}`]),
    ...(watched ? ["WATCHDOG=1"] : []),
    ...(status === told.status ? [] : [`STATUS=${status}`]),
  ];
  return { lines, told: { ready: true, stopping, status } };
}

/** How long the gateways that end, or whose evidence is being collected, may still take; `null` when there are none. */
function endingMs({ seats }: PoolState, nowMs: number): number | null {
  const deadlines = seats.flatMap(({ life: { gateway } }) =>
    gateway.phase === "stopping" || gateway.phase === "collecting" ? [gateway.deadlineMs] : []
  );
  return deadlines.length === 0 ? null : Math.max(0, Math.max(...deadlines) - nowMs);
}

/** One line for `systemctl status`: anybody on the machine may read it, so it has classes and no evidence. */
function statusLine(pool: PoolState): string {
  const { life } = leadOf(pool);
  const { lastIncident, ending } = life;
  const death = lastIncident === null || lastIncident.verdict.class === "requested"
    ? ""
    : `; generation ${lastIncident.generation} died: ${lastIncident.verdict.class}`;
  return `${ending ? "ending: " : ""}${gatewayWords(life)}${death}`;
}

function gatewayWords({ gateway, generation }: SupervisorState): string {
  const name = `generation ${generation}`;
  switch (gateway.phase) {
    case "stopped":
      return "no gateway";
    case "starting":
    case "warming":
      return `${name} is starting`;
    case "ready": {
      const condition = gateway.condition === null ? "" : `, not fit: ${gateway.condition.kind}`;
      return `${name} is ready, process ${gateway.pid}${condition}`;
    }
    case "stopping":
      return `${name} is being ended`;
    case "collecting":
      return `${name} has ended, its evidence is being collected`;
    case "backoff":
      return "waiting before the next start";
    case "failed":
      return gateway.deadlineMs === null ? "given up" : "given up for now";
  }
}
