/**
 * The loop that owns the gateways' state: inputs go in through one mailbox, the pure transition decides, and the
 * driver acts. Nobody else changes the state.
 * @module
 */

import type { Effect, LifecycleSettings, SupervisorState } from "../core/lifecycle.ts";
import { initialPool, leadOf } from "../core/pool/pool.ts";
import type { PoolState } from "../core/pool/pool.ts";
import { poolTransition, wakeOf } from "../core/pool/step.ts";
import type { PoolInput } from "../core/pool/step.ts";
import type { Clock } from "../ports.ts";

/** Carries out effects and reports by inputs. It must not throw and must not block. */
export interface GatewayDriver {
  perform(effect: Effect, report: (input: PoolInput) => void): void;
}

/** One step of one gateway's life, as observers see it. */
export interface Change {
  readonly before: SupervisorState;
  readonly after: SupervisorState;
  readonly input: PoolInput;
  readonly effects: readonly Effect[];
}

/** Something the loop does of its own, and at least so often: whoever waits for it sees a loop that stands still. */
export interface Pulse {
  readonly periodMs: number;
  /** Told of the whole after each round of inputs; must not block. */
  readonly onTurn: (pool: PoolState) => void;
}

/** What the loop needs. */
export interface SupervisorOptions {
  readonly initial: SupervisorState;
  readonly settings: LifecycleSettings;
  readonly clock: Clock;
  readonly driver: GatewayDriver;
  /** From 0 up to, not including, 1. */
  readonly random: () => number;
  /** Told of each input before anything is decided about it. */
  readonly onInput?: (input: PoolInput) => void;
  /** Told of every step; what it throws is passed to `onError`. */
  readonly onChange: (change: Change) => void;
  /** Told of the whole after each input, before anything is done about it. */
  readonly onPool?: (before: PoolState, pool: PoolState) => void;
  readonly pulse?: Pulse | null;
  /** Told of errors in observers and the driver. */
  readonly onError: (error: unknown) => void;
}

/** Somebody who follows what becomes of the gateways; what it throws is passed to `onError`. */
export type SupervisorObserver = Partial<Pick<SupervisorOptions, "onInput" | "onChange" | "onPool">>;

/** Supervises gateways until it is told to shut down. */
export class Supervisor {
  readonly #options: SupervisorOptions;
  #pool: PoolState;
  /** What the next input is judged by. */
  settings: LifecycleSettings;
  #mailbox: PoolInput[] = [];
  #wake = new AbortController();
  #waitingSinceMs: number | null = null;
  readonly #observers: SupervisorObserver[] = [];

  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.settings = options.settings;
    this.#pool = initialPool(options.initial);
  }

  /** The life of the gateway that stands for all. */
  get state(): SupervisorState {
    return leadOf(this.#pool).life;
  }

  /** Every gateway as it is. */
  get pool(): PoolState {
    return this.#pool;
  }

  /** The life of a gateway; `null` when its seat has another one, or none. */
  lifeOf(generation: number): SupervisorState | null {
    return this.#pool.seats.find(({ life }) => life.generation === generation)?.life ?? null;
  }

  /** How long the oldest unread input, or a deadline that is over, has been waiting: the loop's own pulse. */
  get lagMs(): number {
    const nowMs = this.#options.clock.nowMs();
    const dueMs = Math.min(this.#waitingSinceMs ?? Infinity, wakeOf(this.#pool) ?? Infinity);
    return Math.max(0, Number.isFinite(dueMs) ? nowMs - dueMs : 0);
  }

  /** Tells somebody else of every step from now on. */
  observe(observer: SupervisorObserver): void {
    this.#observers.push(observer);
  }

  /** Hands the loop an input; returns at once. */
  readonly post = (input: PoolInput): void => {
    this.#mailbox.push(input);
    this.#waitingSinceMs ??= this.#options.clock.nowMs();
    this.#wake.abort();
  };

  /** Runs until the machine says that its work is done. */
  async run(): Promise<void> {
    const { clock, pulse } = this.#options;
    const beat = () => this.#contained(() => pulse?.onTurn(this.#pool));
    for (;;) {
      const input = this.#mailbox.shift();
      if (input !== undefined) {
        if (this.#step(input)) return beat();
        continue;
      }
      this.#waitingSinceMs = null;
      beat();
      const deadlineMs = wakeOf(this.#pool);
      this.#wake = new AbortController();
      const dueMs = deadlineMs === null ? Infinity : deadlineMs - clock.nowMs();
      if (dueMs <= 0) this.post({ kind: "deadline" });
      else await clock.sleep(Math.min(dueMs, pulse?.periodMs ?? LONG_MS), this.#wake.signal);
    }
  }

  /** @returns Whether the loop's work is done. */
  #step(input: PoolInput): boolean {
    const { settings } = this;
    const { clock, random, driver, onInput, onChange, onPool } = this.#options;
    this.#contained(() => onInput?.(input));
    for (const observer of this.#observers) this.#contained(() => observer.onInput?.(input));
    const context = { nowMs: clock.nowMs(), wallMs: clock.date().getTime(), random: random(), settings };
    const { pool, steps, effects } = poolTransition(this.#pool, input, context);
    const before = this.#pool;
    this.#pool = pool;
    for (const step of steps) this.#contained(() => onChange({ ...step, input }));
    this.#contained(() => onPool?.(before, pool));
    for (const observer of this.#observers) {
      for (const step of steps) this.#contained(() => observer.onChange?.({ ...step, input }));
      this.#contained(() => observer.onPool?.(before, pool));
    }
    for (const effect of effects) this.#contained(() => driver.perform(effect, this.post));
    return effects.some(({ kind }) => kind === "finish");
  }

  #contained(act: () => void): void {
    try {
      act();
    } catch (error) {
      this.#options.onError(error);
    }
  }
}

/** Without a deadline the loop still looks up once an hour; a timer beyond 2^31 ms would fire at once. */
const LONG_MS = 3_600_000;
