/**
 * The transition function of the pool: an input goes to the seats it concerns, and then the pool puts itself in order.
 * @module
 */

import { deadlineOf } from "../lifecycle.ts";
import type { Effect, Input } from "../lifecycle.ts";
import type { TransitionContext } from "../moves.ts";
import { transition } from "../transition.ts";
import { arrange, retire } from "./arrange.ts";
import { leadOf } from "./pool.ts";
import { isShort as isShortOf } from "./pressure.ts";
import type { MemoryLeft } from "./pressure.ts";
import type { PoolState, Seat } from "./pool.ts";
import { Round } from "./round.ts";
import type { SeatStep } from "./round.ts";

/** What concerns the pool: beside the lives of its gateways, who uses them. */
export type PoolInput =
  | Input
  /** A program has met its gateway. */
  | { readonly kind: "bound"; readonly generation: number; readonly lease: string }
  /** A program is gone. */
  | { readonly kind: "released"; readonly generation: number; readonly lease: string }
  /** What a program has left in its gateway, in words; `null` when nothing is known to be. */
  | { readonly kind: "searched"; readonly generation: number; readonly left: string | null }
  | { readonly kind: "memory"; readonly left: MemoryLeft }
  | { readonly kind: "warmed"; readonly generation: number }
  | { readonly kind: "warm-up-failed"; readonly generation: number; readonly reason: string };

/** The pool after an input, and what each seat did. */
export interface PoolStep {
  readonly pool: PoolState;
  readonly steps: readonly SeatStep[];
  /** All that is to be done, in order. */
  readonly effects: readonly Effect[];
}

/** The next state and what to do. An input that concerns no seat leaves everything as it is, and is observed all the same. */
export function poolTransition(pool: PoolState, input: PoolInput, context: TransitionContext): PoolStep {
  const round = new Round(pool);
  let { warmUpRefusal, isShort } = pool;
  switch (input.kind) {
    case "memory":
      isShort = isShortOf(isShort, input.left);
      break;
    case "bound":
    case "released":
    case "searched":
    case "warmed":
    case "warm-up-failed":
      if (note(round, input, context) && input.kind === "warm-up-failed") warmUpRefusal = input.reason;
      break;
    case "start":
    case "restart":
      warmUpRefusal = null;
      live(round, pool, input, context);
      break;
    default:
      live(round, pool, input, context);
  }
  const wakeMs = arrange(round, { warmUpRefusal, isShort, context });
  round.settle();
  const effects = [...round.steps.flatMap((step) => step.effects), ...round.effects];
  return { pool: { seats: round.seats, warmUpRefusal, isShort, wakeMs }, steps: round.steps, effects };
}

/** When the pool must be woken; `null` when nothing is waited for. */
export function wakeOf({ seats, wakeMs }: PoolState): number | null {
  const deadlines = seats.flatMap(({ life }) => deadlineOf(life) ?? []);
  const dueMs = Math.min(wakeMs ?? Infinity, ...deadlines);
  return Number.isFinite(dueMs) ? dueMs : null;
}

function live(round: Round, pool: PoolState, input: Input, context: TransitionContext): void {
  const lead = pool.seats.indexOf(leadOf(pool));
  const concerned = pool.seats.flatMap((_, index) => concerns(pool, index, input, context) ? [index] : []);
  for (const index of concerned.length === 0 ? [lead] : concerned) {
    round.step(index, (life) => {
      const { state, effects } = transition(life, input, context);
      // That one which waits is well says nothing of those that work.
      const idles = input.kind === "heartbeat" && index !== lead;
      return { state: idles ? { ...state, deaths: life.deaths } : state, effects };
    });
  }
  const verdict = round.steps.flatMap(({ effects }) => effects).find(({ kind }) => kind === "record");
  if (verdict?.kind !== "record") return;
  round.seats.forEach((_, index) => round.change(index, unproven));
  const { change, decision } = verdict.incident;
  if (!change.changed || decision.kind !== "restart") return;
  round.seats.forEach((seat, index) => {
    const { phase } = seat.life.gateway;
    if (phase !== "ready" && phase !== "warming" && phase !== "starting") return;
    round.change(index, (each) => retire(each, "its memory is not what is planned since the last death"));
  });
}

/** Health is proven by beats after a death: one that waited may have had as many before it. */
function unproven(seat: Seat): Seat {
  const { life } = seat;
  if (life.gateway.phase !== "ready") return seat;
  return { ...seat, life: { ...life, gateway: { ...life.gateway, beats: 0 } } };
}

/** The first seat is asked for when there is no other: the others follow it. */
function concerns(
  { seats }: PoolState,
  index: number,
  input: Input,
  { nowMs }: TransitionContext,
): boolean {
  const life = seats[index]?.life;
  if (life === undefined) return false;
  if ("generation" in input) return input.generation === life.generation;
  // An empty seat is filled in its turn.
  if (input.kind === "start" || input.kind === "restart") return life.gateway.phase !== "stopped";
  if (input.kind !== "deadline") return true;
  const deadlineMs = deadlineOf(life);
  return deadlineMs !== null && deadlineMs <= nowMs;
}

type Note = Exclude<PoolInput, Input | { readonly kind: "memory" }>;

/** @returns Whether there is such a gateway. */
function note(round: Round, input: Note, context: TransitionContext): boolean {
  const index = round.seats.findIndex(({ life }) => life.generation === input.generation);
  const { recycle, sharing } = context.settings.pool;
  const before = round.seats[index];
  if (before === undefined) return false;
  round.change(index, (seat) => {
    switch (input.kind) {
      case "bound":
        return { ...seat, programs: [...seat.programs, input.lease], boundMs: context.nowMs };
      case "released": {
        if (!seat.programs.includes(input.lease)) return seat;
        const programs = seat.programs.filter((lease) => lease !== input.lease);
        // A program does all that a warm-up does, and one that ran beside what it has left would fail.
        const left: Seat = { ...seat, programs, warmth: "warm" };
        if (sharing === "shared" || left.programs.length > 0 || recycle === "never") return left;
        return recycle === "always" ? retire(left, "its program has ended") : { ...left, warmth: "underway" };
      }
      case "searched":
        return input.left === null
          ? { ...seat, warmth: "warm" }
          : retire(seat, `its program has left ${input.left}`);
      case "warmed":
        return seat.warmth === "underway" ? { ...seat, warmth: "warm" } : seat;
      case "warm-up-failed":
        return retire(seat, `its warm-up failed: ${input.reason}`);
    }
  });
  const seat = round.seats[index];
  const isLeft = input.kind === "released" && seat !== before && seat?.warmth === "underway";
  if (isLeft && seat.retirement === null && seat.life.gateway.phase === "ready") {
    round.effect({ kind: "search", generation: input.generation });
  }
  return true;
}
