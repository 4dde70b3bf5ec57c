/**
 * A ready gateway of which signs come in over time, with its deadlines kept to the millisecond.
 * @module
 */

import { firstSigns } from "../../../src/core/watch/signs.ts";
import { deadlineOf } from "../../../src/core/lifecycle.ts";
import type { Input, StopStep, SupervisorState } from "../../../src/core/lifecycle.ts";
import type { Intent } from "../../../src/core/diagnosis/exit_cause.ts";
import { transition } from "../../../src/core/transition.ts";
import type { GcVitals, Look } from "../../../src/core/watch/vitals.ts";
import { at, GENERATION, LOOK, NOW_MS, SAMPLES, SURVIVED } from "../samples.ts";

/** A sign without its generation. */
export type Sign = Input extends infer I
  ? I extends { kind: "heartbeat" | "missed" | "looked" | "patience" | "survived"; generation: number }
    ? Omit<I, "generation">
  : never
  : never;

/** An answer over the old connection, one over a fresh one, and a fresh one that did not come. */
export const BEAT: Sign = { kind: "heartbeat", way: "kept" };
export const FRESH: Sign = { kind: "heartbeat", way: "fresh" };
export const MISS: Sign = { kind: "missed", way: "fresh" };
export const OOM: Sign = { kind: "survived", line: SURVIVED };

/** What a look finds; where nothing is said, as in a gateway that is well and was not asked for its Spark. */
export function lookOf(found: Partial<Look> = {}): Sign {
  return { kind: "looked", look: { ...LOOK, spark: null, ...found } };
}

/** A collector that has spent so much of so long on so many collections. */
export function gcOf(found: Partial<GcVitals>): Partial<Look> {
  return {
    gc: {
      pausedMs: 0,
      collections: 0,
      cause: null,
      oldUsedBytes: 0,
      oldMaxBytes: 1,
      heapCommittedBytes: 1,
      metaspaceBytes: null,
      ...found,
    },
  };
}

/** One gateway that has just become ready; times count from then, in milliseconds. */
export class Watched {
  state: SupervisorState = {
    ...SAMPLES.ready,
    gateway: {
      ...SAMPLES.ready.gateway,
      readyMs: NOW_MS,
      beats: 0,
      signs: firstSigns(NOW_MS),
      deadlineMs: NOW_MS + 5_000,
    },
  };
  /** Since when it has been ended, why, and by which steps so far and to come. */
  ended: { readonly ms: number; readonly intent: Intent; readonly steps: readonly StopStep[] } | null = null;

  /** Takes signs in, after every deadline that was due before. */
  hear(ms: number, ...signs: readonly Sign[]): void {
    this.passes(ms);
    for (const sign of signs) this.#step(ms, { ...sign, generation: GENERATION });
  }

  /** Lets time pass in which nothing is heard. */
  passes(untilMs: number): void {
    for (;;) {
      const dueMs = deadlineOf(this.state);
      if (this.ended !== null || dueMs === null || dueMs - NOW_MS > untilMs) return;
      this.#step(dueMs - NOW_MS, { kind: "deadline" });
    }
  }

  /** When it was ended, or `null`. */
  get endedMs(): number | null {
    return this.ended?.ms ?? null;
  }

  /** What is wrong with it, and what excuses it. */
  get condition(): string | null {
    const { gateway } = this.state;
    if (gateway.phase !== "ready" || gateway.condition === null) return null;
    return gateway.excuse === null ? gateway.condition.kind : `${gateway.condition.kind}: ${gateway.excuse}`;
  }

  #step(ms: number, input: Input): void {
    if (this.ended !== null) return;
    const { state, effects } = transition(this.state, input, at(NOW_MS + ms));
    this.state = state;
    if (state.gateway.phase === "ready") return;
    if (state.gateway.phase !== "stopping") throw new Error(`A sign led to phase ${state.gateway.phase}`);
    const taken = effects.flatMap((effect) => effect.kind === "end-step" ? [effect.step] : []);
    const { intent, remaining } = state.gateway;
    this.ended = { ms, intent, steps: [...taken, ...remaining] };
  }
}
