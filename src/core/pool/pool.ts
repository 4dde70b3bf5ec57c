/**
 * Which gateways are there at a time, and what is each of them for? Every seat holds one gateway after the other and
 * has a life of its own; what is known of memory, of deaths and of what is wanted is known to all.
 * @module
 */

import type { SupervisorState } from "../lifecycle.ts";

/** How many gateways, and for how long each. */
export interface PoolPolicy {
  /** How many programs may run at a time, each with a gateway of its own; at least 1. */
  readonly gateways: number;
  /** How many more wait for the next program, warmed up. */
  readonly standby: 0 | 1;
  /** Whether a gateway ends with its program: always, when the program has left something behind, or never. */
  readonly recycle: "always" | "dirty" | "never";
  /** Whether a gateway is one program's alone. */
  readonly sharing: "exclusive" | "shared";
}

/** One gateway for everybody, for as long as it lives. */
export const SINGLE: PoolPolicy = { gateways: 1, standby: 0, recycle: "never", sharing: "shared" };

/** How far a gateway's warm-up is. */
export type Warmth = "cold" | "underway" | "warm";

/** A place for one gateway at a time. */
export interface Seat {
  readonly life: SupervisorState;
  readonly warmth: Warmth;
  /** The leases of the programs that have it. */
  readonly programs: readonly string[];
  /** When the newest of its programs came, by the monotonic clock; `null` when none has come. */
  readonly boundMs: number | null;
  /** Why it is to end as soon as no program has it, or `null`. */
  readonly retirement: string | null;
}

/** All of it; the first seat is there before any gateway is. */
export interface PoolState {
  readonly seats: readonly [Seat, ...Seat[]];
  /** Why no gateway is warmed up any more, or `null`. */
  readonly warmUpRefusal: string | null;
  /** Whether there is no memory for a gateway that only waits. */
  readonly isShort: boolean;
  /** When there is something to do that no seat waits for. */
  readonly wakeMs: number | null;
}

/** A seat whose gateway nobody has used. */
export function freshSeat(life: SupervisorState): Seat {
  return { life, warmth: "cold", programs: [], boundMs: null, retirement: null };
}

/** The pool of a daemon that has started nothing yet. */
export function initialPool(life: SupervisorState): PoolState {
  return { seats: [freshSeat(life)], warmUpRefusal: null, isShort: false, wakeMs: null };
}

/** The seat that stands for all where one answer is wanted: of a program, else of the gateway that serves best. */
export function leadOf({ seats }: Pick<PoolState, "seats">): Seat {
  return seats.reduce((best, seat) => rankOf(seat) > rankOf(best) ? seat : best);
}

function rankOf({ life: { gateway }, programs, warmth }: Seat): number {
  switch (gateway.phase) {
    case "ready":
      return programs.length > 0 ? 7 : warmth === "underway" ? 4 : warmth === "warm" ? 6 : 5;
    case "warming":
      return 3;
    case "starting":
    case "backoff":
    case "stopping":
    case "collecting":
      return 2;
    case "failed":
      return 1;
    case "stopped":
      return 0;
  }
}

/** Whether everything is as it is to be, and no program is there: time for what can wait. */
export function isIdle(
  { seats, warmUpRefusal, isShort }: PoolState,
  { gateways, standby }: PoolPolicy,
): boolean {
  const warms = standby === 1 && warmUpRefusal === null;
  return !isShort && seats.length === gateways + standby &&
    seats.every(({ life: { gateway }, programs, warmth }) =>
      gateway.phase === "ready" && programs.length === 0 && warmth !== "underway" &&
      (!warms || warmth === "warm")
    );
}
