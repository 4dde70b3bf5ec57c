/**
 * The daemon's whole inside without its outside: loop, driver, log and API on a world that a test commands.
 * @module
 */

import assert from "node:assert/strict";
import { planDocumentOf } from "../../src/api/plan.ts";
import { statusOf } from "../../src/api/status.ts";
import type { Status } from "../../src/api/status.ts";
import { DEFAULT_SETTINGS, initialState } from "../../src/core/lifecycle.ts";
import type { Input, Phase } from "../../src/core/lifecycle.ts";
import { IncidentStore } from "../../src/incident/store.ts";
import { createLogger } from "../../src/log.ts";
import { News } from "../../src/daemon/news.ts";
import { MemoryFile } from "../../src/supervisor/memory_file.ts";
import { RealDriver } from "../../src/supervisor/driver.ts";
import { Supervisor } from "../../src/supervisor/supervisor.ts";
import { apiOf, asker, stateRoutes } from "../api/asking.ts";
import { FACTS } from "../api/facts.ts";
import { GatewayWorld, MEMORY } from "../fakes/gateway_world.ts";
import type { Obedience } from "../fakes/scripted_child.ts";
import { unwatched } from "../fakes/unwatched.ts";

/** Turns of the event loop after which something that should come is taken for lost. */
const PATIENCE = 300_000;

/** A running supervisor of scripted gateways. */
export class WholeGateway {
  readonly world: GatewayWorld;
  readonly log: string[] = [];
  readonly errors: unknown[] = [];
  readonly driver: RealDriver;
  readonly supervisor: Supervisor;
  /** Asks its API. */
  readonly ask: ReturnType<typeof asker>;
  readonly finished: Promise<void>;

  constructor(obeys?: Obedience) {
    const world = this.world = new GatewayWorld(obeys);
    const { clock, files } = world;
    const write = (line: string) => void this.log.push(line);
    const log = createLogger({
      level: "debug",
      format: "text",
      colour: false,
      write,
      redact: (text) => text,
    });
    const onError = (error: unknown) => void this.errors.push(error);
    const news = new News({ log, clock, secrets: [], onError });
    this.driver = new RealDriver({
      ...world.options,
      heartbeatPeriodMs: 1_000,
      ...unwatched(),
      memoryFile: new MemoryFile({ path: "/state/memory-plan.json", files, onError }),
      store: new IncidentStore("/incidents", files),
      pinThread: "true",
      onError,
      onSaved: () => {},
    });
    this.supervisor = new Supervisor({
      initial: initialState(MEMORY),
      settings: DEFAULT_SETTINGS,
      clock,
      driver: this.driver,
      random: () => 0.5,
      onChange: (change) => news.step(change, this.driver.gateway(change.after.generation)?.flags ?? null),
      onError,
    });
    this.ask = asker(apiOf(stateRoutes({
      status: () => this.status,
      plan: () => planDocumentOf(this.supervisor.state, DEFAULT_SETTINGS.memory, null),
      post: this.supervisor.post,
    })));
    this.finished = this.supervisor.run().then(() => this.driver.settled());
  }

  get status(): Status {
    const { clock } = this.world;
    const { generation } = this.supervisor.state;
    return statusOf(this.supervisor.pool, {
      ...FACTS,
      nowMs: clock.nowMs(),
      date: clock.date(),
      lagMs: this.supervisor.lagMs,
      environmentFile: this.driver.environmentFile,
      flags: this.driver.gateway(generation)?.flags ?? null,
      heartbeatLatencyMs: this.driver.latencyMs(generation),
    });
  }

  get phase(): Phase {
    return this.supervisor.state.gateway.phase;
  }

  post(input: Input): void {
    this.supervisor.post(input);
  }

  /** Lets everything under way go on, but no time pass, until something is so. */
  async until(reached: () => boolean, what: string): Promise<void> {
    for (let turn = 0; !reached(); turn++) {
      assert.ok(turn < PATIENCE, `${what} did not come:\n${this.log.join("")}${this.errors.join("\n")}`);
      await this.world.clock.advance(0);
    }
  }

  /** Waits for a phase without letting time pass. */
  async reaches(phase: Phase): Promise<void> {
    await this.until(() => this.phase === phase, `phase ${phase}`);
  }

  /** Waits for the start of a generation, of which there is no process yet. */
  async launches(generation: number): Promise<void> {
    await this.until(() => this.supervisor.state.generation === generation, `generation ${generation}`);
  }

  /** Brings the newest process up. */
  async comesUp(server: { readonly port: number; readonly secret: string }): Promise<void> {
    const { world, supervisor } = this;
    const started = () => this.phase === "starting" && world.children.length === supervisor.state.generation;
    await this.until(started, "a new process");
    world.shakeHands(server, supervisor.state.generation);
    await this.until(() => this.world.clock.pendingMs.some((ms) => ms <= 20), "the look for the hand-shake");
    await this.world.clock.advance(20);
    await this.reaches("ready");
    const beats = () => {
      const { gateway } = this.supervisor.state;
      return gateway.phase === "ready" ? gateway.beats : 0;
    };
    await this.until(() => beats() > 0, "a heartbeat");
  }

  /** Ends it, and makes sure that nothing is left. */
  async shutDown(): Promise<void> {
    this.post({ kind: "shutdown", by: "the end of the test" });
    await this.finished;
    assert.equal(this.phase, "stopped");
    assert.deepEqual(this.errors, []);
    assert.deepEqual(this.world.clock.pendingMs, []);
    assert.deepEqual(this.world.files.tree("/run"), []);
    assert.deepEqual(this.world.files.tree("/tmp"), ["/tmp/.keep"]);
  }
}
