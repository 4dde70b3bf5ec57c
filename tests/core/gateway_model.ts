/**
 * A model of one gateway: what it may truthfully report, what may be asked of it and when, and how it dies.
 * @module
 */

import assert from "node:assert/strict";
import type { DeathEvidence } from "../../src/core/diagnosis/exit_cause.ts";
import type { Effect, Input } from "../../src/core/lifecycle.ts";
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

/** The death of one that ends because it is told to. */
export const ORDERLY: Death = { exit: { code: 0, signal: null }, line: "", kills: 0 };

type Collect = Extract<Effect, { kind: "collect" }>;
type Step = Extract<Effect, { kind: "end-step" }>["step"];

/** A gateway as the shell knows it. */
export class GatewayModel {
  phase: "coming" | "running" | "connected" | "gone" = "coming";
  beating = false;
  /** The steps that were taken to end it. */
  readonly told = new Set<Step>();
  readonly #generation: number;
  #attaching = false;
  #death = ORDERLY;
  #collect: Collect | null = null;

  constructor(generation: number) {
    this.#generation = generation;
  }

  get lives(): boolean {
    return this.phase !== "gone";
  }

  /**
   * What the shell may report of it now.
   * @param connected What else, while it is connected: in the order in which a well-behaved machine would.
   */
  reports<T = never>({ exit }: Death, connected: readonly T[] = []): readonly (Input | T)[] {
    const generation = this.#generation;
    const exited: Input = { kind: "exited", generation, exit };
    switch (this.phase) {
      case "coming":
        return [{ kind: "spawned", generation, pid: 42, startTicks: 7 }, exited];
      case "running":
        return [
          { kind: "handshake", generation },
          { kind: "progress", generation },
          { kind: "doomed", generation },
          exited,
        ];
      case "connected":
        return [
          ...(this.#attaching ? [{ kind: "attached", generation } as const] : []),
          ...(this.#attaching ? [{ kind: "attach-failed", generation, reason: "silent" } as const] : []),
          ...connected,
          ...(this.beating ? this.#signs() : []),
          { kind: "patience", generation, why: "it writes a heap dump" },
          exited,
        ];
      case "gone":
        return this.#collect === null ? [] : [this.#collected(this.#collect)];
    }
  }

  /** Takes note of what was reported of it. */
  observe(input: { readonly kind: string }, death = this.#death): void {
    if (input.kind === "spawned") this.phase = "running";
    if (input.kind === "handshake") this.phase = "connected";
    if (input.kind === "attached" || input.kind === "attach-failed") this.#attaching = false;
    if (input.kind === "collected") this.#collect = null;
    if (input.kind !== "exited") return;
    this.phase = "gone";
    this.#death = death;
  }

  /** Does what is asked of it, if it is one of those things, and checks that it may be asked now. */
  perform(effect: Effect): void {
    switch (effect.kind) {
      case "attach":
        assert.equal(this.phase, "connected");
        this.#attaching = true;
        return;
      case "begin-heartbeat":
        assert.ok(this.phase === "connected" && !this.beating);
        this.beating = true;
        return;
      case "end-heartbeat":
        assert.ok(this.beating, "a heartbeat ends that never began");
        this.beating = false;
        return;
      case "end-step":
        assert.ok(this.lives, "a step is taken against what is gone");
        this.told.add(effect.step);
        return;
      case "collect":
        assert.ok(!this.lives && this.#collect === null);
        this.#collect = effect;
    }
  }

  /** What a watch over it reports: answers and misses, and looks that find it well or in trouble. */
  #signs(): readonly Input[] {
    const generation = this.#generation;
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

  #collected({ exit, intent, wasReady }: Collect): Input {
    const { line, kills } = this.#death;
    const evidence: DeathEvidence = {
      ...{ exit, intent, wasReady },
      stdout: line === "" ? [] : [{ number: 1, text: line }],
      ...{ stderr: [], hsErr: [] },
      oomKills: { group: kills, machine: kills },
    };
    return { kind: "collected", generation: this.#generation, evidence };
  }
}
