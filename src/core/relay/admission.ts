/**
 * What becomes of a program that knocks?
 * @module
 */

import type { LeaseState } from "./lease.ts";

/** Which gateway takes new programs. */
export type Front =
  | { readonly kind: "ready"; readonly generation: number }
  /** As many programs as may run at a time have theirs; the next one is in line. */
  | { readonly kind: "busy" }
  /** None yet, but one is on its way. */
  | { readonly kind: "coming" }
  /** None, and none will come; the sentence says why. */
  | { readonly kind: "hopeless"; readonly sentence: string };

/** The decision at the door. */
export type Admission =
  | { readonly kind: "refuse" }
  | { readonly kind: "hold" }
  | { readonly kind: "dial"; readonly generation: number }
  /** Every call of the program is to be answered with the sentence. */
  | { readonly kind: "tombstone"; readonly sentence: string };

/** Decides. @param lease What the secret gave a right to; `null` when there is no such secret. */
export function admit(lease: LeaseState | null, front: Front): Admission {
  switch (lease?.kind) {
    case undefined:
    case "ended":
      return { kind: "refuse" };
    case "issued":
      return admitNew(front);
    case "bound":
      return { kind: "dial", generation: lease.generation };
    case "lost":
      return { kind: "tombstone", sentence: lease.loss.sentence };
  }
}

function admitNew(front: Front): Admission {
  switch (front.kind) {
    case "ready":
      return { kind: "dial", generation: front.generation };
    case "busy":
    case "coming":
      return { kind: "hold" };
    case "hopeless":
      return { kind: "tombstone", sentence: front.sentence };
  }
}
