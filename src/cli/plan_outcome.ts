/**
 * How does a person read what would become of a memory plan?
 * @module
 */

import { formatSize } from "../core/jvm_flags.ts";
import type { MemoryPlan, Pins } from "../core/memory/plan.ts";
import { SIZED_REGIONS } from "../core/memory/plan.ts";
import { TITLE_OF } from "../core/memory/region.ts";
import type { Outcome } from "../core/memory/what_if.ts";
import { WIDTH, wrapped } from "./columns.ts";
import { budgetPart, regionTable } from "./plan_table.ts";

/** What was supposed, and how it is shown. */
export interface OutcomeView {
  readonly limitBytes: number | null;
  readonly pins: Pins;
  readonly colour: boolean;
}

/** Each step with what changes and why, and what comes of all of them. */
export function outcomePart(
  { before, start, deaths, after, changed }: Outcome,
  { limitBytes, pins, colour }: OutcomeView,
): readonly string[] {
  const steps = [
    ...(limitBytes === null ? [] : [`With a limit of ${formatSize(limitBytes)}: ${movesOf(before, start)}.`]),
    ...deaths.map(({ cause, changed, reason }, index) =>
      `Death ${index + 1}, ${cause}: ${changed ? "" : "nothing changes: "}${reason}.`
    ),
  ];
  const title = changed.length > 0
    ? "Then the plan would be (* changed)"
    : "Then no size would be another one";
  return [
    ...steps.flatMap((step) => wrapped(step, WIDTH)),
    "",
    title,
    "",
    ...regionTable(after, { changed, colour }),
    ...(before.mallocArenas === after.mallocArenas
      ? []
      : ["", `MALLOC_ARENA_MAX=${after.mallocArenas ?? "unset"}`]),
    "",
    ...budgetPart(after, pins, limitBytes === null ? null : "that is supposed"),
    "",
    "Nothing has been changed by asking.",
  ];
}

/** The sizes that are others, in words. */
function movesOf(before: MemoryPlan, after: MemoryPlan): string {
  const moves = SIZED_REGIONS.filter((region) => before[region].bytes !== after[region].bytes).map((region) =>
    `${TITLE_OF[region]} ${formatSize(before[region].bytes)} → ${formatSize(after[region].bytes)}`
  );
  return moves.length === 0 ? "every size stays" : moves.join(", ");
}
