/**
 * What `/v1/plan` says: what memory is planned on, what was learned of it, and the plan.
 * @module
 */

import type { Phase, SupervisorState } from "../core/lifecycle.ts";
import type { MemoryBasis, MemoryPolicy } from "../core/memory/basis.ts";
import type { MemoryPlan } from "../core/memory/plan.ts";
import type { MemoryRecord } from "../core/memory/record.ts";

/** The document. */
export interface PlanDocument extends MemoryPolicy {
  readonly generation: number;
  readonly phase: Phase;
  /** Of the newest gateway while there is one, and of the next start otherwise. */
  readonly plan: MemoryPlan;
  readonly record: MemoryRecord;
  readonly basis: MemoryBasis;
  /** The flags read back from the running JVM by their names, in bytes; `null` while it is not ready. */
  readonly flags: Readonly<Record<string, number | null>> | null;
}

/** Puts the document together. */
export function planDocumentOf(
  { generation, gateway: { phase }, memory }: SupervisorState,
  policy: MemoryPolicy,
  flags: PlanDocument["flags"],
): PlanDocument {
  return { generation, phase, ...policy, ...memory, flags: phase === "ready" ? flags : null };
}
