/**
 * The shortest way into each phase of a gateway's life.
 * @module
 */

import { DEFAULT_SETTINGS, initialState } from "../../src/core/lifecycle.ts";
import type { Effect, Input, Phase, SupervisorState } from "../../src/core/lifecycle.ts";
import { transition } from "../../src/core/transition.ts";
import { MEMORY } from "../fakes/gateway_world.ts";

const EXIT = { code: 0, signal: null };

/** The exit of a gateway. */
export function exited(generation = 1, code = 0): Input {
  return { kind: "exited", generation, exit: { code, signal: null } };
}

/** What gathering finds when there is nothing to find. */
export function collected(
  { generation, exit, intent, wasReady }: Extract<Effect, { kind: "collect" }>,
): Input {
  const evidence = {
    exit,
    intent,
    wasReady,
    stdout: [],
    stderr: [],
    hsErr: [],
    oomKills: { group: 0, machine: 0 },
  };
  return { kind: "collected", generation, evidence };
}

/** A gateway that has a process. */
export const START: readonly Input[] = [{ kind: "start" }, {
  kind: "spawned",
  generation: 1,
  pid: 1001,
  startTicks: 7,
}];
const WARM: readonly Input[] = [...START, { kind: "handshake", generation: 1 }];
/** A gateway that is ready. */
export const READY: readonly Input[] = [...WARM, { kind: "attached", generation: 1 }];
const DEATH = { kind: "collect", generation: 1, exit: EXIT, intent: null, wasReady: true } as const;
const NO_JAVA: Input = {
  kind: "collected",
  generation: 1,
  evidence: {
    ...{ exit: { code: 127, signal: null }, intent: null, wasReady: false, stdout: [], hsErr: [] },
    stderr: [{ number: 1, text: "JAVA_HOME is not set" }],
    oomKills: { group: 0, machine: 0 },
  },
};

/** What leads to each phase, from nothing. */
export const WAYS: Readonly<Record<Phase, readonly Input[]>> = {
  stopped: [],
  starting: START,
  warming: WARM,
  ready: READY,
  stopping: [...READY, { kind: "restart", by: "a test" }],
  collecting: [...READY, exited()],
  backoff: [...READY, exited(), collected(DEATH)],
  failed: [...START, exited(1, 127), NO_JAVA],
};

/** A second death, of a gateway that never got ready: what follows a first one is no wait. */
export const TWO_DEATHS: readonly Input[] = [
  ...WAYS.backoff,
  exited(2),
  collected({ ...DEATH, generation: 2, wasReady: false }),
];

/** The state after these inputs, all of them at 0 ms. */
export function stateAfter(inputs: readonly Input[]): SupervisorState {
  const context = { nowMs: 0, wallMs: 0, random: 0.5, settings: DEFAULT_SETTINGS };
  return inputs.reduce((state, input) => transition(state, input, context).state, initialState(MEMORY));
}
