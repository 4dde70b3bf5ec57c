/**
 * What has happened with one step of one gateway's life?
 * @module
 */

import { describeExit } from "../diagnosis/ending.ts";
import type { Intent } from "../diagnosis/exit_cause.ts";
import { formatSize } from "../jvm_flags.ts";
import type { Effect, Incident, SupervisorState } from "../lifecycle.ts";
import { ignoredHeap } from "../memory/asked_heap.ts";
import { describeDifference, differences } from "../memory/read_back.ts";
import { REGIONS, TITLE_OF } from "../memory/region.ts";
import type { Of } from "../moves.ts";
import type { DaemonEvent, MemoryChange } from "./event.ts";

/** One step, as its observers see it. */
export interface LifeStep {
  readonly before: SupervisorState;
  readonly after: SupervisorState;
  readonly effects: readonly Effect[];
}

/** The flags that a JVM confirms, in bytes, once attached. */
export type ConfirmedFlags = Readonly<Record<string, number | null>> | null;

/** The events of a step, in the order in which they are to be told. */
export function eventsOfLife(step: LifeStep, flags: ConfirmedFlags): readonly DaemonEvent[] {
  const { before, after, effects } = step;
  const same = after.gateway.phase === before.gateway.phase && after.generation === before.generation;
  return [
    ...effects.flatMap((effect) => ofEffect(effect, step)),
    ...(same ? whileReady(before, after) : [...ofPhase(before, after), ...inPhase(after, flags)]),
    ...ofMemory(before, after),
  ];
}

function ofEffect(effect: Effect, { before, after: { generation } }: LifeStep): readonly DaemonEvent[] {
  if (effect.kind === "record") return [ofDeath(effect.incident)];
  if (effect.kind !== "end-step") return [];
  const { step } = effect;
  const isRepeated = before.gateway.phase === "stopping" && before.gateway.remaining.length === 0;
  return [{
    ...{ kind: "end-step", generation, step, level: isRepeated ? "warn" : "debug" },
    text: isRepeated
      ? `generation ${generation} is still there after SIGKILL: frozen, or waiting for a disk`
      : `ending generation ${generation}: ${step}`,
  }];
}

function ofDeath({ generation, verdict, exit, change, decision }: Incident): DaemonEvent {
  return {
    ...{ kind: "died", generation, level: "error" },
    text: `generation ${generation} died: ${verdict.class} (${describeExit(exit)}). ${verdict.summary}`,
    ...{ class: verdict.class, confidence: verdict.confidence, summary: verdict.summary },
    evidence: verdict.evidence.filter(({ source }) => source !== "exit").slice(0, 3),
    ...{ remedy: verdict.remedy, exit, memory: change.reason },
    next: { kind: decision.kind, reason: decision.reason },
  };
}

function ofPhase(
  before: SupervisorState,
  { generation, gateway: { phase } }: SupervisorState,
): DaemonEvent[] {
  const from = before.generation === generation ? before.gateway.phase : null;
  const text = from === null
    ? `generation ${generation} is ${phase}`
    : `generation ${generation} was ${from}, and is ${phase}`;
  return [{ kind: "phase", generation, phase, from, level: "debug", text }];
}

/** What is to be told of a gateway that has just come into its phase. */
function inPhase(after: SupervisorState, flags: ConfirmedFlags): readonly DaemonEvent[] {
  const { gateway, generation, memory: { plan } } = after;
  switch (gateway.phase) {
    case "starting": {
      const heapBytes = plan.heap.bytes;
      const text = `starting gateway generation ${generation} with a heap of ${formatSize(heapBytes)}`;
      return [{ kind: "starting", generation, heapBytes, level: "info", text }];
    }
    case "warming": {
      const { pid } = gateway;
      const text = `generation ${generation} runs as process ${pid}; making the first calls`;
      return [{ kind: "attaching", generation, pid, level: "debug", text }];
    }
    case "ready":
      return ofReady(gateway, { after, flags });
    case "stopping":
      return [ofIntent(gateway.intent, generation)];
    case "collecting": {
      const { exit } = gateway;
      const text = `generation ${generation} has ended: ${describeExit(exit)}`;
      return [{ kind: "exited", generation, exit, level: "debug", text }];
    }
    case "stopped":
      if (generation === 0 || after.desired === "up") return [];
      return [{ kind: "stopped", generation, level: "info", text: "the gateway has ended" }];
    case "backoff":
    case "failed":
      // The death has told of it.
      return [];
  }
}

function ofReady(
  { pid, readyMs, startedMs }: Of<"ready">,
  { after: { generation, memory: { plan } }, flags }: {
    readonly after: SupervisorState;
    readonly flags: ConfirmedFlags;
  },
): readonly DaemonEvent[] {
  const afterMs = Math.round(readyMs - startedMs);
  const heapBytes = flags?.MaxHeapSize || null;
  const heap = heapBytes === null ? "" : `, heap ${formatSize(heapBytes)}`;
  const ready: DaemonEvent = {
    ...{ kind: "ready", generation, pid, afterMs, heapBytes, level: "info" },
    text: `ready: generation ${generation}, process ${pid}${heap}, after ${(afterMs / 1000).toFixed(1)} s`,
  };
  const others = differences(plan, flags ?? {}).map(describeDifference);
  if (others.length === 0) return [ready];
  const text = `memory is not as planned: ${others.join("; ")}`;
  return [ready, { kind: "memory-differs", generation, differences: others, level: "warn", text }];
}

function ofIntent(intent: Intent, generation: number): DaemonEvent {
  const event = { kind: "ending", generation, cause: intent.kind } as const;
  switch (intent.kind) {
    case "retire": {
      const text = `retiring generation ${generation}: ${intent.why}`;
      return { ...event, by: null, reason: intent.why, level: "info", text };
    }
    case "stop":
    case "restart": {
      const text = `ending generation ${generation} (${intent.kind} by ${intent.by})`;
      return { ...event, by: intent.by, reason: null, level: "info", text };
    }
    case "unfit":
    case "start-timeout": {
      const reason = intent.kind === "unfit" ? intent.condition.reason : intent.reason;
      const text = `ending generation ${generation}: ${reason}`;
      return { ...event, by: null, reason, level: "error", text };
    }
  }
}

function whileReady(before: SupervisorState, after: SupervisorState): readonly DaemonEvent[] {
  const [was, now] = [before.gateway, after.gateway];
  if (was.phase !== "ready" || now.phase !== "ready") return [];
  return [...ofCondition(was, now, after.generation), ...ofIgnoredHeap(before, after)];
}

/** Of a change of the condition or of what excuses it, not of how it wears on. */
function ofCondition(was: Of<"ready">, now: Of<"ready">, generation: number): readonly DaemonEvent[] {
  if (now.condition === null) {
    if (was.condition === null) return [];
    return [{
      ...{ kind: "recovered", generation, level: "info" },
      text: `generation ${generation} is well again`,
    }];
  }
  if (was.condition?.kind === now.condition.kind && was.excuse === now.excuse) return [];
  const { condition: { kind: condition, reason }, excuse } = now;
  const but = excuse === null ? "" : `; not ended yet: ${excuse}`;
  const text = `generation ${generation} is not fit (${condition}): ${reason}${but}`;
  return [{ kind: "condition", generation, condition, reason, excuse, level: "warn", text }];
}

/** Once for each context that asks for another heap. */
function ofIgnoredHeap(before: SupervisorState, after: SupervisorState): readonly DaemonEvent[] {
  const asked = ({ gateway, memory }: SupervisorState) =>
    gateway.phase === "ready" ? ignoredHeap(gateway.signs.driverMemory, memory) : null;
  const text = asked(after);
  if (text === null || text === asked(before)) return [];
  return [{ kind: "heap-ignored", generation: after.generation, level: "warn", text }];
}

function ofMemory(before: SupervisorState, after: SupervisorState): readonly DaemonEvent[] {
  const [was, now] = [before.memory.plan, after.memory.plan];
  if (was === now) return [];
  const changes: readonly MemoryChange[] = REGIONS.flatMap((region) => {
    const [fromBytes, { bytes: toBytes, why }] = [was[region].bytes, now[region]];
    return fromBytes === toBytes ? [] : [{ region, fromBytes, toBytes, why }];
  });
  if (changes.length === 0) return [];
  const told = changes.map(({ region, fromBytes, toBytes, why }) =>
    `${TITLE_OF[region]} ${formatSize(fromBytes)} → ${formatSize(toBytes)} (${why})`
  );
  const text = `the next gateway's memory is planned anew: ${told.join("; ")}`;
  return [{ kind: "memory-plan", generation: after.generation, changes, level: "info", text }];
}
