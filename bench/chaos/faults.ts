/**
 * Which faults are there, and which of them can be brought about here?
 * @module
 */

import type { Fault } from "./fault.ts";
import { CLOCK_AND_DISK } from "./faults/clock_and_disk.ts";
import { DAEMON_ENDS } from "./faults/daemon_ends.ts";
import { GATEWAY_SIGNALS } from "./faults/gateway_signals.ts";
import { GUEST_FAULTS } from "./faults/guest_faults.ts";
import { NETWORK } from "./faults/network.ts";
import { PROGRAM_SIGNALS } from "./faults/program_signals.ts";
import { REQUESTS } from "./faults/requests.ts";
import { SMALL_DISKS } from "./faults/small_disks.ts";
import { SQUEEZES } from "./faults/squeezes.ts";

/** All of them, by name. */
export const FAULTS: Readonly<Record<string, Fault>> = {
  ...GATEWAY_SIGNALS,
  ...GUEST_FAULTS,
  ...PROGRAM_SIGNALS,
  ...DAEMON_ENDS,
  ...REQUESTS,
  ...NETWORK,
  ...SMALL_DISKS,
  ...SQUEEZES,
  ...CLOCK_AND_DISK,
};

/** What can be brought about, and what not and why. */
export interface Available {
  readonly names: readonly string[];
  readonly left: readonly { readonly name: string; readonly reason: string }[];
}

/**
 * Tries what this machine and user allow.
 * @param only The names that are wanted; all when it is empty.
 * @throws {RangeError} When there is no fault of such a name.
 */
export async function availableFaults(only: readonly string[]): Promise<Available> {
  for (const name of only) {
    if (!Object.hasOwn(FAULTS, name)) {
      throw new RangeError(`There is no fault ${name}; there are ${Object.keys(FAULTS).join(", ")}`);
    }
  }
  const names: string[] = [];
  const left: { name: string; reason: string }[] = [];
  for (const [name, { missing }] of Object.entries(FAULTS)) {
    if (only.length > 0 && !only.includes(name)) continue;
    const reason = await missing?.() ?? null;
    if (reason === null) names.push(name);
    else left.push({ name, reason });
  }
  return { names, left };
}
