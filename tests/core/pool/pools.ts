/**
 * A pool of gateways that a test leads by the hand, told in words.
 * @module
 */

import assert from "node:assert/strict";
import { initialState } from "../../../src/core/lifecycle.ts";
import type { Effect, LifecycleSettings } from "../../../src/core/lifecycle.ts";
import { frontOf } from "../../../src/core/pool/front.ts";
import { initialPool } from "../../../src/core/pool/pool.ts";
import type { PoolPolicy, PoolState, Seat } from "../../../src/core/pool/pool.ts";
import { poolTransition } from "../../../src/core/pool/step.ts";
import type { PoolInput } from "../../../src/core/pool/step.ts";
import type { ExitStatus } from "../../../src/core/verdict.ts";
import { at, evidenceFor, MEMORY, NOW_MS } from "../samples.ts";

/** One program at a time, and another gateway that waits for the next. */
export const RELAYED: PoolPolicy = { gateways: 1, standby: 1, recycle: "always", sharing: "exclusive" };

/** What the JVM says when its heap is full: the next one gets a greater one. */
export const FULL_HEAP = "Terminating due to java.lang.OutOfMemoryError: Java heap space";

/** A pool, and what is done to it. */
export class Pool {
  readonly policy: PoolPolicy;
  readonly #settings: Partial<LifecycleSettings>;
  state: PoolState = initialPool(initialState(MEMORY));
  nowMs = NOW_MS;
  /** The gateways that were launched while no other served. */
  readonly awaited: number[] = [];

  constructor(policy: Partial<PoolPolicy> = {}, settings: Partial<LifecycleSettings> = {}) {
    this.policy = { ...RELAYED, ...policy };
    this.#settings = { ...settings, pool: this.policy };
  }

  /** One whose gateways are all ready. Where there is a standby, its warm-up is under way. */
  static full(policy: Partial<PoolPolicy> = {}): Pool {
    const pool = new Pool(policy);
    pool.give({ kind: "start" });
    for (let next = pool.starting; next !== null; next = pool.starting) pool.comesUp(next);
    return pool;
  }

  /** What is to be done about an input, each as its kind and its gateway's number. */
  give(input: PoolInput): readonly string[] {
    const { pool, effects } = poolTransition(this.state, input, at(this.nowMs, this.#settings));
    this.state = pool;
    for (const effect of effects) {
      if (effect.kind === "launch" && effect.isAwaited) this.awaited.push(effect.generation);
    }
    return effects.map(nameOf);
  }

  /** The gateway that is starting, or `null`. */
  get starting(): number | null {
    return this.state.seats.find(({ life }) => life.gateway.phase === "starting")?.life.generation ?? null;
  }

  /** Which gateway takes the next program. */
  get front(): string {
    const front = frontOf(this.state, this.policy);
    return front.kind === "ready" ? `ready ${front.generation}` : front.kind;
  }

  /** Each seat's gateway and its phase. */
  get seats(): readonly string[] {
    return this.state.seats.map(({ life }) => `${life.generation} ${life.gateway.phase}`);
  }

  /** The seat of a gateway. */
  seat(generation: number): Seat {
    const seat = this.state.seats.find(({ life }) => life.generation === generation);
    assert.ok(seat !== undefined, `gateway ${generation} has no seat, but ${this.seats}`);
    return seat;
  }

  /** A start goes well. @returns What follows from the gateway's being ready. */
  comesUp(generation: number): readonly string[] {
    this.give({ kind: "spawned", generation, pid: 100 + generation, startTicks: 7 });
    this.give({ kind: "handshake", generation });
    return this.give({ kind: "attached", generation });
  }

  /** A program meets its gateway. */
  bound(generation: number, lease: string): readonly string[] {
    return this.give({ kind: "bound", generation, lease });
  }

  /** A program is gone. */
  released(generation: number, lease: string): readonly string[] {
    return this.give({ kind: "released", generation, lease });
  }

  /** A process ends. */
  exits(generation: number, code = 0): readonly string[] {
    const exit: ExitStatus = { code, signal: null };
    return this.give({ kind: "exited", generation, exit });
  }

  /** What it has left is gathered. @param line What the JVM has said at last. */
  collected(generation: number, line = ""): readonly string[] {
    const known = evidenceFor(this.seat(generation).life);
    const stdout = line === "" ? [] : [{ number: 1, text: line }];
    return this.give({ kind: "collected", generation, evidence: { ...known, stdout } });
  }

  /** A process ends, and it is known how. */
  ends(generation: number, { code = 0, line = "" } = {}): readonly string[] {
    return [...this.exits(generation, code), ...this.collected(generation, line)];
  }

  /** Time passes, and the loop is woken. */
  later(ms: number): readonly string[] {
    this.nowMs += ms;
    return this.give({ kind: "deadline" });
  }

  /** A gateway answers so many times at once. */
  beats(generation: number, count = 1): void {
    for (let beat = 0; beat < count; beat++) this.give({ kind: "heartbeat", generation, way: "kept" });
  }
}

function nameOf(effect: Effect): string {
  switch (effect.kind) {
    case "end-step":
      return `${effect.step} ${effect.generation}`;
    case "record":
      return `record ${effect.incident.generation}`;
    case "remember":
    case "finish":
      return effect.kind;
    default:
      return `${effect.kind} ${effect.generation}`;
  }
}
