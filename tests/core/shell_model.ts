/**
 * A model of everything around the transition function: processes that live, answer, die and are reaped, and
 * time that passes. After every step it checks what must always hold.
 * @module
 */

import assert from "node:assert/strict";
import { deadlineOf, initialState } from "../../src/core/lifecycle.ts";
import type { Effect, Input, LifecycleSettings, SupervisorState } from "../../src/core/lifecycle.ts";
import type { Memory } from "../../src/core/memory/memory.ts";
import { transition } from "../../src/core/transition.ts";
import { GatewayModel, ORDERLY } from "./gateway_model.ts";
import type { Death } from "./gateway_model.ts";

/** A shell that performs effects, and a clock. */
export class ShellModel {
  state: SupervisorState;
  nowMs = 0;
  finishes = 0;
  readonly #settings: LifecycleSettings;
  /** The newest one. */
  #gateway: GatewayModel | null = null;
  #records = 0;
  #unasked = 0;

  constructor(memory: Memory, settings: LifecycleSettings) {
    this.state = initialState(memory);
    this.#settings = settings;
  }

  /** What the shell may truthfully report now about the newest gateway. */
  reports(death: Death): readonly Input[] {
    return this.#gateway?.reports(death) ?? [];
  }

  /** The report that a well-behaved machine makes next, or `null` when only time helps. */
  goodReport(): Input | null {
    const { generation } = this.state;
    if (this.#gateway?.lives && this.#gateway.told.has("SIGKILL")) {
      return { kind: "exited", generation, exit: { code: 137, signal: "SIGKILL" } };
    }
    const [first] = this.reports(ORDERLY);
    return first === undefined || first.kind === "patience" ? null : first;
  }

  /** Moves to the deadline, where there is one, and says so. */
  untilDeadline(): void {
    this.nowMs = Math.max(this.nowMs, deadlineOf(this.state) ?? 0);
    this.step({ kind: "deadline" });
  }

  /** Hands the machine an input, checks the outcome and performs the effects. */
  step(input: Input, { random = 0.5, death }: { random?: number; death?: Death } = {}): void {
    const before = this.state;
    const context = { nowMs: this.nowMs, wallMs: this.nowMs, random, settings: this.#settings };
    const { state, effects } = transition(before, input, context);
    this.state = state;
    const stale = "generation" in input && input.generation !== before.generation;
    if (stale) {
      assert.equal(state, before);
      assert.deepEqual(effects, []);
      return;
    }
    this.#gateway?.observe(input, death);
    for (const effect of effects) this.#perform(effect);
    this.#check(before, input, effects);
  }

  #perform(effect: Effect): void {
    const lives = this.#gateway?.lives ?? false;
    switch (effect.kind) {
      case "launch":
        assert.ok(!lives, "a second gateway is launched beside a living one");
        assert.equal(this.state.desired, "up", "a gateway is launched that nobody wants");
        assert.ok(!this.state.ending, "a gateway is launched by a daemon that ends");
        assert.equal(effect.plan, this.state.memory.plan);
        this.#gateway = new GatewayModel(effect.generation);
        return;
      case "record":
        this.#records++;
        return;
      case "finish":
        assert.ok(!lives, "the daemon ends before its gateway");
        this.finishes++;
        return;
      case "collect":
        if (effect.intent?.kind !== "stop" && effect.intent?.kind !== "restart") this.#unasked++;
    }
    if ("generation" in effect) assert.ok(this.#gateway !== null, `${effect.kind} of none`);
    this.#gateway?.perform(effect);
  }

  #check(before: SupervisorState, input: Input, effects: readonly Effect[]): void {
    const { state } = this;
    const { gateway } = state;
    const launches = effects.filter(({ kind }) => kind === "launch").length;
    assert.equal(state.generation, before.generation + launches, "the generation grows with launches only");
    const deadlineMs = deadlineOf(state);
    if (gateway.phase === "stopped") {
      assert.equal(state.desired, "down", "nothing runs and nothing waits, though a gateway is wanted");
    } else if (gateway.phase !== "failed") {
      assert.ok(Number.isFinite(deadlineMs), `${gateway.phase} may last for ever`);
    }
    const moved = gateway.phase !== before.gateway.phase;
    if (moved && deadlineMs !== null) {
      assert.ok(deadlineMs >= this.nowMs, "a deadline is over when it is set");
    }
    if (moved && before.gateway.phase === "failed") {
      const { deadlineMs: retryMs } = before.gateway;
      const due = input.kind === "deadline" && retryMs !== null && this.nowMs >= retryMs;
      assert.ok(
        due || ["start", "restart", "stop", "shutdown"].includes(input.kind),
        `failed by ${input.kind}`,
      );
    }
    assert.equal(this.#gateway?.beating ?? false, gateway.phase === "ready", "heartbeats go with readiness");
    assert.ok(state.ending || !before.ending, "the end of the daemon is taken back");
    const pending = gateway.phase === "collecting" ? 1 : 0;
    assert.ok(
      this.#unasked - this.#records <= pending && this.#records <= this.#unasked,
      "one record a death",
    );
  }
}
