/**
 * What comes next by itself, and what can the user do about it?
 * @module
 */

import type { Status } from "../api/status.ts";
import { clockTime, fromNow } from "./time_words.ts";

/** What the daemon does next, without being asked. */
export function nextStep(report: Status, now: Date): string {
  const { phase, ready, nextDeadline, lastIncident, gateway } = report;
  const at = nextDeadline === null
    ? ""
    : ` at ${clockTime(nextDeadline, now)} (${fromNow(nextDeadline, now)})`;
  switch (phase) {
    case "starting":
    case "warming":
      return `programs wait until it is ready; given up on${at || " when it takes too long"}`;
    case "ready":
      if (!ready) return fateOf(gateway.condition?.excuse ?? null);
      return PROGRAM[report.pool.next];
    case "stopping":
      return report.desired === "down"
        ? "it ends, and none is started"
        : "it ends, and the next one is started";
    case "collecting":
      return "its evidence is gathered, then the verdict follows";
    case "backoff":
      return `the next start${at}: ${lastIncident?.decision.reason ?? "a gateway is wanted"}`;
    case "failed": {
      const reason = lastIncident?.decision.reason ?? "it was given up";
      return nextDeadline === null ? `nothing by itself: ${reason}` : `one more try${at}: ${reason}`;
    }
    case "stopped":
      return `nothing by itself: ${
        report.desired === "down" ? "it was stopped" : lastIncident?.decision.reason ?? "it has ended"
      }`;
  }
}

/** What the user can do, as a command where there is one. */
export function whatToDo({ phase, ready, pool, lastIncident }: Status): string {
  switch (phase) {
    case "starting":
    case "warming":
    case "collecting":
      return "wait for it: rekindle wait --ready";
    case "backoff":
      return "wait for it: rekindle wait --ready; read the whole story: rekindle incidents show last";
    case "stopping":
      return "wait for its end: rekindle wait";
    case "ready":
      if (!ready) return "have it replaced now: rekindle restart";
      return pool.next === "busy"
        ? "start a program, which waits in line, or allow more at a time: rekindle run --gateways N"
        : "run a program: rekindle exec -- python job.py";
    case "failed":
      return `${lastIncident?.verdict.remedy ?? "Correct the cause."} Then: rekindle start`;
    case "stopped":
      return "start it: rekindle start";
  }
}

const PROGRAM: Readonly<Record<Status["pool"]["next"], string>> = {
  ready: "a program starts at once",
  busy: "a program waits in line",
  coming: "a program waits for a gateway",
  hopeless: "no program can start",
};

function fateOf(excuse: string | null): string {
  return excuse === null
    ? "it is ended and replaced unless it recovers"
    : `it is left alone for now: ${excuse}`;
}
