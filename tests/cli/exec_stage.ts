/**
 * Where `exec` is tried: programs are real, the daemon and its gateway are scripted.
 * @module
 */

import assert from "node:assert/strict";
import { leaseRoutes, type Leasing, type OutcomeDocument } from "../../src/api/leases.ts";
import { exec } from "../../src/cli/exec.ts";
import { answering, contextAnswers } from "../fakes/py4j_answers.ts";
import { FakePy4jServer } from "../fakes/py4j_server.ts";
import { ScriptedDaemon, statusIn, Surroundings } from "./scripted_daemon.ts";

/** The environment file. */
export const WAY_IN = "/run/gateway.env";

/** A daemon whose gateway is ready, what a command works with beside it, and a folder for what programs leave. */
export class Stage implements AsyncDisposable {
  /** What has become of every lease; without it no lease is given. */
  outcome: OutcomeDocument | null = null;
  readonly daemon = new ScriptedDaemon(statusIn("ready"), leaseRoutes({ leasing: this.#leasing }));
  readonly here = new Surroundings();
  readonly folder = Deno.makeTempDirSync({ prefix: "rekindle-test-" });
  readonly gateway: FakePy4jServer;
  readonly #ready: Promise<void>;

  /** @param context Whether a program that nobody knows of has a SparkContext. */
  constructor({ context = false } = {}) {
    this.gateway = new FakePy4jServer(answering(contextAnswers(context)));
    this.#ready = this.daemon.moveIn(this.here.files);
    this.openTheWay();
  }

  get #leasing(): Leasing {
    const lease = () => {
      const { gateway: { port, secret }, outcome } = this;
      return Promise.resolve(outcome && { id: "1", port, secret, pinThread: "true" });
    };
    return {
      lease,
      outcome: () => this.outcome,
      end: () => this.outcome,
    };
  }

  openTheWay(): void {
    const { port, secret } = this.gateway;
    const text = `PYSPARK_GATEWAY_PORT=${port}\nPYSPARK_GATEWAY_SECRET=${secret}\nREKINDLE_GENERATION=1\n`;
    this.here.files.put(WAY_IN, text);
  }

  /** Executes a shell script; `$OUT` is a file for what it has to tell. */
  async exec(
    script: string,
    { retries = 0, env = {} }: { retries?: number; env?: Record<string, string> } = {},
  ) {
    return await this.run(["sh", "-c", script], { retries, env });
  }

  async run(
    command: readonly string[],
    { retries = 0, env = {} }: { retries?: number; env?: Record<string, string> } = {},
  ): Promise<number> {
    await this.#ready;
    const context = this.here.context(undefined, { OUT: this.out, ...env });
    return await this.here.during(exec(context, { command, retries }, this.here.view));
  }

  get out(): string {
    return `${this.folder}/out`;
  }

  /** Whether the program has told anything. */
  get hasTold(): boolean {
    return [...Deno.readDirSync(this.folder)].length > 0;
  }

  get told(): string {
    return Deno.readTextFileSync(this.out);
  }

  get log(): string {
    return this.here.logged.join("");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.daemon[Symbol.asyncDispose]();
    await this.gateway[Symbol.asyncDispose]();
    await Deno.remove(this.folder, { recursive: true });
    assert.ok(!this.log.includes(this.gateway.secret), "the secret is in the log");
  }
}
