/**
 * What does the pool do by itself? It ends what has served, starts what will be wanted, and warms up what waits.
 * @module
 */

import { end, GENTLE } from "../ending.ts";
import { UNSEEN } from "../memory/use.ts";
import { launch } from "../moves.ts";
import type { TransitionContext } from "../moves.ts";
import { frontSeat } from "./front.ts";
import { freshSeat, leadOf } from "./pool.ts";
import type { Seat } from "./pool.ts";
import type { Round } from "./round.ts";

/** The start of a program takes both processors of a small machine for so long: a warm-up would take them from it. */
const QUIET_MS = 5_000;

/** A seat that is to be emptied as soon as no program has its gateway. The first reason stays. */
export function retire(seat: Seat, why: string): Seat {
  return { ...seat, retirement: seat.retirement ?? why };
}

/** What arranging depends on. */
export interface Arrangement {
  readonly warmUpRefusal: string | null;
  readonly isShort: boolean;
  readonly context: TransitionContext;
}

/** Puts the seats in order. @returns When to look again, or `null`. */
export function arrange(round: Round, { warmUpRefusal, isShort, context }: Arrangement): number | null {
  const { desired, ending } = round.seats[0].life;
  if (desired === "down" || ending) return null;
  if (isShort) spareMemory(round, context);
  retireServed(round, context);
  launchWanted(round, { isShort, context });
  return warmUpRefusal === null && !isShort ? warmUpIdle(round, context) : null;
}

function retireServed(round: Round, context: TransitionContext): void {
  round.seats.forEach(({ life: { gateway }, programs, retirement: why }, index) => {
    if (why === null || programs.length > 0 || gateway.phase !== "ready") return;
    round.step(index, (life) => end(life, { kind: "retire", why }, { steps: GENTLE, context }));
  });
}

/** Whoever only waits gives its memory back. Those that a program has stay, or else the one for the next program. */
function spareMemory(round: Round, { settings: { pool: policy } }: TransitionContext): void {
  const { seats } = round;
  const ready = seats.filter(({ life }) => life.gateway.phase === "ready");
  const taken = ready.filter(({ programs }) => programs.length > 0);
  const front = frontSeat(round, policy) ?? ready[0];
  const kept = taken.length > 0 ? taken : [front];
  seats.forEach((seat, index) => {
    if (!ready.includes(seat) || kept.includes(seat)) return;
    round.change(index, (each) => retire(each, "memory is short, and no program has it"));
  });
}

/** One at a time, unless there is none that serves; then only that one where memory is short. */
function launchWanted(
  round: Round,
  { isShort, context }: { readonly isShort: boolean; readonly context: TransitionContext },
): void {
  const { gateways, standby } = context.settings.pool;
  const phases = round.seats.map(({ life }) => life.gateway.phase);
  const serves = phases.includes("ready");
  const comes = phases.includes("starting") || phases.includes("warming");
  const empty = phases.indexOf("stopped");
  if (comes || empty === -1 && !serves || isShort && serves) return;
  if (empty === -1) {
    if (round.seats.length >= gateways + standby) return;
    const { life } = leadOf(round);
    round.add(
      freshSeat({ ...life, gateway: { phase: "stopped" }, generation: 0, seen: UNSEEN, asked: false }),
    );
  }
  const index = empty === -1 ? round.seats.length - 1 : empty;
  round.step(index, (life) => {
    const launched = launch(life, context);
    // It replaces none that was lost.
    return { ...launched, state: { ...launched.state, launches: life.launches } };
  });
}

/** One at a time, and none that the next program would get. */
function warmUpIdle(round: Round, { nowMs, settings: { pool: policy } }: TransitionContext): number | null {
  if (policy.standby === 0) return null;
  const { seats } = round;
  const busy = seats.some(({ life: { gateway: { phase } }, warmth }) =>
    phase === "ready" && warmth === "underway" || phase === "starting" || phase === "warming"
  );
  const front = frontSeat(round, policy);
  const index = seats.findIndex((seat) => {
    const { life: { gateway }, warmth, programs, retirement } = seat;
    return gateway.phase === "ready" && gateway.condition === null && warmth === "cold" &&
      programs.length === 0 && retirement === null && seat !== front;
  });
  if (busy || index === -1) return null;
  const came = seats.flatMap(({ programs, boundMs }) =>
    programs.length > 0 && boundMs !== null ? [boundMs] : []
  );
  const quietMs = Math.max(...came, -Infinity) + QUIET_MS;
  if (nowMs < quietMs) return quietMs;
  round.change(index, (seat) => ({ ...seat, warmth: "underway" }));
  const generation = seats[index]?.life.generation ?? 0;
  round.effect({ kind: "warm-up", generation });
  return null;
}
