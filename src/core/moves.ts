/**
 * The moves every part of the machine shares: change the phase, stay, launch, settle down.
 * @module
 */

import { renewed } from "./memory/memory.ts";
import { UNSEEN } from "./memory/use.ts";
import type { Effect, GatewayState, LifecycleSettings, SupervisorState, Transition } from "./lifecycle.ts";

/** What a transition may look at besides state and input. */
export interface TransitionContext {
  readonly nowMs: number;
  /** The wall clock, in milliseconds since 1970: for what outlives the daemon. */
  readonly wallMs: number;
  /** From 0 up to, not including, 1. */
  readonly random: number;
  readonly settings: LifecycleSettings;
}

/** The state of one phase. */
export type Of<P extends GatewayState["phase"]> = Extract<GatewayState, { phase: P }>;

/** Moves to another phase, or to other knowledge in the same one. */
export function become(
  state: SupervisorState,
  gateway: GatewayState,
  effects: readonly Effect[] = [],
): Transition {
  return { state: { ...state, gateway }, effects };
}

/** Changes nothing. */
export function stay(state: SupervisorState): Transition {
  return { state, effects: [] };
}

/** Begins the next generation. */
export function launch(state: SupervisorState, { nowMs, wallMs, settings }: TransitionContext): Transition {
  const generation = state.lastGeneration + 1;
  const memory = renewed(state.memory, settings.memory, wallMs);
  const numbers = { generation, lastGeneration: generation, launches: state.launches + 1 };
  const next = { ...state, ...numbers, memory, seen: UNSEEN, asked: false };
  return become(next, {
    phase: "starting",
    pid: null,
    startedMs: nowMs,
    deadlineMs: nowMs + settings.startTimeoutMs,
  }, [{ kind: "launch", generation, plan: memory.plan, isAwaited: true }]);
}

/** Nothing runs any more and nothing shall: the daemon ends when it was asked to. */
export function settle(state: SupervisorState): Transition {
  return become(state, { phase: "stopped" }, state.ending ? [{ kind: "finish" }] : []);
}
