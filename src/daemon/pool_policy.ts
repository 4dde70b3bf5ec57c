/**
 * How many gateways does this daemon keep, and for how long each?
 * @module
 */

import type { Settings } from "../config.ts";
import { MIB } from "../core/jvm_flags.ts";
import type { MemoryBasis } from "../core/memory/basis.ts";
import { planOf } from "../core/memory/plan.ts";
import { requestOf } from "../core/memory/memory.ts";
import { emptyRecord } from "../core/memory/record.ts";
import { SINGLE } from "../core/pool/pool.ts";
import type { PoolPolicy } from "../core/pool/pool.ts";

/**
 * What a gateway holds that has been warmed up and waits: 490 MB on PySpark 3.5.7 and 614 MB on 4.3.0 with a heap of
 * 1 GiB on Java 17, after a collection.
 */
const STANDBY_BYTES = 640 * MIB;
/**
 * The same where a program of the user's has been run: 880 to 1,181 MiB for SQL with a join on 4.3.0, of which 490 to 760 are a
 * heap that has grown for it and what has been compiled is most of the rest.
 */
const OWN_STANDBY_BYTES = 1200 * MIB;

/** What a gateway that waits will take, in bytes. */
export function standbyBytesOf({ warmUp }: Pick<Settings, "warmUp">): number {
  return warmUp === null ? STANDBY_BYTES : OWN_STANDBY_BYTES;
}

/** What the policy depends on besides the settings. */
export interface PolicyFacts {
  /** Brought up by one `exec` for its own life. */
  readonly embedded: boolean;
  /** The value of `PYSPARK_PIN_THREAD`. */
  readonly pinThread: string;
  /** Without anything for a standby. */
  readonly basis: MemoryBasis;
}

/** The policy, with the reason when there is no standby though one was not ruled out; `null` otherwise. */
export function poolPolicyOf(
  settings: Settings,
  { embedded, pinThread, basis }: PolicyFacts,
): { readonly policy: PoolPolicy; readonly without: string | null } {
  const { gateways, standby, recycle, relayPort } = settings;
  if (embedded) return { policy: SINGLE, without: null };
  if (relayPort === null) {
    const why = "without the relay a program stays with the gateway it knows";
    return { policy: SINGLE, without: standby === "0" ? null : why };
  }
  // Programs with threads that are not pinned are given the gateway's own secret: whose they are cannot be told.
  const isPinned = pinThread.toLowerCase() !== "false";
  const sharing = isPinned ? settings.sharing : "shared";
  const policy = sharing === "shared"
    ? { ...SINGLE, sharing } as const
    : { gateways, standby: 0, recycle, sharing } as const;
  if (standby === "0") return { policy, without: null };
  const without = standby === "1"
    ? null
    : reasonAgainst({ ...basis, gateways: policy.gateways }, standbyBytesOf(settings));
  return { policy: { ...policy, standby: without === null ? 1 : 0 }, without };
}

/** Why there had better be no standby, or `null`. On a cluster it saves as much: its warm-up has a local master. */
function reasonAgainst(basis: MemoryBasis, standbyBytes: number): string | null {
  const { limit, heapBytes, pins } = basis;
  const record = emptyRecord({ limitBytes: limit.bytes, heapBytes, pins }, 0);
  const alone = planOf(requestOf(basis, record));
  const beside = planOf(requestOf({ ...basis, standbyBytes }, record));
  return beside.heap.bytes < alone.heap.bytes || beside.shortBytes > alone.shortBytes
    ? "its memory would be missing from the others' heap"
    : null;
}
