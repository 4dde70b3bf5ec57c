/**
 * Is a program gone without a word? Its connections alone do not tell: after Ctrl-C a living program had none for
 * seconds, and a forked child kept a dead one's open (both measured). So they must be missing and its process gone.
 * @module
 */

import type { ProcessVitals } from "../watch/vitals.ts";

/** The process that a program is, named for the life of the kernel. */
export interface Holder {
  readonly pid: number;
  /** As in `ProcessVitals`. */
  readonly startTicks: number;
}

/** Whether a holder still lives; `unknown` when it was never known, as in another container or without `/proc`. */
export type HolderState = "alive" | "gone" | "unknown";

/** Between two looks at a program, in milliseconds. The last connection closed 0 to 5 ms after a death (measured). */
export const LOOK_MS = 2_000;
/** In how many looks in a row there must be no connection when the holder is gone: the first may fall between two. */
const QUIET_LOOKS = 2;
/** How long an unknown holder may be without a connection, such as in a notebook after Ctrl-C. */
const UNKNOWN_MS = 15 * 60_000;

/** What has become of a holder. @param vitals Of the process with its pid, or `null` when there is none. */
export function holderState(
  holder: Holder | null,
  vitals: Pick<ProcessVitals, "state" | "startTicks"> | null,
): HolderState {
  if (holder === null) return "unknown";
  if (vitals === null || vitals.startTicks !== holder.startTicks) return "gone";
  // A zombie has no connection and makes none; without a parent that waits for it, it stays for ever.
  return vitals.state === "Z" || vitals.state === "X" ? "gone" : "alive";
}

/**
 * In how many looks in a row, this one included, a program had no connection. Counted in looks and not by the clock, so
 * that time in which nobody looked is no proof.
 * @param before The same up to the look before, or 0.
 */
export function quietLooks(before: number, connections: number): number {
  return connections > 0 ? 0 : before + 1;
}

/** Whether the program is gone. @param quiet As {@linkcode quietLooks} counts, {@linkcode LOOK_MS} apart. */
export function hasDeparted(quiet: number, holder: HolderState): boolean {
  switch (holder) {
    case "alive":
      return false;
    case "gone":
      return quiet >= QUIET_LOOKS;
    case "unknown":
      return (quiet - 1) * LOOK_MS >= UNKNOWN_MS;
  }
}
