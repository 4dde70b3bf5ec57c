/**
 * Which region is to blame for a death, and which way must it move?
 *
 * The rule behind every row: a memory error raised by the JVM may raise its own region; a death dealt by the kernel
 * or by malloc must lower the heap. Confusing the two makes the next death certain.
 * @module
 */

import type { CauseClass } from "../verdict.ts";
import type { SizedRegion } from "./region.ts";

/** What helps against one class of death. */
export interface Cure {
  readonly region: SizedRegion;
  /** The next size as a share of the last one: above 1 it grows, below it shrinks. */
  readonly factor: number;
  /** What the last gateway died of, as the end of "because …". */
  readonly because: string;
}

/**
 * Growing means doubling: each restart costs the user a whole Spark session, and two steps reach four times the size.
 * Shrinking by a fifth is more than the noise of what Python uses; a size that the machine refuses at the start is
 * halved, because trying costs little.
 */
const CURES: Readonly<Partial<Record<CauseClass, Cure>>> = {
  "heap-oom": { region: "heap", factor: 2, because: "the last one ran out of heap" },
  "gc-overhead": { region: "heap", factor: 2, because: "the last one did little but collect garbage" },
  "metaspace-oom": { region: "metaspace", factor: 2, because: "the last one ran out of room for classes" },
  "direct-memory-oom": {
    region: "direct",
    factor: 2,
    because: "the last one ran out of direct buffer memory",
  },
  "stack-overflow": { region: "stack", factor: 2, because: "the last one recursed deeper than its stacks" },
  "killed-by-oom-killer": {
    region: "heap",
    factor: 0.8,
    because: "the last one left too little memory for everything else",
  },
  "native-memory-oom": {
    region: "heap",
    factor: 0.8,
    because: "the last one left too little memory for the JVM itself",
  },
  "heap-exceeds-machine": {
    region: "heap",
    factor: 0.5,
    because: "the machine has no room for the last one",
  },
};

/** What helps; `null` for a cause that memory settings do not cure. */
export function cureOf(cause: CauseClass): Cure | null {
  return CURES[cause] ?? null;
}

/** Every cause that has a cure. */
export const CURABLE = Object.keys(CURES) as readonly CauseClass[];
