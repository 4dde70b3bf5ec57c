/**
 * The transition function of the gateway's life: every phase meets every input, and what does not concern a phase
 * leaves it as it is.
 * @module
 */

import { afterAbsence } from "./watch/absence.ts";
import { conclude, end, exited, FIRM, GENTLE, hurry, step } from "./ending.ts";
import type { Intent } from "./diagnosis/exit_cause.ts";
import type { Input, SupervisorState, Transition } from "./lifecycle.ts";
import { proven } from "./memory/memory.ts";
import { become, launch, settle, stay } from "./moves.ts";
import type { Of, TransitionContext } from "./moves.ts";
import { firstSigns } from "./watch/signs.ts";
import { heardNothing, takeSign } from "./watch/watching.ts";

/** The next state and what to do. Inputs of another generation than the newest change nothing. */
export function transition(state: SupervisorState, input: Input, context: TransitionContext): Transition {
  if ("generation" in input && input.generation !== state.generation) return stay(state);
  const gateway = afterAbsence(state.gateway, context);
  return decide(gateway === state.gateway ? state : { ...state, gateway }, input, context);
}

function decide(state: SupervisorState, input: Input, context: TransitionContext): Transition {
  switch (input.kind) {
    case "start":
      if (state.ending) return stay(state);
      return start({ ...state, desired: "up" }, context);
    case "stop":
      return stop({ ...state, desired: "down" }, { kind: "stop", by: input.by }, context);
    case "restart":
      if (state.ending) return stay(state);
      return restart({ ...state, desired: "up" }, { kind: "restart", by: input.by }, context);
    case "shutdown":
      return stop({ ...state, desired: "down", ending: true }, { kind: "stop", by: input.by }, context);
    case "kill":
      return hurry(state, context);
    case "deadline":
      return atDeadline(state, context);
    default:
      return report(state, input, context);
  }
}

type Report = Extract<Input, { generation: number }>;

function report(state: SupervisorState, input: Report, context: TransitionContext): Transition {
  const { gateway } = state;
  const { nowMs, settings } = context;
  switch (input.kind) {
    case "spawned":
      if (gateway.phase === "starting" || gateway.phase === "stopping") {
        return become(state, { ...gateway, pid: input.pid });
      }
      return stay(state);
    case "progress":
      if (gateway.phase !== "starting") return stay(state);
      return become(state, { ...gateway, deadlineMs: nowMs + settings.startTimeoutMs });
    case "doomed":
      return gateway.phase === "starting" ? hastened(state, gateway, context) : stay(state);
    case "handshake":
      if (gateway.phase !== "starting" || gateway.pid === null) return stay(state);
      return become(state, {
        phase: "warming",
        pid: gateway.pid,
        startedMs: gateway.startedMs,
        deadlineMs: nowMs + settings.attachTimeoutMs,
      }, [{ kind: "attach", generation: state.generation }]);
    case "attached": {
      if (gateway.phase !== "warming") return stay(state);
      const memory = proven(state.memory);
      return become({ ...state, memory, everReady: true }, {
        phase: "ready",
        pid: gateway.pid,
        startedMs: gateway.startedMs,
        readyMs: nowMs,
        beats: 0,
        signs: firstSigns(nowMs),
        condition: null,
        excuse: null,
        deadlineMs: nowMs + settings.suspectAfterMs,
      }, [
        { kind: "begin-heartbeat", generation: state.generation },
        { kind: "remember", record: memory.record },
      ]);
    }
    case "attach-failed":
      if (gateway.phase !== "warming") return stay(state);
      return end(state, { kind: "start-timeout", reason: input.reason }, { steps: FIRM, context });
    case "survived":
      // Before it serves, a gateway that loses a thread is as good as lost.
      if (gateway.phase === "starting") return hastened(state, gateway, context);
      return takeSign(state, input, context);
    case "heartbeat":
    case "missed":
    case "looked":
    case "patience":
      return takeSign(state, input, context);
    case "inspected":
      return gateway.phase === "stopping" && gateway.step === "inspect"
        ? step(state, gateway, context)
        : stay(state);
    case "exited":
      return exited(state, input.exit, context);
    case "collected":
      return gateway.phase === "collecting" ? conclude(state, input.evidence, context) : stay(state);
  }
}

/** A start that will not come to anything is given a moment to end by itself, and so to tell why. */
function hastened(
  state: SupervisorState,
  gateway: Of<"starting">,
  { nowMs, settings }: TransitionContext,
): Transition {
  const deadlineMs = Math.min(gateway.deadlineMs, nowMs + settings.stepTimeoutMs);
  return become(state, { ...gateway, deadlineMs });
}

function start(state: SupervisorState, context: TransitionContext): Transition {
  return command(state, { idle: () => launch(state, context), living: () => stay(state) });
}

function stop(state: SupervisorState, intent: Intent, context: TransitionContext): Transition {
  return command(state, {
    idle: () => settle(state),
    living: () => end(state, intent, { steps: GENTLE, context }),
  });
}

function restart(state: SupervisorState, intent: Intent, context: TransitionContext): Transition {
  return command(state, {
    idle: () => launch(state, context),
    living: () => end(state, intent, { steps: GENTLE, context }),
  });
}

/** A command acts where nothing runs or a gateway lives; one that is ending is let end, and then what is desired holds. */
function command(
  state: SupervisorState,
  { idle, living }: { readonly idle: () => Transition; readonly living: () => Transition },
): Transition {
  switch (state.gateway.phase) {
    case "stopped":
    case "backoff":
    case "failed":
      return idle();
    case "starting":
    case "warming":
    case "ready":
      return living();
    case "stopping":
    case "collecting":
      // It ends first; then what is asked for holds, whatever would be decided otherwise.
      return stay({ ...state, asked: state.desired === "up" });
  }
}

function atDeadline(state: SupervisorState, context: TransitionContext): Transition {
  const { gateway } = state;
  const { nowMs, settings } = context;
  if (!("deadlineMs" in gateway) || gateway.deadlineMs === null || nowMs < gateway.deadlineMs) {
    return stay(state);
  }
  switch (gateway.phase) {
    case "starting": {
      const reason = `no hand-shake within ${seconds(nowMs - gateway.startedMs)}`;
      return end(state, { kind: "start-timeout", reason }, { steps: FIRM, context });
    }
    case "warming": {
      const reason = `the first calls were not answered within ${seconds(settings.attachTimeoutMs)}`;
      return end(state, { kind: "start-timeout", reason }, { steps: FIRM, context });
    }
    case "ready":
      return heardNothing(state, gateway, context);
    case "stopping":
      return step(state, gateway, context);
    case "collecting": {
      const { exit, intent, wasReady } = gateway;
      const oomKills = { group: null, machine: null };
      return conclude(
        state,
        { exit, intent, wasReady, stdout: [], stderr: [], hsErr: [], oomKills },
        context,
      );
    }
    case "backoff":
    case "failed":
      return launch(state, context);
  }
}

function seconds(ms: number): string {
  return `${Math.round(ms / 1000)} s`;
}
