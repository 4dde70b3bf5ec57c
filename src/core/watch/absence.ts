/**
 * What becomes of deadlines that the daemon itself has slept through: stopped, starved, or suspended with its machine.
 * What nobody watched proves nothing.
 * @module
 */

import type { GatewayState } from "../lifecycle.ts";
import type { TransitionContext } from "../moves.ts";
import { firstSigns } from "./signs.ts";

/** A loop that turns keeps its deadlines within milliseconds; on a machine at four times its load, within 0.2 s. */
const LATE_MS = 2_000;

/** The same gateway with as much time as a look at it needs; itself when its deadline is not long over. */
export function afterAbsence(gateway: GatewayState, { nowMs, settings }: TransitionContext): GatewayState {
  switch (gateway.phase) {
    case "starting":
    case "warming":
    case "stopping":
      return isLate(gateway, nowMs) ? { ...gateway, deadlineMs: nowMs + settings.stepTimeoutMs } : gateway;
    case "ready": {
      if (!isLate(gateway, nowMs)) return gateway;
      const { survived, look } = gateway.signs;
      const signs = { ...firstSigns(nowMs), survived, look };
      return {
        ...gateway,
        signs,
        condition: null,
        excuse: null,
        deadlineMs: nowMs + settings.suspectAfterMs,
      };
    }
    case "stopped":
    case "collecting":
    case "backoff":
    case "failed":
      return gateway;
  }
}

function isLate({ deadlineMs }: { readonly deadlineMs: number }, nowMs: number): boolean {
  return nowMs >= deadlineMs + LATE_MS;
}
