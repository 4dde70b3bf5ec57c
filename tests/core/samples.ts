/**
 * A state for every variant of a gateway's life, and an input of every kind.
 * @module
 */

import type { Condition } from "../../src/core/watch/condition.ts";
import type { DeathEvidence } from "../../src/core/diagnosis/exit_cause.ts";
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
import { firstMemory } from "../../src/core/memory/memory.ts";
import type { TransitionContext } from "../../src/core/moves.ts";
import { firstSigns } from "../../src/core/watch/signs.ts";
import { transition } from "../../src/core/transition.ts";
import type { Evidence } from "../../src/core/verdict.ts";
import type { Look } from "../../src/core/watch/vitals.ts";

/** The time every sample is seen at. */
export const NOW_MS = 1_000_000;
/** The generation of every sample. */
export const GENERATION = 7;

/** The wall clock at {@linkcode NOW_MS}. */
export const WALL_MS = Date.UTC(2026, 0, 1);

/** The memory of a machine with 24 GiB when nothing was asked for and nothing has happened. */
export const MEMORY = firstMemory(
  {
    limit: { bytes: 24 * GIB, source: "machine" },
    ...{
      heapBytes: null,
      pins: {},
      parallelTasks: 2,
      isLocal: true,
      defaultStackBytes: 2 ** 20,
      gateways: 1,
      standbyBytes: 0,
    },
  },
  { kept: null, mode: "adjust", atMs: WALL_MS },
);

/** A context at {@linkcode NOW_MS}, with the highest wait that full jitter can draw. */
export function at(nowMs: number, settings: Partial<LifecycleSettings> = {}): TransitionContext {
  return {
    nowMs,
    wallMs: WALL_MS + nowMs - NOW_MS,
    random: 1 - 2 ** -53,
    settings: { ...DEFAULT_SETTINGS, ...settings },
  };
}

/** A state with this gateway, wanted up. */
export function up<G extends GatewayState>(gateway: G): SupervisorState & { readonly gateway: G } {
  return {
    ...initialState(MEMORY),
    desired: "up",
    generation: GENERATION,
    lastGeneration: GENERATION,
    gateway,
  };
}

const later = NOW_MS + 1_000;
const ready = {
  phase: "ready",
  pid: 42,
  startedMs: NOW_MS - 90_000,
  readyMs: NOW_MS - 80_000,
  beats: 20,
} as const;

/** The condition of a gateway that has not answered for 14 s. */
export const SILENT: Condition = {
  kind: "silent",
  sinceMs: NOW_MS - 14_000,
  reason: "no answer for 14 s",
  evidence: [],
};

/** What a look finds in a gateway that is well and idle. */
export const LOOK: Look = {
  process: { state: "S", startTicks: 4_711, cpuMs: 9_000, tracerPid: 0, residentBytes: 2 ** 27 },
  gc: {
    pausedMs: 100,
    collections: 4,
    cause: null,
    oldUsedBytes: 2 ** 20,
    oldMaxBytes: 2 ** 30,
    heapCommittedBytes: 2 ** 26,
    metaspaceBytes: 2 ** 26,
  },
  spark: {
    contextActive: false,
    schedulerAlive: null,
    driverMemory: null,
    uiUrl: null,
    folders: [],
    deadlocked: [],
  },
  pythonBytes: null,
  closer: null,
};

/** One state for every row of a gateway's life that behaves differently. */
export const SAMPLES = {
  stopped: { ...up({ phase: "stopped" }), desired: "down" },
  /** No process yet. */
  new: up({ phase: "starting", pid: null, startedMs: NOW_MS - 2_000, deadlineMs: later }),
  starting: up({ phase: "starting", pid: 42, startedMs: NOW_MS - 2_000, deadlineMs: later }),
  warming: up({ phase: "warming", pid: 42, startedMs: NOW_MS - 2_000, deadlineMs: later }),
  ready: up({
    ...ready,
    signs: firstSigns(NOW_MS - 4_000),
    condition: null,
    excuse: null,
    deadlineMs: later,
  }),
  suspect: up({
    ...ready,
    beats: 0,
    signs: firstSigns(NOW_MS - 14_000),
    condition: SILENT,
    excuse: null,
    deadlineMs: later,
  }),
  /** Asked to end, two steps of the ladder left. */
  ending: {
    ...up({
      phase: "stopping",
      pid: 42,
      intent: { kind: "stop", by: "somebody" },
      wasReady: true,
      step: "close-stdin",
      remaining: ["SIGTERM", "SIGKILL"],
      deadlineMs: later,
    }),
    desired: "down",
  },
  /** Ended because it hung, the ladder used up, the process not seen yet. */
  hung: up({
    phase: "stopping",
    pid: null,
    intent: { kind: "unfit", condition: SILENT, survived: null },
    wasReady: true,
    step: "SIGKILL",
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
    hsErr: [],
    oomKills: { group: 0, machine: 0 },
  };
}

type Report = Extract<Input, { generation: number }>;

/** What Java prints when a thread dies of a full heap. */
export const SURVIVED: Evidence = {
  source: "stderr",
  line: 7,
  text: 'Exception in thread "Thread-7" java.lang.OutOfMemoryError: Java heap space',
};

/** Every report of the shell, about the generation of the state. */
export const REPORTS = {
  "spawned": ({ generation }) => ({ kind: "spawned", generation, pid: 99, startTicks: 7 }),
  "progress": ({ generation }) => ({ kind: "progress", generation }),
  "doomed": ({ generation }) => ({ kind: "doomed", generation }),
  "handshake": ({ generation }) => ({ kind: "handshake", generation }),
  "attached": ({ generation }) => ({ kind: "attached", generation }),
  "attach-failed": ({ generation }) => ({ kind: "attach-failed", generation, reason: "no answer" }),
  "heartbeat": ({ generation }) => ({ kind: "heartbeat", generation, way: "kept" }),
  "missed": ({ generation }) => ({ kind: "missed", generation, way: "fresh" }),
  "looked": ({ generation }) => ({ kind: "looked", generation, look: LOOK }),
  "patience": ({ generation }) => ({ kind: "patience", generation, why: "it writes a heap dump" }),
  "survived": ({ generation }) => ({ kind: "survived", generation, line: SURVIVED }),
  "inspected": ({ generation }) => ({ kind: "inspected", generation }),
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
