/**
 * What `/v1/status` and `rekindle status` say: one JSON document that other programs rely on.
 * @module
 */

import { describeExit, describeIntent } from "../core/diagnosis/ending.ts";
import type { Condition, ConditionKind } from "../core/watch/condition.ts";
import { healthOf, isReady } from "../core/health.ts";
import type { HealthReport } from "../core/health.ts";
import { pidOf } from "../core/lifecycle.ts";
import type { GatewayState, Incident, Phase } from "../core/lifecycle.ts";
import type { MemoryPlan } from "../core/memory/plan.ts";
import { frontOf } from "../core/pool/front.ts";
import { leadOf } from "../core/pool/pool.ts";
import type { PoolPolicy, PoolState, Warmth } from "../core/pool/pool.ts";
import type { Front } from "../core/relay/admission.ts";
import { ignoredHeap } from "../core/memory/asked_heap.ts";
import { lastAnswerMs } from "../core/watch/signs.ts";

/** Facts beside the state. */
export interface StatusFacts {
  readonly policy: PoolPolicy;
  /** What becomes of the class-data archive. */
  readonly archive: string;
  /** What becomes of PySpark's bytecode. */
  readonly bytecode: string;
  readonly nowMs: number;
  readonly date: Date;
  readonly lagMs: number;
  readonly unrecorded: string | null;
  readonly daemon: {
    readonly pid: number;
    readonly version: string;
    /** Whether it lives only as long as the `exec` that brought it up. */
    readonly embedded: boolean;
  };
  readonly spark: { readonly home: string; readonly version: string };
  readonly java: { readonly home: string; readonly version: string };
  readonly environmentFile: string;
  /** What belongs first on a program's `PATH` so that `python` finds this PySpark, or `null`. */
  readonly programBin: string | null;
  readonly cwd: string;
  /** The flags read back from the running JVM, in bytes. */
  readonly flags: Readonly<Record<string, number | null>> | null;
  readonly heartbeatLatencyMs: number | null;
  /** Under which name the last incident was saved, and when; `null` while it is not. */
  readonly lastIncident: { readonly id: string; readonly at: string } | null;
}

/** One gateway of several. */
export interface SeatStatus {
  readonly generation: number;
  readonly phase: Phase;
  readonly pid: number | null;
  /** Whether it has done what most programs do, so that its next one starts sooner. */
  readonly warmth: Warmth;
  /** How many programs have it. */
  readonly programs: number;
  /** Why it takes no new program and ends with those it has, or `null`. */
  readonly retirement: string | null;
}

/** The document: of the gateway that a program has, or that the next one will get, and of all of them. */
export interface Status {
  readonly phase: Phase;
  readonly desired: "up" | "down";
  readonly ready: boolean;
  readonly everReady: boolean;
  readonly generation: number;
  readonly gateway: {
    readonly pid: number | null;
    /** When this JVM was started. */
    readonly since: string | null;
    readonly flags: Readonly<Record<string, number | null>> | null;
    readonly lastHeartbeat: string | null;
    readonly heartbeatLatencyMs: number | null;
    /** Whether a SparkContext was active at the last look; `null` when Spark has not been asked yet. */
    readonly contextActive: boolean | null;
    /** Where the active context shows its jobs; `null` where it does not. */
    readonly sparkUi: string | null;
    /** What to tell of a program that asks for another heap than this JVM has, or `null`. */
    readonly ignoredHeap: string | null;
    /** What is wrong with a gateway that runs, since when, and why it is not ended yet; or `null`. */
    readonly condition: {
      readonly kind: ConditionKind;
      readonly since: string;
      readonly reason: string;
      readonly evidence: readonly string[];
      readonly excuse: string | null;
    } | null;
    /** Why it is being ended, or how it has ended by itself; `null` in other phases. */
    readonly ending: string | null;
  };
  readonly pool: PoolPolicy & {
    /** What becomes of the next program. */
    readonly next: Front["kind"];
    /** Why gateways are not warmed up any more, or `null`. */
    readonly warmUpRefusal: string | null;
    /** Whether there is no memory for a gateway that only waits. */
    readonly isMemoryShort: boolean;
    readonly seats: readonly SeatStatus[];
  };
  /** Whether gateways start from a class-data archive, in words. */
  readonly archive: string;
  /** Whether Python's workers find PySpark compiled, in words. */
  readonly bytecode: string;
  readonly restarts: number;
  readonly plan: MemoryPlan;
  readonly lastIncident: (Incident & { readonly id: string | null; readonly at: string | null }) | null;
  /** When the machine acts next by itself, such as the start after a backoff. */
  readonly nextDeadline: string | null;
  readonly health: HealthReport;
  readonly daemon: StatusFacts["daemon"];
  readonly spark: StatusFacts["spark"];
  readonly java: StatusFacts["java"];
  readonly environmentFile: string;
  readonly programBin: string | null;
  readonly cwd: string;
}

/** Puts the document together. */
export function statusOf(pool: PoolState, facts: StatusFacts): Status {
  const state = leadOf(pool).life;
  const { gateway, lastIncident } = state;
  const at = (ms: number) => new Date(facts.date.getTime() + ms - facts.nowMs).toISOString();
  const health = healthOf(state, facts);
  const ready = gateway.phase === "ready";
  return {
    phase: gateway.phase,
    desired: state.desired,
    ready: isReady(health),
    everReady: state.everReady,
    generation: state.generation,
    gateway: {
      pid: pidOf(state),
      since: "startedMs" in gateway ? at(gateway.startedMs) : null,
      flags: ready ? facts.flags : null,
      lastHeartbeat: ready ? at(lastAnswerMs(gateway.signs)) : null,
      heartbeatLatencyMs: ready ? facts.heartbeatLatencyMs : null,
      contextActive: ready ? gateway.signs.contextActive : null,
      sparkUi: ready ? gateway.signs.uiUrl : null,
      ignoredHeap: ready ? ignoredHeap(gateway.signs.driverMemory, state.memory) : null,
      condition: ready && gateway.condition !== null
        ? conditionOf(gateway.condition, gateway.excuse, at)
        : null,
      ending: endingOf(gateway),
    },
    pool: poolOf(pool, facts.policy),
    archive: facts.archive,
    bytecode: facts.bytecode,
    restarts: Math.max(0, state.launches - 1),
    plan: state.memory.plan,
    lastIncident: lastIncident === null
      ? null
      : { ...lastIncident, id: facts.lastIncident?.id ?? null, at: facts.lastIncident?.at ?? null },
    nextDeadline: "deadlineMs" in gateway && gateway.deadlineMs !== null ? at(gateway.deadlineMs) : null,
    health,
    daemon: facts.daemon,
    // The installation knows more of both, which is nobody's business here.
    spark: { home: facts.spark.home, version: facts.spark.version },
    java: { home: facts.java.home, version: facts.java.version },
    environmentFile: facts.environmentFile,
    programBin: facts.programBin,
    cwd: facts.cwd,
  };
}

function poolOf(pool: PoolState, policy: PoolPolicy): Status["pool"] {
  return {
    ...policy,
    next: frontOf(pool, policy).kind,
    warmUpRefusal: pool.warmUpRefusal,
    isMemoryShort: pool.isShort,
    seats: pool.seats.map(({ life, warmth, programs, retirement }) => ({
      generation: life.generation,
      phase: life.gateway.phase,
      pid: pidOf(life),
      warmth,
      programs: programs.length,
      retirement,
    })),
  };
}

function endingOf(gateway: GatewayState): string | null {
  if (gateway.phase === "stopping") return describeIntent(gateway.intent);
  if (gateway.phase !== "collecting") return null;
  const { intent, exit } = gateway;
  return intent === null ? `it has ended by itself (${describeExit(exit)})` : describeIntent(intent);
}

function conditionOf(
  { kind, sinceMs, reason, evidence }: Condition,
  excuse: string | null,
  at: (ms: number) => string,
): Status["gateway"]["condition"] {
  return { kind, since: at(sinceMs), reason, evidence, excuse };
}
