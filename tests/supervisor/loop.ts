/**
 * A real control loop on a manual clock, whose driver only remembers.
 * @module
 */

import assert from "node:assert/strict";
import { DEFAULT_SETTINGS, initialState } from "../../src/core/lifecycle.ts";
import type { Effect, Input, Phase } from "../../src/core/lifecycle.ts";
import { Supervisor } from "../../src/supervisor/supervisor.ts";
import type { Change, SupervisorOptions } from "../../src/supervisor/supervisor.ts";
import { MEMORY } from "../fakes/gateway_world.ts";
import { ManualClock } from "../fakes/manual_clock.ts";
import { collected, exited } from "./ways.ts";

/** A running loop, and everything it did. */
export class Loop {
  readonly clock = new ManualClock();
  readonly changes: Change[] = [];
  readonly errors: unknown[] = [];
  readonly effects: Effect[] = [];
  readonly supervisor: Supervisor;
  /** What performing an effect does. */
  onEffect: (effect: Effect, report: (input: Input) => void) => void = () => {};
  readonly finished: Promise<void>;
  ended = false;

  constructor(options: Partial<SupervisorOptions> = {}) {
    this.supervisor = new Supervisor({
      initial: initialState(MEMORY),
      settings: DEFAULT_SETTINGS,
      clock: this.clock,
      driver: {
        perform: (effect, report) => {
          this.effects.push(effect);
          this.onEffect(effect, report);
        },
      },
      random: () => 0.5,
      onChange: (change) => void this.changes.push(change),
      onError: (error) => void this.errors.push(error),
      ...options,
    });
    this.finished = this.supervisor.run().then(() => void (this.ended = true));
  }

  get phase(): Phase {
    return this.supervisor.state.gateway.phase;
  }

  /** Effects in words, since the last time they were asked for. */
  news(): readonly string[] {
    return this.effects.splice(0).map((effect) => effect.kind === "end-step" ? effect.step : effect.kind);
  }

  /** Hands over inputs one by one, and waits until each has been dealt with. */
  async tell(...inputs: readonly Input[]): Promise<void> {
    for (const input of inputs) {
      this.supervisor.post(input);
      await this.clock.advance(0);
    }
  }

  /** A gateway that ends when it is told to, from now on. */
  obey(): void {
    this.onEffect = (effect, report) => {
      if (effect.kind === "end-step") report(exited(effect.generation));
      if (effect.kind === "collect") report(collected(effect));
    };
  }

  /** Brings the loop to its end. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.obey();
    this.supervisor.post({ kind: "shutdown", by: "the end of the test" });
    while (!this.ended) await this.clock.advance(DEFAULT_SETTINGS.collectTimeoutMs);
    await this.finished;
    assert.deepEqual(this.clock.pendingMs, []);
  }
}
