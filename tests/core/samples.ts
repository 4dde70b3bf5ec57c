/**
 * A state for every variant of a gateway's life, and an input of every kind.
 * @module
 */

import type { DeathEvidence } from "../../src/core/exit_cause.ts";
import { GIB } from "../../src/core/jvm_flags.ts";
import { deadlineOf, DEFAULT_SETTINGS, initialState } from "../../src/core/lifecycle.ts";
import type {
  Effect,
  GatewayState,
  Input,
  LifecycleSettings,
  SupervisorState,
  Transition,
} from "../../src/core/lifecycle.ts";
import { firstPlan } from "../../src/core/memory_plan.ts";
import type { TransitionContext } from "../../src/core/moves.ts";
import { transition } from "../../src/core/transition.ts";

/** The time every sample is seen at. */
export const NOW_MS = 1_000_000;
/** The generation of every sample. */
export const GENERATION = 7;

/** The default plan of a machine with 24 GiB. */
export const PLAN = firstPlan({ heapBytes: null, pin: null, limit: { bytes: 24 * GIB, source: "machine" } });

/** A context at {@linkcode NOW_MS}, with the highest wait that full jitter can draw. */
export function at(nowMs: number, settings: Partial<LifecycleSettings> = {}): TransitionContext {
  return { nowMs, random: 1 - 2 ** -53, settings: { ...DEFAULT_SETTINGS, ...settings } };
}

/** A state with this gateway, wanted up. */
export function up<G extends GatewayState>(gateway: G): SupervisorState & { readonly gateway: G } {
  return { ...initialState(PLAN), desired: "up", generation: GENERATION, gateway };
}

const later = NOW_MS + 1_000;
const ready = {
  phase: "ready",
  pid: 42,
  startedMs: NOW_MS - 90_000,
  readyMs: NOW_MS - 80_000,
  beats: 20,
} as const;

/** One state for every row of a gateway's life that behaves differently. */
export const SAMPLES = {
  stopped: { ...up({ phase: "stopped" }), desired: "down" },
  /** No process yet. */
  new: up({ phase: "starting", pid: null, startedMs: NOW_MS - 2_000, deadlineMs: later }),
  starting: up({ phase: "starting", pid: 42, startedMs: NOW_MS - 2_000, deadlineMs: later }),
  warming: up({ phase: "warming", pid: 42, startedMs: NOW_MS - 2_000, deadlineMs: later }),
  ready: up({ ...ready, lastBeatMs: NOW_MS - 4_000, suspect: false, deadlineMs: later }),
  suspect: up({ ...ready, lastBeatMs: NOW_MS - 14_000, suspect: true, deadlineMs: later }),
  /** Asked to end, two steps of the ladder left. */
  ending: {
    ...up({
      phase: "stopping",
      pid: 42,
      intent: { kind: "stop", by: "somebody" },
      wasReady: true,
      remaining: ["SIGTERM", "SIGKILL"],
      deadlineMs: later,
    }),
    desired: "down",
  },
  /** Ended because it hung, the ladder used up, the process not seen yet. */
  hung: up({
    phase: "stopping",
    pid: null,
    intent: { kind: "unresponsive", reason: "no heartbeat for 15 s" },
    wasReady: true,
    remaining: [],
    deadlineMs: later,
  }),
  /** Died by itself. */
  dead: up({
    phase: "collecting",
    exit: { code: 3, signal: null },
    intent: null,
    wasReady: true,
    deadlineMs: later,
  }),
  /** Ended for a restart. */
  asked: up({
    phase: "collecting",
    exit: { code: 0, signal: null },
    intent: { kind: "restart", by: "somebody" },
    wasReady: true,
    deadlineMs: later,
  }),
  backoff: up({ phase: "backoff", deadlineMs: later }),
  /** Given up, to be tried again. */
  waiting: up({ phase: "failed", deadlineMs: later }),
  failed: up({ phase: "failed", deadlineMs: null }),
} as const satisfies Record<string, SupervisorState>;

/** The name of a sample. */
export type SampleName = keyof typeof SAMPLES;

/** What a death by a full heap leaves, told by a state that knows how the gateway ended. */
export function evidenceFor({ gateway }: SupervisorState): DeathEvidence {
  const known = gateway.phase === "collecting" ? gateway : null;
  return {
    exit: known?.exit ?? { code: 3, signal: null },
    intent: known?.intent ?? null,
    wasReady: known?.wasReady ?? true,
    stdout: [{ number: 1, text: "Terminating due to java.lang.OutOfMemoryError: Java heap space" }],
    stderr: [],
    oomKills: { group: 0, machine: 0 },
  };
}

type Report = Extract<Input, { generation: number }>;

/** Every report of the shell, about the generation of the state. */
export const REPORTS = {
  "spawned": ({ generation }) => ({ kind: "spawned", generation, pid: 99 }),
  "progress": ({ generation }) => ({ kind: "progress", generation }),
  "handshake": ({ generation }) => ({ kind: "handshake", generation }),
  "attached": ({ generation }) => ({ kind: "attached", generation }),
  "attach-failed": ({ generation }) => ({ kind: "attach-failed", generation, reason: "no answer" }),
  "heartbeat": ({ generation }) => ({ kind: "heartbeat", generation }),
  "patience": ({ generation }) => ({ kind: "patience", generation, forMs: 120_000 }),
  "exited": ({ generation }) => ({ kind: "exited", generation, exit: { code: 3, signal: null } }),
  "collected": (state) => ({
    kind: "collected",
    generation: state.generation,
    evidence: evidenceFor(state),
  }),
} as const satisfies Record<Report["kind"], (state: SupervisorState) => Report>;

/** Every command of a person. */
export const COMMANDS = {
  start: { kind: "start" },
  stop: { kind: "stop", by: "a test" },
  restart: { kind: "restart", by: "a test" },
  shutdown: { kind: "shutdown", by: "a test" },
  kill: { kind: "kill" },
} as const satisfies Record<Exclude<Input["kind"], Report["kind"] | "deadline">, Input>;

/** When the deadline of a state is over. */
export function dueMs(state: SupervisorState): number {
  return deadlineOf(state) ?? NOW_MS;
}

/** Applies inputs one after the other, all at the same time. */
export function feed(state: SupervisorState, inputs: readonly Input[]): Transition {
  const effects: Effect[] = [];
  for (const input of inputs) {
    const next = transition(state, input, at(NOW_MS));
    state = next.state;
    effects.push(...next.effects);
  }
  return { state, effects };
}
