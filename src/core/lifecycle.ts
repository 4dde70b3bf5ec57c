/**
 * Between which words does the life of a gateway take place? Its states, what is told to it, and what it wants done;
 * `transition.ts` leads from one to the next. The state carries at most one deadline; every phase that waits for
 * something has one, so nothing can wait for ever.
 * @module
 */

import type { Condition } from "./watch/condition.ts";
import type { DeathEvidence, Intent } from "./diagnosis/exit_cause.ts";
import type { MemoryPolicy } from "./memory/basis.ts";
import type { Memory } from "./memory/memory.ts";
import type { MemoryPlan } from "./memory/plan.ts";
import type { MemoryRecord } from "./memory/record.ts";
import { UNSEEN } from "./memory/use.ts";
import type { Seen } from "./memory/use.ts";
import { SINGLE } from "./pool/pool.ts";
import type { PoolPolicy } from "./pool/pool.ts";
import type { Death, RestartDecision, RestartMode } from "./restart_policy.ts";
import type { Signs, Way } from "./watch/signs.ts";
import type { Evidence, ExitStatus, Verdict } from "./verdict.ts";
import type { Look } from "./watch/vitals.ts";

/** The phases a gateway can be in; one of them at any time. */
export const PHASES = [
  "stopped",
  "starting",
  "warming",
  "ready",
  "stopping",
  "collecting",
  "backoff",
  "failed",
] as const;

/** One of {@linkcode PHASES}. */
export type Phase = (typeof PHASES)[number];

/** The steps of ending a gateway, gentlest first. */
export type StopStep = "close-stdin" | "inspect" | "SIGTERM" | "SIGKILL";

/** What each phase knows. Times are the monotonic clock's milliseconds. */
export type GatewayState =
  | { readonly phase: "stopped" }
  /** The process is being made, or runs and has not written its hand-shake file. */
  | {
    readonly phase: "starting";
    readonly pid: number | null;
    readonly startedMs: number;
    readonly deadlineMs: number;
  }
  /** The port and the secret are known; the first calls are under way. */
  | {
    readonly phase: "warming";
    readonly pid: number;
    readonly startedMs: number;
    readonly deadlineMs: number;
  }
  /** A program can attach. */
  | {
    readonly phase: "ready";
    readonly pid: number;
    readonly startedMs: number;
    readonly readyMs: number;
    readonly beats: number;
    readonly signs: Signs;
    /** What is wrong with it, or `null`; and why it is not ended all the same. */
    readonly condition: Condition | null;
    readonly excuse: string | null;
    readonly deadlineMs: number;
  }
  /** It is being ended; `step` is under way, `remaining` are those not yet taken. */
  | {
    readonly phase: "stopping";
    readonly pid: number | null;
    readonly intent: Intent;
    readonly wasReady: boolean;
    readonly step: StopStep | null;
    readonly remaining: readonly StopStep[];
    readonly deadlineMs: number;
  }
  /** It has ended; the evidence is being gathered. */
  | {
    readonly phase: "collecting";
    readonly exit: ExitStatus;
    readonly intent: Intent | null;
    readonly wasReady: boolean;
    readonly deadlineMs: number;
  }
  /** Waiting for the next start. */
  | { readonly phase: "backoff"; readonly deadlineMs: number }
  /** Given up; left by a command, or at the deadline when the cause may have passed. */
  | { readonly phase: "failed"; readonly deadlineMs: number | null };

/** A death as status and `exec` report it. */
export interface Incident {
  readonly generation: number;
  readonly verdict: Verdict;
  readonly exit: ExitStatus;
  /** What the death changed in the memory plan, or why nothing. */
  readonly change: { readonly changed: boolean; readonly reason: string };
  readonly decision: RestartDecision;
}

/** Everything the supervisor knows and decides from. */
export interface SupervisorState {
  /** What is wanted, apart from what is. */
  readonly desired: "up" | "down";
  /** Whether the daemon is to end once the gateway has. */
  readonly ending: boolean;
  /** The number of its newest gateway; grows with each start. */
  readonly generation: number;
  /** The greatest number that any gateway has been given. */
  readonly lastGeneration: number;
  readonly gateway: GatewayState;
  readonly memory: Memory;
  /** What the newest gateway was seen to use. */
  readonly seen: Seen;
  /** Deaths since health was last proven, oldest first. */
  readonly deaths: readonly Death[];
  /** Starts since the daemon began; each but the first replaced a gateway that was lost. */
  readonly launches: number;
  /** Whether a person asked for a gateway while the last one was on its way out. */
  readonly asked: boolean;
  readonly lastIncident: Incident | null;
  readonly everReady: boolean;
}

/** What the world and people tell the machine. An input of an older generation changes nothing. */
export type Input =
  | { readonly kind: "start" }
  | { readonly kind: "stop"; readonly by: string }
  | { readonly kind: "restart"; readonly by: string }
  /** End the gateway, then the daemon. */
  | { readonly kind: "shutdown"; readonly by: string }
  /** End the gateway without further courtesy. */
  | { readonly kind: "kill" }
  /** `startTicks` as in `ProcessVitals`; `null` where the kernel does not tell. */
  | {
    readonly kind: "spawned";
    readonly generation: number;
    readonly pid: number;
    readonly startTicks: number | null;
  }
  /** Bytes of a package download, or the like: the start is slow and alive. */
  | { readonly kind: "progress"; readonly generation: number }
  /** Its main thread has died: as a rule the process ends with it, but one with other threads may stay. */
  | { readonly kind: "doomed"; readonly generation: number }
  | { readonly kind: "handshake"; readonly generation: number }
  | { readonly kind: "attached"; readonly generation: number }
  | { readonly kind: "attach-failed"; readonly generation: number; readonly reason: string }
  | { readonly kind: "heartbeat"; readonly generation: number; readonly way: Way }
  | { readonly kind: "missed"; readonly generation: number; readonly way: Way }
  | { readonly kind: "looked"; readonly generation: number; readonly look: Look }
  /** The JVM has said that it is about to stand still, and why, as a clause. */
  | { readonly kind: "patience"; readonly generation: number; readonly why: string }
  /** A thread of the JVM has died of an OutOfMemoryError, and the JVM has not. */
  | { readonly kind: "survived"; readonly generation: number; readonly line: Evidence }
  /** It has told of itself what it could: the next step towards its end need not wait. */
  | { readonly kind: "inspected"; readonly generation: number }
  | { readonly kind: "exited"; readonly generation: number; readonly exit: ExitStatus }
  | { readonly kind: "collected"; readonly generation: number; readonly evidence: DeathEvidence }
  | { readonly kind: "deadline" };

/** What is to be done. The shell does it and reports by inputs. */
export type Effect =
  /** Awaited while no other gateway serves. */
  | {
    readonly kind: "launch";
    readonly generation: number;
    readonly plan: MemoryPlan;
    readonly isAwaited: boolean;
  }
  | { readonly kind: "attach"; readonly generation: number }
  | { readonly kind: "begin-heartbeat"; readonly generation: number }
  | { readonly kind: "end-heartbeat"; readonly generation: number }
  | { readonly kind: "end-step"; readonly generation: number; readonly step: StopStep }
  | {
    readonly kind: "collect";
    readonly generation: number;
    readonly exit: ExitStatus;
    readonly intent: Intent | null;
    readonly wasReady: boolean;
  }
  /** Loads and compiles what most programs need. */
  | { readonly kind: "warm-up"; readonly generation: number }
  /** Looks for what a program has left behind. */
  | { readonly kind: "search"; readonly generation: number }
  | { readonly kind: "record"; readonly incident: Incident }
  /** What was learned of memory must outlive the daemon. */
  | { readonly kind: "remember"; readonly record: MemoryRecord }
  /** The daemon's work is done. */
  | { readonly kind: "finish" };

/** The numbers and modes a transition depends on. */
export interface LifecycleSettings {
  readonly startTimeoutMs: number;
  readonly attachTimeoutMs: number;
  /** Silence after which the gateway is suspect, and after which it is ended unless something excuses it. */
  readonly suspectAfterMs: number;
  readonly actAfterMs: number;
  readonly stepTimeoutMs: number;
  /** How long a JVM that is to be ended is asked about itself; longer than the asking allows itself. */
  readonly inspectTimeoutMs: number;
  readonly collectTimeoutMs: number;
  /** Heartbeats in a row that prove health and forgive earlier deaths. */
  readonly provenBeats: number;
  readonly restartMode: RestartMode;
  readonly memory: MemoryPolicy;
  readonly pool: PoolPolicy;
}

/**
 * Healthy JVMs on two saturated cores answered within 88 ms, one that thrashed in its collector within 750 ms
 * (measured over 60 s each); so 5 s of silence are suspect and 15 s are enough to act.
 */
export const DEFAULT_SETTINGS: LifecycleSettings = {
  startTimeoutMs: 60_000,
  attachTimeoutMs: 30_000,
  suspectAfterMs: 5_000,
  actAfterMs: 15_000,
  stepTimeoutMs: 5_000,
  inspectTimeoutMs: 4_000,
  collectTimeoutMs: 10_000,
  provenBeats: 30,
  restartMode: "always",
  memory: { mode: "adjust", modeIsExplicit: false },
  pool: SINGLE,
};

/** The next state, and what to do. */
export interface Transition {
  readonly state: SupervisorState;
  readonly effects: readonly Effect[];
}

/** The state of a daemon that has started nothing yet; `generation` is the last one of a daemon before it. */
export function initialState(memory: Memory, generation = 0): SupervisorState {
  return {
    desired: "down",
    ending: false,
    generation,
    lastGeneration: generation,
    gateway: { phase: "stopped" },
    memory,
    seen: UNSEEN,
    deaths: [],
    launches: 0,
    asked: false,
    lastIncident: null,
    everReady: false,
  };
}

/** When the machine must be woken with a `deadline` input, or `null` when it waits for nothing. */
export function deadlineOf(state: SupervisorState): number | null {
  return "deadlineMs" in state.gateway ? state.gateway.deadlineMs : null;
}

/** The process of the newest gateway, where there is one. */
export function pidOf(state: SupervisorState): number | null {
  return "pid" in state.gateway ? state.gateway.pid : null;
}
