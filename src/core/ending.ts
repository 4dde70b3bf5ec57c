/**
 * How a gateway ends: the ladder of steps, the exit, and what follows the verdict.
 * @module
 */

import { classifyDeath } from "./diagnosis/exit_cause.ts";
import type { DeathEvidence, Intent } from "./diagnosis/exit_cause.ts";
import { afterDeath } from "./memory/adjust.ts";
import { used } from "./memory/memory.ts";
import { useOf } from "./memory/use.ts";
import { decideRestart } from "./restart_policy.ts";
import type { RestartDecision } from "./restart_policy.ts";
import type { Effect, GatewayState, Incident, StopStep, SupervisorState, Transition } from "./lifecycle.ts";
import { become, launch, settle, stay } from "./moves.ts";
import type { Of, TransitionContext } from "./moves.ts";
import type { ExitStatus } from "./verdict.ts";

/** Lets the JVM run its shutdown hooks, then insists. */
export const GENTLE: readonly StopStep[] = ["close-stdin", "SIGTERM", "SIGKILL"];
/** A hung JVM obeys neither the end of its standard input nor SIGTERM; its threads tell what it hangs at. */
export const FIRM: readonly StopStep[] = ["inspect", "SIGKILL"];
/** A JVM that is damaged and still runs code may run its shutdown hooks. */
export const MIXED: readonly StopStep[] = ["inspect", "SIGTERM", "SIGKILL"];
/** A process that does not run takes no other signal. */
export const SUDDEN: readonly StopStep[] = ["SIGKILL"];

/** The steps to take. */
export interface Ending {
  readonly steps: readonly StopStep[];
  readonly context: TransitionContext;
}

/** Begins to end a living gateway; the intent is recorded before the first step. */
export function end(state: SupervisorState, intent: Intent, { steps, context }: Ending): Transition {
  const { gateway, generation } = state;
  const wasReady = gateway.phase === "ready";
  const { state: next, effects } = step(state, {
    phase: "stopping",
    pid: "pid" in gateway ? gateway.pid : null,
    intent,
    wasReady,
    step: null,
    remaining: steps,
    deadlineMs: context.nowMs,
  }, context);
  return { state: next, effects: wasReady ? [{ kind: "end-heartbeat", generation }, ...effects] : effects };
}

/** Takes the next step of the ladder; the last one is repeated until the exit is seen. */
export function step(
  state: SupervisorState,
  gateway: Of<"stopping">,
  { nowMs, settings }: TransitionContext,
): Transition {
  const [next = "SIGKILL", ...remaining] = gateway.remaining;
  const waitMs = next === "inspect" ? settings.inspectTimeoutMs : settings.stepTimeoutMs;
  return become(state, { ...gateway, step: next, remaining, deadlineMs: nowMs + waitMs }, [
    { kind: "end-step", generation: state.generation, step: next },
  ]);
}

/** Skips the steps that wait for the JVM's good will. */
export function hurry(state: SupervisorState, context: TransitionContext): Transition {
  if (state.gateway.phase !== "stopping") return stay(state);
  return step(state, { ...state.gateway, remaining: ["SIGKILL"] }, context);
}

/** The process has been reaped: gather what it left. */
export function exited(
  state: SupervisorState,
  exit: ExitStatus,
  context: TransitionContext,
): Transition {
  const { gateway, generation } = state;
  switch (gateway.phase) {
    case "starting":
    case "warming":
    case "ready":
    case "stopping": {
      const intent = gateway.phase === "stopping" ? gateway.intent : null;
      const wasReady = gateway.phase === "stopping" ? gateway.wasReady : gateway.phase === "ready";
      const effects: Effect[] = [{ kind: "collect", generation, exit, intent, wasReady }];
      if (gateway.phase === "ready") effects.unshift({ kind: "end-heartbeat", generation });
      const deadlineMs = context.nowMs + context.settings.collectTimeoutMs;
      return become(state, { phase: "collecting", exit, intent, wasReady, deadlineMs }, effects);
    }
    case "stopped":
    case "collecting":
    case "backoff":
    case "failed":
      return stay(state);
  }
}

/** The evidence is in: verdict, memory plan, and what comes next. */
export function conclude(
  state: SupervisorState,
  evidence: DeathEvidence,
  context: TransitionContext,
): Transition {
  const { nowMs, wallMs, random, settings } = context;
  const { exit, wasReady } = evidence;
  const intent = believed(evidence.intent, exit);
  const { generation, seen: { fillingSinceMs } } = state;
  const knowing = used(state.memory, useOf(state.seen, generation, wallMs));
  const ended = { ...state, memory: knowing };
  // Whether there is to be another one in its place is the pool's to say.
  if (intent?.kind === "retire") return remembering(state, settle(ended));
  if (intent?.kind === "stop" || intent?.kind === "restart") {
    return remembering(state, state.desired === "up" ? launch(ended, context) : settle(ended));
  }
  const verdict = classifyDeath({ ...evidence, intent });
  const { memory, changed, reason } = afterDeath(knowing, {
    ...{ class: verdict.class, generation, atMs: wallMs, wasReady },
    fillMs: fillingSinceMs === null ? null : nowMs - fillingSinceMs,
  }, settings.memory);
  const deaths = [...state.deaths, { atMs: nowMs, class: verdict.class, wasReady }].slice(-100);
  const decision: RestartDecision = state.desired === "down"
    ? { kind: "give-up", reason: "it was asked to end", retryInMs: null }
    : state.asked
    ? { kind: "restart", delayMs: 0, reason: "a start was asked for while it ended" }
    : decideRestart({
      verdict,
      planChanged: changed,
      wasReady,
      deaths,
      mode: settings.restartMode,
      nowMs,
      random,
    });
  const incident: Incident = { generation, verdict, exit, change: { changed, reason }, decision };
  const next: SupervisorState = { ...state, memory, deaths, lastIncident: incident };
  const record: Effect = { kind: "record", incident };
  if (state.desired === "down") {
    const settled = settle(next);
    return remembering(state, { state: settled.state, effects: [record, ...settled.effects] });
  }
  const gateway: GatewayState = decision.kind === "restart"
    ? { phase: "backoff", deadlineMs: nowMs + decision.delayMs }
    : { phase: "failed", deadlineMs: decision.retryInMs === null ? null : nowMs + decision.retryInMs };
  return remembering(state, become(next, gateway, [record]));
}

/** A gateway that was retired and ends otherwise than it was told to has died of itself in that moment. */
function believed(intent: Intent | null, { code }: ExitStatus): Intent | null {
  return intent?.kind === "retire" && !ORDERLY.includes(code) ? null : intent;
}

/** By itself, by SIGTERM and by SIGKILL. */
const ORDERLY: readonly number[] = [0, 143, 137];

/** Keeps what was learned, before anything else: the daemon may end with this step. */
function remembering(before: SupervisorState, { state, effects }: Transition): Transition {
  if (state.memory.record === before.memory.record) return { state, effects };
  return { state, effects: [{ kind: "remember", record: state.memory.record }, ...effects] };
}
