/**
 * A driver whose gateways can be asked about themselves, and the incidents that it saves.
 * @module
 */

import assert from "node:assert/strict";
import type { Effect, Incident } from "../../src/core/lifecycle.ts";
import type { ExitStatus } from "../../src/core/verdict.ts";
import { dialer } from "../../src/runtime/net.ts";
import { FakeAttachJvm, STATUS } from "../incident/fake_attach_jvm.ts";
import { Drive, EXIT } from "./drive.ts";
import type { Changes } from "./drive.ts";

/** Turns of the event loop after which something that should come is taken for lost. */
const PATIENCE = 300_000;

function incident(generation: number): Incident {
  return {
    generation,
    verdict: {
      class: "heap-oom",
      fatal: true,
      confidence: "certain",
      summary: "The JVM ran out of heap.",
      evidence: [],
      remedy: "A larger heap helps.",
    },
    exit: EXIT,
    change: { changed: false, reason: "no" },
    decision: { kind: "restart", delayMs: 0, reason: "soon" },
  };
}

/** A drive whose processes can be asked, all by one socket. */
export class Witnessed extends Drive implements AsyncDisposable {
  readonly jvm: FakeAttachJvm;

  constructor(changes: Changes = {}) {
    const jvm = new FakeAttachJvm();
    super({ unixDialer: { dialUnix: (_, signal) => dialer.dialUnix(jvm.socket, signal) }, ...changes });
    this.jvm = jvm;
    jvm.serve();
    for (const pid of [1001, 1002]) {
      this.world.files.put(`/proc/${pid}/status`, STATUS);
      this.world.files.put(`/tmp/.java_pid${pid}`, "");
    }
    const answer = this.world.launcher.onRun;
    this.world.launcher.onRun = (spec) => {
      if (spec.program === "readlink") return { stdout: "pid:[4026531836]\n" };
      return spec.program === "dmesg" ? { stdout: "[1.0] Killed process 1001 (java)\n" } : answer(spec);
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.jvm[Symbol.asyncDispose]();
  }

  /** Lets everything under way go on, but no time pass, until something is so. */
  async until(reached: () => boolean): Promise<void> {
    for (let turn = 0; !reached(); turn++) {
      assert.ok(turn < PATIENCE, `waited in vain; ${this.inputs.kinds} ${this.errors}`);
      await this.world.clock.advance(0);
    }
  }

  /** Asks a gateway about itself. */
  async inspect(generation = 1): Promise<void> {
    this.perform({ kind: "end-heartbeat", generation });
    this.perform({ kind: "end-step", generation, step: "inspect" });
    await this.until(() => this.world.clock.pendingMs.includes(500));
    await this.world.clock.advance(500);
    await this.inputs.first("inspected");
  }

  /** Tells that a gateway has exited, and begins to gather what it left. */
  async collect(generation = 1, exit: ExitStatus = EXIT): Promise<void> {
    this.world.child.exit(exit);
    await this.inputs.nth("exited", generation);
    this.perform(collecting(generation, exit));
  }

  /** Saves an incident. */
  async record(generation = 1): Promise<void> {
    const before = this.saved.length + this.errors.length;
    this.perform({ kind: "record", incident: incident(generation) });
    await this.until(() => this.saved.length + this.errors.length > before);
  }

  /** What the newest incident says of everything that was looked for. */
  get artifacts(): readonly string[] {
    const manifest = JSON.parse(this.text("manifest.json") ?? "{}");
    return manifest.artifacts.map(({ name, status }: { name: string; status: string }) =>
      `${name} ${status}`
    );
  }

  /** A file of the newest incident. */
  text(name: string): string | null {
    return this.world.files.text(`/incidents/${this.saved.at(-1)}/${name}`);
  }
}

/** The effect that gathers what a gateway left. */
export function collecting(generation: number, exit: ExitStatus = EXIT): Effect {
  return { kind: "collect", generation, exit, intent: null, wasReady: true };
}
