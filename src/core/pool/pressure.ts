/**
 * Is memory so short that a gateway which only waits should give its own back?
 * @module
 */

import { MIB } from "../jvm_flags.ts";

/** What is left of the least limit above the daemon, in bytes; what the kernel can take back at once counts as left. */
export interface MemoryLeft {
  readonly leftBytes: number;
  readonly limitBytes: number;
}

/** A twentieth, and never so little that the start of a Python worker takes it. */
const SHORT_SHARE = 0.05;
const SHORT_BYTES = 256 * MIB;
/** What a standby gives back must not be what brings the next one. */
const RELIEF = 4;

/** Whether it is short now. @param before Whether it was at the last look. */
export function isShort(before: boolean, { leftBytes, limitBytes }: MemoryLeft): boolean {
  const shortBytes = Math.max(SHORT_BYTES, SHORT_SHARE * limitBytes);
  return leftBytes < (before ? RELIEF : 1) * shortBytes;
}
