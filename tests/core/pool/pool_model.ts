/**
 * A model of everything around a pool: processes, programs that come and go, warm-ups, and time that passes. After
 * every step it checks what must always hold.
 * @module
 */

import assert from "node:assert/strict";
import { initialState } from "../../../src/core/lifecycle.ts";
import type { Effect, LifecycleSettings, SupervisorState } from "../../../src/core/lifecycle.ts";
import { frontOf } from "../../../src/core/pool/front.ts";
import { initialPool } from "../../../src/core/pool/pool.ts";
import type { PoolState, Seat } from "../../../src/core/pool/pool.ts";
import { poolTransition, wakeOf } from "../../../src/core/pool/step.ts";
import type { PoolInput, PoolStep } from "../../../src/core/pool/step.ts";
import { GatewayModel, ORDERLY } from "../gateway_model.ts";
import type { Death } from "../gateway_model.ts";
import { MEMORY } from "../samples.ts";

/** One of several, which may be busy while no program has it. */
class Seated extends GatewayModel {
  resting: "warm-up" | "search" | null = null;
}

const NO_LEASE = "nobody's";

/** A shell that performs a pool's effects, programs behind a relay, and a clock. */
export class PoolModel {
  pool: PoolState = initialPool(initialState(MEMORY));
  nowMs = 0;
  finishes = 0;
  /** What has happened, for tests of the test. */
  readonly seen = new Set<string>();
  readonly #settings: LifecycleSettings;
  readonly #gateways = new Map<number, Seated>();
  /** The gateway of each living program, and when the program came. */
  readonly #programs = new Map<string, { readonly generation: number; readonly cameMs: number }>();
  #leases = 0;

  constructor(settings: LifecycleSettings) {
    this.#settings = settings;
  }

  /** The living programs. */
  get programs(): readonly string[] {
    return [...this.#programs.keys()];
  }

  /** A program comes; where there is a gateway for it, it has that at once. */
  come(): void {
    const front = frontOf(this.pool, this.#settings.pool);
    if (front.kind !== "ready") return;
    const lease = String(++this.#leases);
    const { generation } = front;
    this.#programs.set(lease, { generation, cameMs: this.nowMs });
    this.step({ kind: "bound", generation, lease });
  }

  /** A program goes, whatever has become of its gateway. */
  go(lease: string): void {
    const generation = this.#programs.get(lease)?.generation;
    if (generation === undefined) return;
    this.#programs.delete(lease);
    this.step({ kind: "released", generation, lease });
  }

  /** What the shell may truthfully report now. */
  reports(death: Death): readonly PoolInput[] {
    return [...this.#gateways].flatMap(([generation, gateway]) => reportsOf(generation, gateway, death));
  }

  /** What a well-behaved machine reports next, or `null` when only time helps. */
  goodReport(): PoolInput | null {
    for (const [generation, gateway] of this.#gateways) {
      if (gateway.lives && [...gateway.told].some((step) => step !== "inspect")) {
        return { kind: "exited", generation, exit: ORDERLY.exit };
      }
      const [first] = reportsOf(generation, gateway, ORDERLY);
      if (first !== undefined && first.kind !== "heartbeat" && first.kind !== "patience") return first;
    }
    return null;
  }

  /** Moves to the next deadline, where there is one, and says so. Whoever can answer has. */
  untilDeadline({ answering = false } = {}): void {
    this.nowMs = Math.max(this.nowMs, wakeOf(this.pool) ?? 0);
    for (const [generation, { beating }] of [...this.#gateways]) {
      if (answering && beating) this.step({ kind: "heartbeat", generation, way: "kept" });
    }
    this.step({ kind: "deadline" });
  }

  /** Hands the pool an input, checks the outcome and performs the effects. */
  step(input: PoolInput, { random = 0.5, death }: { random?: number; death?: Death } = {}): void {
    const before = this.pool;
    const context = { nowMs: this.nowMs, wallMs: this.nowMs, random, settings: this.#settings };
    const outcome = poolTransition(before, input, context);
    this.pool = outcome.pool;
    this.seen.add(input.kind).add(frontOf(this.pool, this.#settings.pool).kind);
    this.#observe(input, death);
    if ("generation" in input && !before.seats.some(({ life }) => life.generation === input.generation)) {
      assert.deepEqual(this.pool.seats.map(({ life }) => life), before.seats.map(({ life }) => life));
      // A warm-up that is due by now begins all the same.
      const others = outcome.effects.filter((effect) => effect.kind !== "warm-up");
      assert.deepEqual(others, [], `${input.kind} of an unknown gateway`);
    }
    for (const effect of outcome.effects) this.#perform(effect);
    this.#check(before, outcome);
  }

  #observe(input: PoolInput, death?: Death): void {
    const gateway = "generation" in input ? this.#gateways.get(input.generation) : undefined;
    if (gateway === undefined) return;
    if (["warmed", "warm-up-failed", "searched"].includes(input.kind)) gateway.resting = null;
    gateway.observe(input, death);
  }

  #perform(effect: Effect): void {
    this.seen.add(effect.kind);
    assert.equal(this.finishes, 0, `${effect.kind} after the end`);
    const gateway = "generation" in effect ? this.#gateways.get(effect.generation) : undefined;
    switch (effect.kind) {
      case "launch":
        return this.#launch(effect.generation);
      case "warm-up":
      case "search":
        assert.ok(gateway?.beating && gateway.resting === null, `${effect.kind} where nothing serves`);
        assert.deepEqual(this.#leasesOf(effect.generation), [], `${effect.kind} beside a program`);
        if (effect.kind === "warm-up") this.#checkWarmUp(effect.generation);
        gateway.resting = effect.kind;
        return;
      case "finish":
        assert.ok([...this.#gateways.values()].every(({ lives }) => !lives));
        this.finishes++;
        return;
      case "end-heartbeat":
        // The shell gives up what it does with a gateway that serves no more.
        if (gateway !== undefined) gateway.resting = null;
    }
    if ("generation" in effect) assert.ok(gateway !== undefined, `${effect.kind} of none`);
    gateway?.perform(effect);
  }

  #launch(generation: number): void {
    const { gateways, standby } = this.#settings.pool;
    for (const { life } of this.pool.seats) {
      assert.ok(life.desired === "up" && !life.ending, "a gateway is launched that nobody wants");
    }
    assert.ok(generation > Math.max(0, ...this.#gateways.keys()), "a number is given twice");
    const living = [...this.#gateways.values()].filter(({ lives }) => lives).length;
    assert.ok(living < gateways + standby, "more gateways than there may be");
    this.#gateways.set(generation, new Seated(generation));
  }

  #checkWarmUp(generation: number): void {
    const { pool } = this.#settings;
    const front = frontOf(this.pool, pool);
    // The one that is warmed up takes no program meanwhile: another has to, or none may come.
    const isSpared = front.kind === "busy" || front.kind === "ready" && front.generation !== generation;
    assert.ok(isSpared, "the next program's is warmed up");
    assert.equal(pool.standby, 1);
    assert.equal(this.pool.warmUpRefusal, null, "it was refused");
    const others = [...this.#gateways.values()].filter(({ resting }) => resting !== null);
    assert.deepEqual(others, [], "two at a time");
    for (const { cameMs, generation: its } of this.#programs.values()) {
      const isThere = this.#gateways.get(its)?.beating ?? false;
      assert.ok(!isThere || this.nowMs - cameMs >= 5_000, "a program has just come");
    }
  }

  #check(before: PoolState, { steps }: PoolStep): void {
    const { seats } = this.pool;
    const { gateways, standby, sharing } = this.#settings.pool;
    assert.ok(seats.length <= gateways + standby && seats.length >= before.seats.length);
    const generations = seats.map(({ life }) => life.generation);
    assert.equal(new Set(generations).size, generations.length, "two seats with one gateway");
    for (const seat of seats) this.#checkSeat(seat);
    for (const { before: was, after } of steps) this.#checkRetirement(was, after);
    const front = frontOf(this.pool, this.#settings.pool);
    const had = seats.filter(({ life }) => {
      const count = this.#leasesOf(life.generation).length;
      assert.ok(sharing === "shared" || count <= 1, "two programs on one gateway");
      return this.#gateways.get(life.generation)?.beating && count > 0;
    });
    if (sharing === "exclusive") assert.ok(had.length <= gateways, "more programs than there may be");
    if (front.kind !== "ready") return;
    const gateway = this.#gateways.get(front.generation);
    const seat = seats.find(({ life }) => life.generation === front.generation);
    assert.ok(gateway?.beating && gateway.resting === null && seat?.retirement === null);
    if (sharing === "exclusive") assert.deepEqual(this.#leasesOf(front.generation), []);
  }

  #checkSeat({ life, programs }: Seat): void {
    const { generation, gateway: { phase }, lastGeneration, desired, ending } = life;
    const [{ life: first }] = this.pool.seats;
    assert.ok(generation <= lastGeneration);
    for (const name of ["desired", "ending", "lastGeneration", "deaths", "launches", "everReady"] as const) {
      assert.equal(life[name], first[name], `not all know of ${name}`);
    }
    assert.equal(life.memory.record, first.memory.record, "not all know what was learned of memory");
    assert.equal(this.#gateways.get(generation)?.beating ?? false, phase === "ready");
    if (phase === "ready") assert.deepEqual([...programs].sort(), [...this.#leasesOf(generation)].sort());
    if (phase !== "stopped") return;
    const others = this.pool.seats.map((seat) => seat.life.gateway.phase);
    const comes = others.includes("starting") || others.includes("warming");
    assert.ok(desired === "down" || ending || comes, "a seat is empty, and nothing is done about it");
  }

  #checkRetirement(before: SupervisorState, { gateway }: SupervisorState): void {
    if (before.gateway.phase !== "ready" || gateway.phase !== "stopping") return;
    if (gateway.intent.kind !== "retire") return;
    this.seen.add("retirement");
    assert.deepEqual(this.#leasesOf(before.generation), [], "a gateway is retired under its program");
  }

  #leasesOf(generation: number): readonly string[] {
    return [...this.#programs].filter(([, its]) => its.generation === generation).map(([lease]) => lease);
  }
}

function reportsOf(generation: number, gateway: Seated, death: Death): readonly PoolInput[] {
  const others: readonly PoolInput[] = gateway.beating
    ? [{ kind: "released", generation, lease: NO_LEASE }]
    : [];
  return [...gateway.reports(death, restsOf(generation, gateway)), ...others];
}

function restsOf(generation: number, { resting }: Seated): readonly PoolInput[] {
  switch (resting) {
    case null:
      return [];
    case "warm-up":
      return [{ kind: "warmed", generation }, { kind: "warm-up-failed", generation, reason: "no room" }];
    case "search":
      return [
        { kind: "searched", generation, left: null },
        { kind: "searched", generation, left: "a context" },
      ];
  }
}
