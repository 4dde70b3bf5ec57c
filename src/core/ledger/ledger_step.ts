/**
 * Which step of the machine is worth a line in the ledger?
 * @module
 */

import type { LedgerRecord } from "./ledger_record.ts";
import type { SupervisorState } from "../lifecycle.ts";
import type { PoolInput } from "../pool/step.ts";

/** One step of the machine, as its observers see it. */
export interface LedgerStep {
  readonly before: SupervisorState;
  readonly after: SupervisorState;
  readonly input: PoolInput;
}

/** When and where a step was taken. */
export interface LedgerStamp {
  /** The wall clock in ISO 8601. */
  readonly at: string;
  /** The kernel's life, or `null` where it has no name. */
  readonly bootId: string | null;
  /** The flags that the newest JVM confirms, once attached. */
  readonly flags: Readonly<Record<string, number | null>> | null;
}

/** What a step adds to the ledger. `launched` is not among it: that is written before the step that follows it. */
export function recordsOf(step: LedgerStep, { at, bootId, flags }: LedgerStamp): readonly LedgerRecord[] {
  const { before, after, input } = step;
  const records: LedgerRecord[] = [];
  if (input.kind === "spawned") {
    // Also when the machine has no use for it any more: a process that was made must be known.
    const { generation, pid, startTicks } = input;
    records.push({ kind: "started", at, generation, pid, startTicks, bootId });
  }
  if (after.gateway.phase === "ready" && before.gateway.phase !== "ready") {
    const { readyMs, startedMs } = after.gateway;
    records.push({
      kind: "ready",
      at,
      generation: after.generation,
      afterMs: Math.round(readyMs - startedMs),
      flags: flags ?? {},
    });
  }
  if (before.gateway.phase === "collecting" && after.gateway.phase !== "collecting") {
    const { exit, wasReady } = before.gateway;
    const { generation } = before;
    records.push({ kind: "ended", at, generation, exit, wasReady, ...judged(step) });
  }
  return records;
}

/** The verdict of a death, and what was asked where there is none. */
function judged({ before, after }: LedgerStep): Pick<
  Extract<LedgerRecord, { kind: "ended" }>,
  "class" | "confidence" | "next"
> {
  const incident = after.lastIncident;
  if (incident !== null && incident.generation === before.generation) {
    const { verdict, decision } = incident;
    return { class: verdict.class, confidence: verdict.confidence, next: decision.reason };
  }
  const intent = before.gateway.phase === "collecting" ? before.gateway.intent : null;
  const asked = intent === null
    ? ""
    : "by" in intent
    ? `${intent.kind} by ${intent.by}: `
    : "why" in intent
    ? `${intent.why}: `
    : "";
  const next = after.gateway.phase === "starting" ? "start again at once" : "stay stopped";
  return {
    class: "requested",
    confidence: "certain",
    next: asked + (after.ending ? "the daemon ends" : next),
  };
}
