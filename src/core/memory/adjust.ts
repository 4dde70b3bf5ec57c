/**
 * What does a death change in the memory of the next gateway?
 * @module
 */

import { formatSize } from "../jvm_flags.ts";
import type { MemoryPolicy } from "./basis.ts";
import type { Cure } from "./cure.ts";
import { cureOf } from "./cure.ts";
import { leakOf } from "./leak.ts";
import { replanned } from "./memory.ts";
import type { Memory, MemoryChange, MemoryDeath } from "./memory.ts";
import type { MemoryRecord, Step } from "./record.ts";
import { KEPT_STEPS, sizesOf } from "./record.ts";
import type { SizedRegion } from "./region.ts";
import { TITLE_OF } from "./region.ts";
import { rolledBack } from "./roll_back.ts";
import { targetOf } from "./target.ts";

/** Steps against one cause within {@linkcode STEPS_WINDOW_MS}; after them a person has to look. */
const STEPS_A_DAY = 2;
const STEPS_WINDOW_MS = 86_400_000;
/** Malloc makes up to eight arenas a processor, of 64 MiB each (mallopt(3)). */
const FEW_ARENAS = 2;

/** The memory after a death. Changes nothing for a cause that memory cannot cure. */
export function afterDeath(memory: Memory, death: MemoryDeath, policy: MemoryPolicy): MemoryChange {
  if (policy.mode === "off") return same(memory, 'memory mode is "off", so nothing changes');
  const change = wantedChange(memory, death, policy);
  if (policy.mode === "adjust" || !change.changed) return change;
  return same(memory, `memory mode is "suggest", so nothing changes; "adjust" would do: ${change.reason}`);
}

function wantedChange(memory: Memory, death: MemoryDeath, policy: MemoryPolicy): MemoryChange {
  const back = rolledBack(memory, death);
  if (back !== null) return back;
  const cure = cureOf(death.class);
  if (cure === null) return same(memory, `memory settings do not cure "${death.class}"`);
  const pressed = { ...memory, record: { ...memory.record, calmSinceMs: death.atMs } };
  const pin = pinOf(pressed, cure.region);
  if (pin === null || policy.modeIsExplicit) return cured(pressed, death, cure);
  const { changed, reason } = cured(pressed, death, cure);
  return same(
    pressed,
    changed
      ? `${pin} fixes the ${TITLE_OF[cure.region]}, so it stays; --memory-mode adjust would allow: ${reason}`
      : reason,
  );
}

function pinOf({ plan, basis }: Memory, region: SizedRegion): string | null {
  return plan[region].provenance === "pinned" ? basis.pins[region]?.by ?? null : null;
}

function cured(memory: Memory, death: MemoryDeath, cure: Cure): MemoryChange {
  const { record, plan } = memory;
  const { region, factor, because } = cure;
  const fromBytes = plan[region].bytes;
  const known = bounded(record, { region, bytes: fromBytes, isTooSmall: factor > 1, atMs: death.atMs });
  const today = stepsToday(record, death);
  if (today.length >= STEPS_A_DAY) return same({ ...memory, record: known }, enough(today, fromBytes, cure));
  const leak = leakOf(record, death, { cure, heapBytes: fromBytes });
  if (leak !== null) {
    const { reason, since } = leak;
    return same({ ...memory, record: { ...known, leak: since } }, reason);
  }
  const target = targetOf({ ...memory, record: known }, cure);
  if (target.kind === "none") return fewerArenas({ ...memory, record: known }, cure, target.reason);
  const { bytes } = target;
  const step: Step = {
    ...{ atMs: death.atMs, generation: death.generation, cause: death.class, region },
    ...{ fromBytes, toBytes: bytes, fillMs: death.fillMs },
  };
  const next = replanned(memory, {
    ...known,
    sizes: { ...known.sizes, [region]: { bytes, provenance: "adjusted", why: because } },
    steps: [...known.steps, step].slice(-KEPT_STEPS),
    mallocArenas: factor < 1 ? FEW_ARENAS : known.mallocArenas,
  });
  const reason = `${moved(region, fromBytes, bytes)}${alsoMoved(memory, next, region)}, because ${because}`;
  return { memory: next, changed: true, reason };
}

/** Where the heap cannot shrink, malloc may still be told to keep less for itself. */
function fewerArenas(memory: Memory, { factor }: Cure, reason: string): MemoryChange {
  const { record } = memory;
  if (factor > 1 || record.mallocArenas !== null) return same(memory, reason);
  const next = replanned(memory, { ...record, mallocArenas: FEW_ARENAS });
  return {
    memory: next,
    changed: true,
    reason: `${reason}; malloc gets ${FEW_ARENAS} arenas instead of many`,
  };
}

function bounded(
  record: MemoryRecord,
  { region, bytes, isTooSmall, atMs }: {
    readonly region: SizedRegion;
    readonly bytes: number;
    readonly isTooSmall: boolean;
    readonly atMs: number;
  },
): MemoryRecord {
  const { tooSmallBytes = null, tooLargeBytes = null } = record.bounds[region] ?? {};
  const bound = isTooSmall
    // What was too large for everything else, and is now too small for itself, is what it has to be.
    ? { tooSmallBytes: Math.max(bytes, tooSmallBytes ?? 0), tooLargeBytes }
    : { tooSmallBytes, tooLargeBytes: Math.min(bytes, tooLargeBytes ?? Infinity) };
  return { ...record, bounds: { ...record.bounds, [region]: { ...bound, atMs } } };
}

function stepsToday({ steps }: MemoryRecord, { class: cause, atMs }: MemoryDeath): readonly Step[] {
  // The wall clock may have been set back meanwhile.
  return steps.filter((step) => step.cause === cause && Math.abs(atMs - step.atMs) < STEPS_WINDOW_MS);
}

function enough(steps: readonly Step[], nowBytes: number, { region, factor }: Cure): string {
  const sizes = [...steps.map(({ fromBytes }) => fromBytes), nowBytes].map(formatSize).join(" → ");
  const advice = factor > 1
    ? "what is run needs less at once, or leaks: look at the incident"
    : "the limit must grow, or what runs beside the heap must shrink";
  return `${TITLE_OF[region]} ${sizes} within a day, and the same death each time, so it stays: ${advice}`;
}

function moved(region: SizedRegion, fromBytes: number, toBytes: number): string {
  return `${TITLE_OF[region]} ${formatSize(fromBytes)} → ${formatSize(toBytes)}`;
}

/** What had to give way. */
function alsoMoved(before: Memory, after: Memory, region: SizedRegion): string {
  const [old, now] = [sizesOf(before.plan).heap, sizesOf(after.plan).heap];
  return region === "heap" || old === now ? "" : ` (${moved("heap", old, now)} to make room)`;
}

function same(memory: Memory, reason: string): MemoryChange {
  return { memory, changed: false, reason };
}
