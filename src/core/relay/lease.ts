/**
 * What is a program's right to the gateway, from its issue to its end? It belongs to the first gateway it meets, for
 * ever: the numbers of Java's objects begin anew in each, so that an old program would read, and on garbage collection
 * delete, what is another's.
 * @module
 */

/** Why a lease is worth nothing any more. */
export interface Loss {
  /** The gateway that was lost. */
  readonly generation: number;
  /** The whole reason, for the person who reads the program's error. */
  readonly sentence: string;
  /** The wall clock, in milliseconds since 1970. */
  readonly atMs: number;
}

/** How far a lease has come. */
export type LeaseState =
  /** No program has called with it yet: the next gateway will do. */
  | { readonly kind: "issued" }
  | { readonly kind: "bound"; readonly generation: number }
  /** Its gateway is gone, and its program may not know. */
  | { readonly kind: "lost"; readonly loss: Loss }
  /** Its program is gone. */
  | { readonly kind: "ended"; readonly generation: number | null; readonly loss: Loss | null };

/** A lease nobody has used. */
export const ISSUED: LeaseState = { kind: "issued" };

/** Gives the lease its gateway. One that has had one keeps that, and one that is over stays so. */
export function bind(lease: LeaseState, generation: number): LeaseState {
  switch (lease.kind) {
    case "issued":
      return { kind: "bound", generation };
    case "bound":
    case "lost":
    case "ended":
      return lease;
  }
}

/** Notes that a gateway is gone; another's lease stays as it is. */
export function lose(lease: LeaseState, loss: Loss): LeaseState {
  switch (lease.kind) {
    case "bound":
      return lease.generation === loss.generation ? { kind: "lost", loss } : lease;
    case "issued":
    case "lost":
    case "ended":
      return lease;
  }
}

/** Tells more of the loss of a gateway than was known when it was lost. */
export function explain(lease: LeaseState, generation: number, sentence: string): LeaseState {
  const loss = lossOf(lease);
  if (loss?.generation !== generation || lease.kind !== "lost" && lease.kind !== "ended") return lease;
  return { ...lease, loss: { ...loss, sentence } };
}

/** Takes the right back, and keeps what became of it. */
export function end(lease: LeaseState): LeaseState {
  return lease.kind === "ended"
    ? lease
    : { kind: "ended", generation: generationOf(lease), loss: lossOf(lease) };
}

/**
 * Makes the right as good as new. Only for one whose program is known to be gone: the next that presents the secret is
 * another program, such as the second one of the same shell.
 */
export function renew(lease: LeaseState): LeaseState {
  return lease.kind === "ended" ? lease : ISSUED;
}

/** The gateway it belongs or belonged to, if any. */
export function generationOf(lease: LeaseState): number | null {
  switch (lease.kind) {
    case "issued":
      return null;
    case "bound":
    case "ended":
      return lease.generation;
    case "lost":
      return lease.loss.generation;
  }
}

/** The loss of its gateway while its program had not ended: what tells a failed program from a failed gateway. */
export function lossOf(lease: LeaseState): Loss | null {
  switch (lease.kind) {
    case "issued":
    case "bound":
      return null;
    case "lost":
    case "ended":
      return lease.loss;
  }
}
