/**
 * On what does a daemon begin here: which memory is there, and how many gateways live of it?
 * @module
 */

import type { MemoryBasis } from "../core/memory/basis.ts";
import type { PoolPolicy } from "../core/pool/pool.ts";
import { memoryBasisOf } from "./memory_basis.ts";
import type { MemoryBasisOptions } from "./memory_basis.ts";
import { poolPolicyOf, standbyBytesOf } from "./pool_policy.ts";

/** What finding out needs. */
export interface GroundOptions extends MemoryBasisOptions {
  /** Brought up by one `exec` for its own life. */
  readonly embedded: boolean;
}

type Place = Parameters<typeof memoryBasisOf>[1] & {
  /** The value of `PYSPARK_PIN_THREAD`. */
  readonly pinThread: string;
};

/** What was found. */
export interface Ground {
  readonly basis: MemoryBasis;
  readonly policy: PoolPolicy;
  /** Why there is no standby; `null` when there is one, or none is wanted. */
  readonly without: string | null;
}

/** Looks. */
export async function groundOf(options: GroundOptions, place: Place): Promise<Ground> {
  const { settings, embedded } = options;
  const found = await memoryBasisOf(options, place);
  const { policy, without } = poolPolicyOf(settings, { embedded, pinThread: place.pinThread, basis: found });
  const standbyBytes = policy.standby === 1 ? standbyBytesOf(settings) : 0;
  return { basis: { ...found, gateways: policy.gateways, standbyBytes }, policy, without };
}
