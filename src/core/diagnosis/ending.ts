/**
 * How is the end of a gateway put in words: its exit, and why we ended it?
 * @module
 */

import type { ExitStatus } from "../verdict.ts";
import type { Intent } from "./exit_cause.ts";

/** An exit status in words, such as `exit code 52` or `signal SIGKILL`. */
export function describeExit(exit: ExitStatus): string {
  return exit.signal === null ? `exit code ${exit.code}` : `signal ${exit.signal}`;
}

/** Why a gateway is ended: `stop by SIGTERM`, or what is wrong with it. */
export function describeIntent(intent: Intent): string {
  switch (intent.kind) {
    case "stop":
    case "restart":
      return `${intent.kind} by ${intent.by}`;
    case "retire":
      return intent.why;
    case "unfit":
      return intent.condition.reason;
    case "start-timeout":
      return intent.reason;
  }
}
