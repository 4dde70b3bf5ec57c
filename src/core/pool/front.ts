/**
 * Which gateway takes the next program?
 * @module
 */

import type { SupervisorState } from "../lifecycle.ts";
import type { Front } from "../relay/admission.ts";
import { leadOf } from "./pool.ts";
import type { PoolPolicy, PoolState, Seat } from "./pool.ts";

/** The gateway for the next program, or what it has to wait for. */
export function frontOf(pool: PoolState, policy: PoolPolicy): Front {
  const seat = frontSeat(pool, policy);
  if (seat !== null) return { kind: "ready", generation: seat.life.generation };
  if (policy.sharing === "exclusive" && takenOf(pool) >= policy.gateways) return { kind: "busy" };
  return prospectOf(pool);
}

/** The seat of that gateway, or `null`. */
export function frontSeat(pool: Pick<PoolState, "seats">, { sharing, gateways }: PoolPolicy): Seat | null {
  const serving = pool.seats.filter(serves);
  if (sharing === "shared") {
    const [first, ...others] = serving;
    return first === undefined ? null : leadOf({ seats: [first, ...others] });
  }
  if (takenOf(pool) >= gateways) return null;
  const free = serving.filter(({ programs }) => programs.length === 0);
  return free.sort((a, b) => orderOf(a) - orderOf(b) || a.life.generation - b.life.generation)[0] ?? null;
}

/** How many gateways are a program's. One that is lost is nobody's, though its program may go on for hours. */
function takenOf({ seats }: Pick<PoolState, "seats">): number {
  return seats.filter(({ life: { gateway: { phase } }, programs }) =>
    phase === "ready" && programs.length > 0
  )
    .length;
}

function serves({ life: { gateway }, warmth, retirement }: Seat): boolean {
  return gateway.phase === "ready" && warmth !== "underway" && retirement === null;
}

/** A well one before one that may be ill, a warm one before a cold one. */
function orderOf({ life: { gateway }, warmth }: Seat): number {
  const ill = gateway.phase === "ready" && gateway.condition !== null;
  return (ill ? 2 : 0) + (warmth === "warm" ? 0 : 1);
}

function prospectOf(pool: PoolState): Front {
  const { gateway: { phase }, desired, ending, lastIncident }: SupervisorState = leadOf(pool).life;
  if (phase === "failed") {
    return {
      kind: "hopeless",
      sentence: `rekindle: there is no gateway: ${lastIncident?.decision.reason ?? "it was given up"}. ` +
        'See "rekindle status", correct the cause, and start it again.',
    };
  }
  return desired === "up" && !ending ? { kind: "coming" } : {
    kind: "hopeless",
    sentence: 'rekindle: the gateway was stopped; "rekindle start" brings it back.',
  };
}
