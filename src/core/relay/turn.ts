/**
 * What does a step of the gateway's life mean for the programs at the relay?
 * @module
 */

import { describeExit } from "../diagnosis/exit_cause.ts";
import type { Intent } from "../diagnosis/exit_cause.ts";
import type { GatewayState, SupervisorState } from "../lifecycle.ts";
import { lossSentence } from "./tombstone.ts";

/** What the relay is to be told. */
export type Turn =
  /** Its programs are answered with the sentence from now on. */
  | { readonly kind: "lost"; readonly generation: number; readonly sentence: string }
  | { readonly kind: "ready"; readonly generation: number }
  /** New programs wait. */
  | { readonly kind: "coming" }
  /** New programs are told the sentence. */
  | { readonly kind: "hopeless"; readonly sentence: string };

/** What to tell, in this order: a loss before anything that could bring a program to another gateway. */
export function turnsOf(before: SupervisorState, after: SupervisorState): readonly Turn[] {
  const [was, is] = [prospectOf(before), prospectOf(after)];
  const isSame = was.kind === is.kind && "generation" in was === "generation" in is &&
    (!("generation" in was) || !("generation" in is) || was.generation === is.generation) &&
    (was.kind !== "hopeless" || is.kind !== "hopeless" || was.sentence === is.sentence);
  if (isSame) return [];
  if (was.kind !== "ready") return [is];
  const { generation } = was;
  return [{ kind: "lost", generation, sentence: lossSentence(generation, lossOf(after.gateway)) }, is];
}

type Prospect = Exclude<Turn, { kind: "lost" }>;

function prospectOf({ gateway, generation, desired, lastIncident }: SupervisorState): Prospect {
  switch (gateway.phase) {
    case "ready":
      return { kind: "ready", generation };
    case "failed":
      return {
        kind: "hopeless",
        sentence: `rekindle: there is no gateway: ${lastIncident?.decision.reason ?? "it was given up"}. ` +
          'See "rekindle status", correct the cause, and start it again.',
      };
    case "stopped":
    case "starting":
    case "warming":
    case "stopping":
    case "collecting":
    case "backoff":
      return desired === "up" ? { kind: "coming" } : {
        kind: "hopeless",
        sentence: 'rekindle: the gateway was stopped; "rekindle start" brings it back.',
      };
  }
}

/** How a ready gateway went, as a clause. */
function lossOf(gateway: GatewayState): string {
  switch (gateway.phase) {
    case "stopping":
      return intentOf(gateway.intent);
    case "collecting":
      return gateway.intent === null ? describeExit(gateway.exit) : intentOf(gateway.intent);
    case "stopped":
    case "starting":
    case "warming":
    case "ready":
    case "backoff":
    case "failed":
      return "it has ended";
  }
}

function intentOf(intent: Intent): string {
  switch (intent.kind) {
    case "stop":
    case "restart":
      return `${intent.kind} by ${intent.by}`;
    case "unfit":
      return intent.condition.reason;
    case "start-timeout":
      return intent.reason;
  }
}
