/**
 * The loop that owns the gateway's state: inputs go in through one mailbox, the pure transition decides, and the
 * driver acts. Nobody else changes the state.
 * @module
 */

import { deadlineOf } from "../core/lifecycle.ts";
import type { Effect, Input, LifecycleSettings, SupervisorState } from "../core/lifecycle.ts";
import { transition } from "../core/transition.ts";
import type { Clock } from "../ports.ts";

/** Carries out effects and reports by inputs. It must not throw and must not block. */
export interface GatewayDriver {
  perform(effect: Effect, report: (input: Input) => void): void;
}

/** One step of the machine, as observers see it. */
export interface Change {
  readonly before: SupervisorState;
  readonly after: SupervisorState;
  readonly input: Input;
  readonly effects: readonly Effect[];
}

/** What the loop needs. */
export interface SupervisorOptions {
  readonly initial: SupervisorState;
  readonly settings: LifecycleSettings;
  readonly clock: Clock;
  readonly driver: GatewayDriver;
  /** From 0 up to, not including, 1. */
  readonly random: () => number;
  /** Told of every step; what it throws is passed to `onError`. */
  readonly onChange: (change: Change) => void;
  /** Told of errors in observers and the driver. */
  readonly onError: (error: unknown) => void;
}

/** Supervises one gateway until it is told to shut down. */
export class Supervisor {
  readonly #options: SupervisorOptions;
  #state: SupervisorState;
  #mailbox: Input[] = [];
  #wake = new AbortController();
  #waitingSinceMs: number | null = null;

  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.#state = options.initial;
  }

  /** The state as it is. */
  get state(): SupervisorState {
    return this.#state;
  }

  /** How long the oldest unread input, or a deadline that is over, has been waiting: the loop's own pulse. */
  get lagMs(): number {
    const nowMs = this.#options.clock.nowMs();
    const dueMs = Math.min(this.#waitingSinceMs ?? Infinity, deadlineOf(this.#state) ?? Infinity);
    return Math.max(0, Number.isFinite(dueMs) ? nowMs - dueMs : 0);
  }

  /** Hands the loop an input; returns at once. */
  readonly post = (input: Input): void => {
    this.#mailbox.push(input);
    this.#waitingSinceMs ??= this.#options.clock.nowMs();
    this.#wake.abort();
  };

  /** Runs until the machine says that its work is done. */
  async run(): Promise<void> {
    const { clock } = this.#options;
    for (;;) {
      const input = this.#mailbox.shift();
      if (input !== undefined) {
        if (this.#step(input)) return;
        continue;
      }
      this.#waitingSinceMs = null;
      const deadlineMs = deadlineOf(this.#state);
      this.#wake = new AbortController();
      if (deadlineMs !== null && deadlineMs <= clock.nowMs()) this.post({ kind: "deadline" });
      else await clock.sleep(deadlineMs === null ? LONG_MS : deadlineMs - clock.nowMs(), this.#wake.signal);
    }
  }

  /** @returns Whether the loop's work is done. */
  #step(input: Input): boolean {
    const { clock, settings, random, driver, onChange } = this.#options;
    const before = this.#state;
    const context = { nowMs: clock.nowMs(), wallMs: clock.date().getTime(), random: random(), settings };
    const { state, effects } = transition(before, input, context);
    this.#state = state;
    this.#contained(() => onChange({ before, after: state, input, effects }));
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
