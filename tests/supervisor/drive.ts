/**
 * A driver in a world under the test's command.
 * @module
 */

import type { LedgerRecord } from "../../src/core/ledger/ledger_record.ts";
import type { Effect } from "../../src/core/lifecycle.ts";
import { HeapDumps } from "../../src/incident/heap_dumps.ts";
import { IncidentStore } from "../../src/incident/store.ts";
import { MemoryFile } from "../../src/supervisor/memory_file.ts";
import { RealDriver } from "../../src/supervisor/driver.ts";
import type { DriverOptions } from "../../src/supervisor/driver.ts";
import { GatewayWorld, PLAN } from "../fakes/gateway_world.ts";
import { Inputs } from "../fakes/inputs.ts";
import { answering, fileAnswers } from "../fakes/py4j_answers.ts";
import { FakePy4jServer } from "../fakes/py4j_server.ts";
import { unwatched } from "../fakes/unwatched.ts";

/** Where programs find the way in. */
export const ENVIRONMENT = "/run/gateway.env";
/** How every gateway of these tests ends. */
export const EXIT = { code: 3, signal: null };
/** The period of the heartbeat. */
export const PERIOD_MS = 1_000;

/** What a test wants otherwise. */
export type Changes = Partial<DriverOptions> & { readonly wantsHeapDumps?: boolean };

/** A driver in a world of its own, and everything it told. */
export class Drive {
  readonly world = new GatewayWorld();
  readonly inputs = new Inputs();
  readonly errors: unknown[] = [];
  readonly saved: string[] = [];
  readonly ledger: LedgerRecord[] = [];
  readonly driver: RealDriver;

  constructor({ wantsHeapDumps = false, ...changes }: Changes = {}) {
    const { clock, files } = this.world;
    const store = new IncidentStore("/incidents", changes.files ?? files);
    const wishes = { wanted: wantsHeapDumps, gzips: true, folder: "/dumps" };
    this.driver = new RealDriver({
      ...this.world.options,
      heartbeatPeriodMs: PERIOD_MS,
      ...unwatched(),
      ledger: { append: (record) => Promise.resolve(void this.ledger.push(record)) },
      store,
      memoryFile: new MemoryFile({
        path: "/state/memory-plan.json",
        files,
        onError: (error) => void this.errors.push(error),
      }),
      heapDumps: new HeapDumps({ ...wishes, files, clock, store }),
      pinThread: "true",
      onError: (error) => void this.errors.push(error),
      onSaved: (id) => void this.saved.push(id),
      ...changes,
    });
  }

  perform(effect: Effect): void {
    this.driver.perform(effect, this.inputs.report);
  }

  /** Launches a generation that shakes hands with a server. */
  async greet(server: { port: number; secret: string }, generation = 1): Promise<void> {
    this.perform({ kind: "launch", generation, plan: PLAN, isAwaited: true });
    await this.inputs.nth("spawned", generation);
    await this.world.clock.sleeping();
    this.world.shakeHands(server, generation);
    await this.world.clock.advance(20);
    await this.inputs.nth("handshake", generation);
  }

  /** Brings a generation up to its heartbeat. */
  async ready(server: { port: number; secret: string }, generation = 1): Promise<void> {
    await this.greet(server, generation);
    this.perform({ kind: "attach", generation });
    await this.inputs.nth("attached", generation);
    this.perform({ kind: "begin-heartbeat", generation });
    await this.inputs.first("heartbeat");
  }

  /** Ends a generation and gathers what is left of it. */
  async bury(generation = 1): Promise<void> {
    this.world.child.exit(EXIT);
    await this.inputs.nth("exited", generation);
    this.perform({ kind: "collect", generation, exit: EXIT, intent: null, wasReady: true });
    await this.inputs.nth("collected", generation);
  }
}

/** A server that knows the scratch folders of the first two generations. */
export function makeServer(): FakePy4jServer {
  return new FakePy4jServer(
    answering({ ...fileAnswers("/tmp/rekindle-1"), ...fileAnswers("/tmp/rekindle-2") }),
  );
}
