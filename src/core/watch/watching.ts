/**
 * What each sign of a ready gateway leads to: it is remembered, and the whole is judged anew.
 * @module
 */

import { judge } from "./judgement.ts";
import type { ConditionKind } from "./condition.ts";
import { end, FIRM, MIXED, SUDDEN } from "../ending.ts";
import type { Input, LifecycleSettings, StopStep, SupervisorState, Transition } from "../lifecycle.ts";
import { seen } from "../memory/use.ts";
import { become, stay } from "../moves.ts";
import type { Of, TransitionContext } from "../moves.ts";
import { answered, lastAnswerMs, looked, missed } from "./signs.ts";
import type { Signs } from "./signs.ts";

/** A report that only a ready gateway's supervisor cares for. */
export type SignInput = Extract<
  Input,
  { kind: "heartbeat" | "missed" | "looked" | "patience" | "survived" }
>;

type Ready = Of<"ready">;

/** HotSpot gives an error report 120 s (ErrorLogTimeout), and most heap dumps need less. */
const PATIENCE_MS = 120_000;

/** Takes a sign in. */
export function takeSign(state: SupervisorState, input: SignInput, context: TransitionContext): Transition {
  const { gateway } = state;
  if (gateway.phase !== "ready") return stay(state);
  const { nowMs, settings } = context;
  const { signs } = gateway;
  switch (input.kind) {
    case "heartbeat": {
      const beats = gateway.beats + (input.way === "kept" ? 1 : 0);
      const deaths = beats >= settings.provenBeats && gateway.condition === null ? [] : state.deaths;
      const next = { ...gateway, beats, signs: answered(signs, input.way, nowMs) };
      return weigh({ ...state, deaths }, next, context);
    }
    case "missed":
      return weigh(state, { ...gateway, signs: missed(signs, input.way) }, context);
    case "looked": {
      const silent = nowMs - lastAnswerMs(signs) > OVERDUE * settings.suspectAfterMs;
      const known = { ...state, seen: seen(state.seen, input.look, nowMs) };
      return weigh(known, { ...gateway, signs: looked(signs, input.look, nowMs, silent) }, context);
    }
    case "patience":
      return weigh(
        state,
        noting(gateway, { patience: { untilMs: nowMs + PATIENCE_MS, why: input.why } }),
        context,
      );
    case "survived":
      if (signs.survived !== null) return stay(state);
      return weigh(state, noting(gateway, { survived: { sinceMs: nowMs, what: input.line } }), context);
  }
}

/** Whether something may be wrong with a ready gateway, so that it deserves a closer look. */
export function isTroubled(
  { gateway }: SupervisorState,
  nowMs: number,
  { suspectAfterMs }: Pick<LifecycleSettings, "suspectAfterMs">,
): boolean {
  if (gateway.phase !== "ready") return false;
  return gateway.condition !== null || gateway.signs.survived !== null ||
    nowMs - lastAnswerMs(gateway.signs) >= TROUBLED * suspectAfterMs;
}

/** Of the silence that makes a gateway suspect: what a healthy one does not reach between two beats. */
const OVERDUE = 0.8;
/** Sooner than it is suspect, so that the first judgement on its silence has something to go by. */
const TROUBLED = 0.7;

/** Nothing was heard for as long as a ready gateway may be silent. */
export function heardNothing(state: SupervisorState, gateway: Ready, context: TransitionContext): Transition {
  return weigh(state, gateway, context);
}

function noting(gateway: Ready, news: Partial<Signs>): Ready {
  return { ...gateway, signs: { ...gateway.signs, ...news } };
}

function weigh(state: SupervisorState, gateway: Ready, context: TransitionContext): Transition {
  const { nowMs, settings } = context;
  const { suspectAfterMs, actAfterMs } = settings;
  const rules = { suspectAfterMs, actAfterMs, heapBytes: state.memory.plan.heap.bytes };
  const { condition, excuse, act, againMs } = judge(gateway.signs, nowMs, rules);
  if (!act || condition === null) {
    // A gateway that had something wrong with it proves its health anew.
    const beats = condition === null ? gateway.beats : 0;
    return become(state, { ...gateway, beats, condition, excuse, deadlineMs: againMs });
  }
  const survived = gateway.signs.survived?.what ?? null;
  return end(state, { kind: "unfit", condition, survived }, { steps: stepsFor(condition.kind), context });
}

function stepsFor(kind: ConditionKind): readonly StopStep[] {
  switch (kind) {
    case "stopped":
      return SUDDEN;
    case "silent":
    case "gc-spiral":
      return FIRM;
    case "scheduler-dead":
    case "deadlock":
    case "accept-thread-dead":
    case "poisoned":
      return MIXED;
  }
}
