/**
 * Has a program's gateway been lost with this step of its life, and how did it go?
 * @module
 */

import { describeExit, describeIntent } from "../diagnosis/ending.ts";
import type { GatewayState, SupervisorState } from "../lifecycle.ts";
import { lossSentence } from "./tombstone.ts";

/** A gateway that served and does not any more. */
export interface LostGateway {
  readonly generation: number;
  /** What its programs are answered with from now on. */
  readonly sentence: string;
}

/** The gateway that this step has taken away, or `null`. */
export function lossIn(before: SupervisorState, after: SupervisorState): LostGateway | null {
  const { generation } = before;
  if (before.gateway.phase !== "ready") return null;
  if (after.gateway.phase === "ready" && after.generation === generation) return null;
  return { generation, sentence: lossSentence(generation, lossOf(after.gateway)) };
}

/** How a ready gateway went, as a clause. */
function lossOf(gateway: GatewayState): string {
  switch (gateway.phase) {
    case "stopping":
      return describeIntent(gateway.intent);
    case "collecting":
      return gateway.intent === null ? describeExit(gateway.exit) : describeIntent(gateway.intent);
    case "stopped":
    case "starting":
    case "warming":
    case "ready":
    case "backoff":
    case "failed":
      return "it has ended";
  }
}
