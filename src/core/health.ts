/**
 * Is the gateway usable? The answers of the health endpoints, from the state alone.
 * @module
 */

import type { SupervisorState } from "./lifecycle.ts";
import { lastAnswerMs } from "./watch/signs.ts";

/** `warn` still serves; `fail` does not. The words of the health-check draft for HTTP APIs. */
export type HealthStatus = "pass" | "warn" | "fail";

/** One question and its answer. */
export interface HealthCheck {
  readonly status: HealthStatus;
  /** Why, when it is not `pass`. */
  readonly output: string | null;
}

/** The names of the checks, in the order they are shown. */
export const CHECK_NAMES = ["loop", "gateway", "heartbeat", "condition", "restarts", "records"] as const;

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

/** What the health depends on beside the state. */
export interface HealthFacts {
  readonly nowMs: number;
  /** The age of the oldest input the loop has not read, or of a deadline it has missed. */
  readonly lagMs: number;
  /** What could not be written, and why, in words; or `null`. */
  readonly unrecorded: string | null;
}

/** Answers every check. */
export function healthOf(state: SupervisorState, { nowMs, lagMs, unrecorded }: HealthFacts): HealthReport {
  const checks = {
    loop: lagMs < LOOP_STUCK_MS
      ? PASS
      : fail(`the control loop has not turned for ${Math.round(lagMs / 1000)} s`),
    gateway: gatewayCheck(state),
    heartbeat: heartbeatCheck(state, nowMs),
    condition: conditionCheck(state),
    restarts: restartsCheck(state),
    records: unrecorded === null ? PASS : { status: "warn", output: unrecorded } as const,
  };
  const all: readonly HealthStatus[] = Object.values(checks).map(({ status }) => status);
  const status = all.includes("fail") ? "fail" : all.includes("warn") ? "warn" : "pass";
  return { status, checks };
}

/** Those that say whether a program can attach now; the others warn at most. */
export const READY_CHECKS = [
  "loop",
  "gateway",
  "heartbeat",
  "condition",
] as const satisfies readonly CheckName[];

/** Whether a program can attach now. */
export function isReady({ checks }: HealthReport): boolean {
  return READY_CHECKS.every((name) => checks[name].status !== "fail");
}

function gatewayCheck({ gateway, lastIncident, ending }: SupervisorState): HealthCheck {
  if (ending) return fail("the daemon is shutting down");
  if (gateway.phase === "ready") return PASS;
  const why = lastIncident === null ? "" : ` after "${lastIncident.verdict.class}"`;
  return fail(`the gateway is ${gateway.phase}${gateway.phase === "stopped" ? "" : why}`);
}

function heartbeatCheck({ gateway }: SupervisorState, nowMs: number): HealthCheck {
  if (gateway.phase !== "ready") return PASS;
  const kind = gateway.condition?.kind;
  if (kind !== "silent" && kind !== "stopped") return PASS;
  return fail(`no answer for ${Math.round((nowMs - lastAnswerMs(gateway.signs)) / 1000)} s`);
}

/** Whatever is wrong with it, no new program should attach. */
function conditionCheck({ gateway }: SupervisorState): HealthCheck {
  if (gateway.phase !== "ready" || gateway.condition === null) return PASS;
  const { condition: { kind, reason }, excuse } = gateway;
  return fail(`${kind}: ${reason}${excuse === null ? "" : ` (not ended yet: ${excuse})`}`);
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
