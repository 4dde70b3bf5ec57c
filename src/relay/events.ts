/**
 * What happens at the relay that is worth a line in a log, or a number in the status? No secret is in any of it.
 * @module
 */

import type { Loss } from "../core/relay/lease.ts";

/** Why a connection was closed before it was known. */
export type Refusal =
  /** The secret is nobody's, or that of a lease that has ended. */
  | "secret"
  /** It belongs to another user of the machine. */
  | "user"
  /** It speaks something else than Py4J. */
  | "stranger"
  /** It took too long. */
  | "late"
  /** There were too many of its kind, and it was the oldest. */
  | "shed"
  /** There were too many connections in all. */
  | "full";

/** One event; a lease is named by its id. */
export type RelayEvent =
  | { readonly kind: "refused"; readonly reason: Refusal }
  /** A program waits for a gateway that is coming. */
  | { readonly kind: "held"; readonly lease: string }
  /** A program has met its gateway. */
  | {
    readonly kind: "bound";
    readonly lease: string;
    readonly generation: number;
    /** The port of the program's end of its first connection. */
    readonly remotePort: number;
  }
  /** A program has lost it. Without connections it may have ended before: nobody tells when one does. */
  | { readonly kind: "lost"; readonly lease: string; readonly loss: Loss; readonly connections: number }
  /** A connection is answered with the sentence from now on. */
  | { readonly kind: "entombed"; readonly lease: string; readonly sentence: string }
  /** A program asked the gateway to shut down, and was hung up on instead. */
  | { readonly kind: "shutdown-blocked"; readonly lease: string }
  /** Ctrl-C; `false` when it named no connection of its own program, and was not passed on. */
  | { readonly kind: "cancel"; readonly lease: string; readonly passedOn: boolean }
  /** No connection could be accepted, for the reason given. */
  | { readonly kind: "deaf"; readonly reason: string };

/** How often each has happened. */
export type EventCounts = Readonly<Record<RelayEvent["kind"], number>>;

/** Nothing has happened. */
export const NO_EVENTS: EventCounts = {
  refused: 0,
  held: 0,
  bound: 0,
  lost: 0,
  entombed: 0,
  "shutdown-blocked": 0,
  cancel: 0,
  deaf: 0,
};
