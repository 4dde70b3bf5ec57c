/**
 * What may who read? Everybody may know how the gateway is and why it died; the very lines that it and the user's job wrote
 * are for the daemon's owner. Secrets are taken out for both.
 * @module
 */

import type { PublishedEvent } from "../core/events/event.ts";
import type { Caller } from "./route.ts";
import type { Status } from "./status.ts";

/** Takes the secrets out of every text of a value as JSON has it. */
export type Redact = <T>(value: T) => T;

/** The status as it is answered. The paths that `exec` goes by are ours, and stay as they are. */
export function disclosed(
  status: Status,
  { redact, caller }: { readonly redact: Redact; readonly caller: Caller },
): Status {
  const { environmentFile, programBin, cwd } = status;
  const { gateway, lastIncident, ...rest } = redact(status);
  const ours = { environmentFile, programBin, cwd };
  if (caller === "owner") return { ...rest, gateway, lastIncident, ...ours };
  return {
    ...rest,
    gateway: { ...gateway, condition: gateway.condition && { ...gateway.condition, evidence: [] } },
    lastIncident: lastIncident && { ...lastIncident, verdict: { ...lastIncident.verdict, evidence: [] } },
    ...ours,
  };
}

/** The same event for the same listener, so that it is put into words once. */
const WITHOUT_LINES = new WeakMap<PublishedEvent, PublishedEvent>();

/** An event as it is told, its secrets taken out before. */
export function disclosedEvent(event: PublishedEvent, caller: Caller): PublishedEvent {
  if (caller === "owner" || event.kind !== "died" || event.evidence.length === 0) return event;
  const known = WITHOUT_LINES.get(event);
  if (known !== undefined) return known;
  const made = { ...event, evidence: [] };
  WITHOUT_LINES.set(event, made);
  return made;
}
