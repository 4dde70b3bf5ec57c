/**
 * One turn of the pool: what each seat does, and that all know at once what one of them has learned.
 * @module
 */

import type { Effect, SupervisorState, Transition } from "../lifecycle.ts";
import { freshSeat } from "./pool.ts";
import type { PoolState, Seat } from "./pool.ts";

/** A step of one seat, as its observers see it. */
export interface SeatStep {
  readonly before: SupervisorState;
  readonly after: SupervisorState;
  readonly effects: readonly Effect[];
}

/** Gathers the steps of one turn. */
export class Round {
  #seats: readonly [Seat, ...Seat[]];
  readonly steps: SeatStep[] = [];
  /** What is to be done beside the steps, and after them. */
  readonly effects: Effect[] = [];
  #finishes = false;

  constructor({ seats }: PoolState) {
    this.#seats = seats;
  }

  get seats(): readonly [Seat, ...Seat[]] {
    return this.#seats;
  }

  /** Lets the seat of that place take a step. */
  step(index: number, act: (life: SupervisorState) => Transition): void {
    const seat = this.#seats[index];
    if (seat === undefined) return;
    const before = seat.life;
    const { state: after, effects: wanted } = act(before);
    const effects = this.#serves(index) ? wanted.map(unawaited) : wanted;
    this.change(
      index,
      (old) => after.generation === before.generation ? { ...old, life: after } : freshSeat(after),
    );
    this.#seats = mapped(this.#seats, (other, at) => {
      if (at === index) return other;
      const life = sharing(other.life, after);
      return life === other.life ? other : { ...other, life };
    });
    this.#finishes ||= effects.some(({ kind }) => kind === "finish");
    this.steps.push({ before, after, effects: effects.filter(({ kind }) => kind !== "finish") });
  }

  /** Whether another gateway serves meanwhile. */
  #serves(index: number): boolean {
    return this.#seats.some(({ life: { gateway } }, at) => at !== index && gateway.phase === "ready");
  }

  /** Changes what is known of a seat besides its life. */
  change(index: number, alter: (seat: Seat) => Seat): void {
    this.#seats = mapped(this.#seats, (seat, at) => at === index ? alter(seat) : seat);
  }

  /** Adds a seat that has had no gateway. */
  add(seat: Seat): void {
    this.#seats = [...this.#seats, seat];
  }

  /** Asks for something that is no step of a life. */
  effect(effect: Effect): void {
    this.effects.push(effect);
  }

  /** The daemon's work is done with that of the last seat. */
  settle(): void {
    if (!this.#finishes || this.#seats.some(({ life: { gateway } }) => gateway.phase !== "stopped")) return;
    this.effect({ kind: "finish" });
  }
}

function unawaited(effect: Effect): Effect {
  return effect.kind === "launch" ? { ...effect, isAwaited: false } : effect;
}

function mapped(
  [first, ...rest]: readonly [Seat, ...Seat[]],
  alter: (seat: Seat, index: number) => Seat,
): readonly [Seat, ...Seat[]] {
  return [alter(first, 0), ...rest.map((seat, index) => alter(seat, index + 1))];
}

/** What one seat has learned is known to another, whose gateway keeps the plan it was started with. */
function sharing(life: SupervisorState, other: SupervisorState): SupervisorState {
  const { desired, ending, lastGeneration, deaths, launches, lastIncident, everReady, memory: { record } } =
    other;
  const known = { desired, ending, lastGeneration, deaths, launches, lastIncident, everReady };
  const names = Object.keys(known) as (keyof typeof known)[];
  if (record === life.memory.record && names.every((name) => life[name] === known[name])) return life;
  return { ...life, ...known, memory: { ...life.memory, record } };
}
