/**
 * How much memory is left for everybody? Looked at while there is a gateway that could be done without.
 * @module
 */

import type { MemoryLeft } from "../core/pool/pressure.ts";
import type { Clock, Machine } from "../ports.ts";

/** What looking needs. */
export interface MemoryWatchOptions {
  readonly clock: Clock;
  readonly machine: Pick<Machine, "memoryLeft">;
  readonly onLook: (left: MemoryLeft) => void;
  readonly signal: AbortSignal;
}

/** As often as gateways are looked at by default. */
const LOOK_MS = 2_000;

/** Looks again and again until `signal` is aborted. Where it is not known, nothing is told. */
export async function watchMemory({ clock, machine, onLook, signal }: MemoryWatchOptions): Promise<void> {
  while (!signal.aborted) {
    const left = await machine.memoryLeft();
    if (left !== null && !signal.aborted) onLook(left);
    await clock.sleep(LOOK_MS, signal);
  }
}
