/**
 * Is the gateway usable? The answers of the health endpoints, from the state alone.
 * @module
 */

import type { SupervisorState } from "./lifecycle.ts";

/** `warn` still serves; `fail` does not. The words of the health-check draft for HTTP APIs. */
export type HealthStatus = "pass" | "warn" | "fail";

/** One question and its answer. */
export interface HealthCheck {
  readonly status: HealthStatus;
  /** Why, when it is not `pass`. */
  readonly output: string | null;
}

/** The names of the checks, in the order they are shown. */
export const CHECK_NAMES = ["loop", "gateway", "heartbeat", "restarts"] as const;

/** One of {@linkcode CHECK_NAMES}. */
export type CheckName = (typeof CHECK_NAMES)[number];

/** Every check and the worst of their answers. */
export interface HealthReport {
  readonly status: HealthStatus;
  readonly checks: Readonly<Record<CheckName, HealthCheck>>;
}

/** An input that waits this long means that the daemon's own loop is stuck. */
export const LOOP_STUCK_MS = 10_000;

const PASS: HealthCheck = { status: "pass", output: null };

/** Answers every check. `lagMs` is the age of the oldest input the loop has not read. */
export function healthOf(
  state: SupervisorState,
  { nowMs, lagMs }: { nowMs: number; lagMs: number },
): HealthReport {
  const checks = {
    loop: lagMs < LOOP_STUCK_MS
      ? PASS
      : fail(`the control loop has not turned for ${Math.round(lagMs / 1000)} s`),
    gateway: gatewayCheck(state),
    heartbeat: heartbeatCheck(state, nowMs),
    restarts: restartsCheck(state),
  };
  const all: readonly HealthStatus[] = Object.values(checks).map(({ status }) => status);
  const status = all.includes("fail") ? "fail" : all.includes("warn") ? "warn" : "pass";
  return { status, checks };
}

/** Whether a program can attach now. */
export function isReady(report: HealthReport): boolean {
  const { loop, gateway, heartbeat } = report.checks;
  return [loop, gateway, heartbeat].every(({ status }) => status !== "fail");
}

function gatewayCheck({ gateway, lastIncident, ending }: SupervisorState): HealthCheck {
  if (ending) return fail("the daemon is shutting down");
  if (gateway.phase === "ready") return PASS;
  const why = lastIncident === null ? "" : ` after "${lastIncident.verdict.class}"`;
  return fail(`the gateway is ${gateway.phase}${gateway.phase === "stopped" ? "" : why}`);
}

function heartbeatCheck({ gateway }: SupervisorState, nowMs: number): HealthCheck {
  if (gateway.phase !== "ready" || !gateway.suspect) return PASS;
  return fail(`no answer for ${Math.round((nowMs - gateway.lastBeatMs) / 1000)} s`);
}

function restartsCheck({ deaths }: SupervisorState): HealthCheck {
  const last = deaths.at(-1);
  if (last === undefined) return PASS;
  return {
    status: "warn",
    output: `${deaths.length === 1 ? "1 death" : `${deaths.length} deaths`} since health was last proven, ` +
      `the last "${last.class}"`,
  };
}

function fail(output: string): HealthCheck {
  return { status: "fail", output };
}
