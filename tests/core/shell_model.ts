/**
 * A model of everything around the transition function: processes that live, answer, die and are reaped, and
 * time that passes. After every step it checks what must always hold.
 * @module
 */

import assert from "node:assert/strict";
import type { DeathEvidence } from "../../src/core/diagnosis/exit_cause.ts";
import { deadlineOf, initialState } from "../../src/core/lifecycle.ts";
import type { Effect, Input, LifecycleSettings, SupervisorState } from "../../src/core/lifecycle.ts";
import type { Memory } from "../../src/core/memory/memory.ts";
import { transition } from "../../src/core/transition.ts";
import type { ExitStatus } from "../../src/core/verdict.ts";
import { LOOK, SURVIVED } from "./samples.ts";

/** One way to die, with what it leaves. */
export interface Death {
  readonly exit: ExitStatus;
  readonly line: string;
  readonly kills: number;
}

/** Deaths of every kind that is treated differently. */
export const DEATHS: readonly Death[] = [
  {
    exit: { code: 3, signal: null },
    line: "Terminating due to java.lang.OutOfMemoryError: Java heap space",
    kills: 0,
  },
  { exit: { code: 137, signal: "SIGKILL" }, line: "", kills: 1 },
  { exit: { code: 137, signal: "SIGKILL" }, line: "", kills: 0 },
  { exit: { code: 1, signal: null }, line: "java.lang.OutOfMemoryError: Direct buffer memory", kills: 0 },
  { exit: { code: 1, signal: null }, line: "Improperly specified VM option 'MaxMetaspaceSize=zz'", kills: 0 },
  { exit: { code: 1, signal: null }, line: "", kills: 0 },
  { exit: { code: 0, signal: null }, line: "", kills: 0 },
];

type CollectEffect = Extract<Effect, { kind: "collect" }>;

/** The newest gateway as the shell knows it. */
interface Process {
  phase: "coming" | "running" | "connected" | "gone";
  attaching: boolean;
  beating: boolean;
  killed: boolean;
  death: Death;
  collect: CollectEffect | null;
}

/** A shell that performs effects, and a clock. */
export class ShellModel {
  state: SupervisorState;
  nowMs = 0;
  finishes = 0;
  readonly #settings: LifecycleSettings;
  #process: Process | null = null;
  #records = 0;
  #unasked = 0;

  constructor(memory: Memory, settings: LifecycleSettings) {
    this.state = initialState(memory);
    this.#settings = settings;
  }

  /** What the shell may truthfully report now about the newest gateway. */
  reports(death: Death): readonly Input[] {
    const { generation } = this.state;
    const process = this.#process;
    switch (process?.phase) {
      case "coming":
        return [{ kind: "spawned", generation, pid: 42, startTicks: 7 }, {
          kind: "exited",
          generation,
          exit: death.exit,
        }];
      case "running":
        return [
          { kind: "handshake", generation },
          { kind: "handshake", generation },
          { kind: "progress", generation },
          { kind: "doomed", generation },
          { kind: "exited", generation, exit: death.exit },
        ];
      case "connected":
        return [
          ...(process.attaching ? [{ kind: "attached", generation } as const] : []),
          ...(process.attaching ? [{ kind: "attach-failed", generation, reason: "silent" } as const] : []),
          ...(process.beating ? this.#signs(generation) : []),
          { kind: "patience", generation, why: "it writes a heap dump" },
          { kind: "exited", generation, exit: death.exit },
        ];
      case "gone":
        return process.collect === null ? [] : [this.#collected(process, process.collect)];
      case undefined:
        return [];
    }
  }

  /** What a watch over a gateway reports: answers and misses, and looks that find it well or in trouble. */
  #signs(generation: number): readonly Input[] {
    const { process } = LOOK;
    const stopped = process && { ...process, state: "T" };
    const closer = { writing: null, diskSleepers: 0, programs: 0 };
    const dead = {
      contextActive: true,
      schedulerAlive: false,
      driverMemory: null,
      uiUrl: null,
      folders: [],
      deadlocked: [],
    };
    return [
      { kind: "heartbeat", generation, way: "kept" },
      { kind: "heartbeat", generation, way: "fresh" },
      { kind: "missed", generation, way: "fresh" },
      { kind: "looked", generation, look: LOOK },
      { kind: "looked", generation, look: { ...LOOK, process: stopped } },
      { kind: "looked", generation, look: { ...LOOK, spark: dead, closer } },
      { kind: "survived", generation, line: SURVIVED },
    ];
  }

  /** The report that a well-behaved machine makes next, or `null` when only time helps. */
  goodReport(): Input | null {
    const { generation } = this.state;
    const process = this.#process;
    if (process?.killed && process.phase !== "gone") {
      return { kind: "exited", generation, exit: { code: 137, signal: "SIGKILL" } };
    }
    const [first] = this.reports({ exit: { code: 0, signal: null }, line: "", kills: 0 });
    return first === undefined || first.kind === "patience" ? null : first;
  }

  /** Moves to the deadline, where there is one, and says so. */
  untilDeadline(): void {
    this.nowMs = Math.max(this.nowMs, deadlineOf(this.state) ?? 0);
    this.step({ kind: "deadline" });
  }

  /** Hands the machine an input, checks the outcome and performs the effects. */
  step(input: Input, { random = 0.5, death }: { random?: number; death?: Death } = {}): void {
    const before = this.state;
    const context = { nowMs: this.nowMs, wallMs: this.nowMs, random, settings: this.#settings };
    const { state, effects } = transition(before, input, context);
    this.state = state;
    const stale = "generation" in input && input.generation !== before.generation;
    if (stale) {
      assert.equal(state, before);
      assert.deepEqual(effects, []);
      return;
    }
    this.#observe(input, death);
    for (const effect of effects) this.#perform(effect);
    this.#check(before, input, effects);
  }

  #observe(input: Input, death?: Death): void {
    const process = this.#process;
    if (process === null) return;
    if (input.kind === "spawned") process.phase = "running";
    if (input.kind === "handshake") process.phase = "connected";
    if (input.kind === "attached" || input.kind === "attach-failed") process.attaching = false;
    if (input.kind === "collected") process.collect = null;
    if (input.kind === "exited") Object.assign(process, { phase: "gone", death: death ?? process.death });
  }

  #perform(effect: Effect): void {
    const process = this.#process;
    const lives = process !== null && process.phase !== "gone";
    switch (effect.kind) {
      case "launch":
        assert.ok(!lives, "a second gateway is launched beside a living one");
        assert.equal(this.state.desired, "up", "a gateway is launched that nobody wants");
        assert.ok(!this.state.ending, "a gateway is launched by a daemon that ends");
        assert.equal(effect.plan, this.state.memory.plan);
        this.#process = {
          phase: "coming",
          attaching: false,
          beating: false,
          killed: false,
          death: { exit: { code: 1, signal: null }, line: "", kills: 0 },
          collect: null,
        };
        return;
      case "attach":
        assert.ok(process?.phase === "connected");
        process.attaching = true;
        return;
      case "begin-heartbeat":
        assert.ok(process?.phase === "connected" && !process.beating);
        process.beating = true;
        return;
      case "end-heartbeat":
        assert.ok(process?.beating, "a heartbeat ends that never began");
        process.beating = false;
        return;
      case "end-step":
        assert.ok(lives, "a step is taken against a process that is gone");
        if (effect.step === "SIGKILL") process.killed = true;
        return;
      case "collect":
        assert.ok(process?.phase === "gone" && process.collect === null);
        process.collect = effect;
        if (effect.intent?.kind !== "stop" && effect.intent?.kind !== "restart") this.#unasked++;
        return;
      case "record":
        this.#records++;
        return;
      case "finish":
        assert.ok(!lives, "the daemon ends before its gateway");
        this.finishes++;
    }
  }

  #check(before: SupervisorState, input: Input, effects: readonly Effect[]): void {
    const { state } = this;
    const { gateway } = state;
    const launches = effects.filter(({ kind }) => kind === "launch").length;
    assert.equal(state.generation, before.generation + launches, "the generation grows with launches only");
    const deadlineMs = deadlineOf(state);
    if (gateway.phase === "stopped") {
      assert.equal(state.desired, "down", "nothing runs and nothing waits, though a gateway is wanted");
    } else if (gateway.phase !== "failed") {
      assert.ok(Number.isFinite(deadlineMs), `${gateway.phase} may last for ever`);
    }
    const moved = gateway.phase !== before.gateway.phase;
    if (moved && deadlineMs !== null) {
      assert.ok(deadlineMs >= this.nowMs, "a deadline is over when it is set");
    }
    if (moved && before.gateway.phase === "failed") {
      const { deadlineMs: retryMs } = before.gateway;
      const due = input.kind === "deadline" && retryMs !== null && this.nowMs >= retryMs;
      assert.ok(
        due || ["start", "restart", "stop", "shutdown"].includes(input.kind),
        `failed by ${input.kind}`,
      );
    }
    assert.equal(this.#process?.beating ?? false, gateway.phase === "ready", "heartbeats go with readiness");
    assert.ok(state.ending || !before.ending, "the end of the daemon is taken back");
    const pending = gateway.phase === "collecting" ? 1 : 0;
    assert.ok(
      this.#unasked - this.#records <= pending && this.#records <= this.#unasked,
      "one record a death",
    );
  }

  #collected({ death }: Process, { generation, exit, intent, wasReady }: CollectEffect): Input {
    const evidence: DeathEvidence = {
      exit,
      intent,
      wasReady,
      stdout: death.line === "" ? [] : [{ number: 1, text: death.line }],
      stderr: [],
      hsErr: [],
      oomKills: { group: death.kills, machine: death.kills },
    };
    return { kind: "collected", generation, evidence };
  }
}
