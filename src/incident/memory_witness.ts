/**
 * What is kept of a gateway's memory in its incident: the sizes it had and what it used, enough to judge its death anew.
 * @module
 */

import { isRecord } from "../core/json.ts";
import type { MemoryPlan } from "../core/memory/plan.ts";
import { SIZED_REGIONS } from "../core/memory/plan.ts";
import { sizesOf } from "../core/memory/record.ts";
import type { Sizes, Use } from "../core/memory/record.ts";
import { FLAG_OF } from "../core/memory/region.ts";
import { seen, UNSEEN, useOf } from "../core/memory/use.ts";
import type { Look } from "../core/watch/vitals.ts";
import type { Clock } from "../ports.ts";
import type { Facts } from "./manifest.ts";

/** What a manifest says of memory. */
export interface MemoryFacts {
  /** What was planned, in bytes; of incidents of before it was kept, what the JVM confirmed. */
  readonly sizes: Partial<Sizes>;
  /** Whether a program could have used that gateway; `null` when that is not known. */
  readonly wasReady: boolean | null;
  /** How long the heap took from a quarter full to the end, in milliseconds; `null` when it was not seen. */
  readonly fillMs: number | null;
  /** The most that was seen in use; `null` when nothing was. */
  readonly use: Use | null;
}

/** Watches the memory of one gateway. */
export class MemoryWitness {
  readonly #plan: MemoryPlan;
  readonly #clock: Clock;
  #seen = UNSEEN;

  constructor(plan: MemoryPlan, clock: Clock) {
    this.#plan = plan;
    this.#clock = clock;
  }

  /** Takes one look in. */
  look(look: Look): void {
    this.#seen = seen(this.#seen, look, this.#clock.nowMs());
  }

  /** What is to be kept at the end. */
  facts(generation: number, wasReady: boolean | null): MemoryFacts {
    const { fillingSinceMs } = this.#seen;
    return {
      sizes: sizesOf(this.#plan),
      wasReady,
      fillMs: fillingSinceMs === null ? null : this.#clock.nowMs() - fillingSinceMs,
      use: useOf(this.#seen, generation, this.#clock.date().getTime()),
    };
  }
}

/** Reads them back from a manifest that anybody may have changed: what is not there is not known. */
export function readMemoryFacts({ memory, flags }: Facts): MemoryFacts {
  const { sizes, wasReady, fillMs, use } = fieldsOf(memory);
  const [planned, confirmed] = [fieldsOf(sizes), fieldsOf(flags)];
  const known = SIZED_REGIONS.flatMap((region) => {
    const bytes = amount(planned[region]) ?? amount(confirmed[FLAG_OF[region]]);
    return bytes === null || bytes === 0 ? [] : [[region, bytes] as const];
  });
  return {
    sizes: Object.fromEntries(known),
    // Flags are read back when a gateway gets ready.
    wasReady: typeof wasReady === "boolean"
      ? wasReady
      : amount(confirmed[FLAG_OF.heap]) === null
      ? null
      : true,
    fillMs: amount(fillMs),
    use: readUse(fieldsOf(use)),
  };
}

function readUse(use: Facts): Use | null {
  const [generation, atMs] = [amount(use.generation), amount(use.atMs)];
  if (generation === null || atMs === null) return null;
  return {
    generation,
    atMs,
    oldBytes: amount(use.oldBytes),
    metaspaceBytes: amount(use.metaspaceBytes),
    besideBytes: amount(use.besideBytes),
    pythonBytes: amount(use.pythonBytes),
  };
}

function fieldsOf(value: unknown): Facts {
  return isRecord(value) ? value : {};
}

function amount(value: unknown): number | null {
  return typeof value === "number" && value >= 0 && value < Infinity ? value : null;
}
