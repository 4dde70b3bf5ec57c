/**
 * What does the daemon do with a gateway that no program has? It warms it up for the next one, and looks for what the
 * last one has left.
 * @module
 */

import type { PoolInput } from "../core/pool/step.ts";
import { reasonOf } from "../errors.ts";
import { within } from "../gateway/deadline.ts";
import type { GatewayProcess } from "../gateway/process.ts";
import { warmUpByProgram } from "../gateway/own_warm_up.ts";
import type { OwnWarmUp } from "../gateway/own_warm_up.ts";
import { Py4jClient } from "../gateway/py4j.ts";
import { warmUp } from "../gateway/warm_up.ts";
import type { StepTime } from "../gateway/warm_up.ts";
import type { WorkerPython } from "../gateway/warm_up_python.ts";
import { Workbench } from "../gateway/warm_up_session.ts";
import { checkTraces, findTraces } from "../gateway/warm_up_traces.ts";
import type { Traces, TraceSite } from "../gateway/warm_up_traces.ts";
import type { ChildLauncher, Clock, Dialer, Files } from "../ports.ts";

/** What resting needs. */
export interface RestOptions {
  readonly clock: Clock;
  readonly dialer: Dialer;
  readonly files: Files;
  /** The gateway's working folder. */
  readonly cwd: string;
  /** A program of the user's that is run as well; `null` for none. */
  readonly ownWarmUp: OwnWarmUp | null;
  readonly children: ChildLauncher;
  /** The Python of Spark's workers, if there is one. */
  readonly workerPython: () => Promise<WorkerPython | null>;
  /** Told how long each step of a warm-up took. */
  readonly onWarmedUp: (generation: number, steps: readonly StepTime[]) => void;
}

type Report = (input: PoolInput) => void;

/** A call that fails because the JVM has died is told of by its exit, which comes a moment later. */
const EXIT_MS = 1_000;

/** A look takes tens of milliseconds; one may wait for ever for a program that was killed while Spark started in it. */
const LOOK_MS = 30_000;

const NO_ANSWER = `something that keeps Spark from answering for ${LOOK_MS / 1000} s`;

/** What of a gateway matters at rest. */
export type RestingGateway = Pick<GatewayProcess, "generation" | "endpoint" | "scratch">;

/** One gateway at rest. */
export class Rest {
  readonly #gateway: RestingGateway;
  readonly #options: RestOptions;
  #before: Traces | null = null;

  constructor(gateway: RestingGateway, options: RestOptions) {
    this.#gateway = gateway;
    this.#options = options;
  }

  /** Warms it up and reports the outcome; not when it ends meanwhile. Never rejects. */
  async warmUp(signal: AbortSignal, report: Report): Promise<void> {
    const { generation, endpoint, scratch } = this.#gateway;
    if (endpoint === null || scratch === null) return;
    const { clock, dialer, files, cwd, ownWarmUp, children, workerPython, onWarmedUp } = this.#options;
    try {
      const worker = await workerPython();
      const steps = await warmUp({ clock, dialer, files, cwd, scratch, worker, ...endpoint, signal });
      if (ownWarmUp !== null) {
        await warmUpByProgram(ownWarmUp, endpoint, { children, clock, dialer, signal });
      }
      onWarmedUp(generation, steps);
      report({ kind: "warmed", generation });
    } catch (error) {
      await clock.sleep(EXIT_MS, signal);
      if (!signal.aborted) report({ kind: "warm-up-failed", generation, reason: reasonOf(error) });
    }
  }

  /** Notes how it is before any program; what is not known then is not searched for later. Never rejects. */
  async remember(signal: AbortSignal): Promise<void> {
    this.#before = await this.#look(signal, (site) => findTraces(site)).catch(() => null);
  }

  /** Looks for what a program has left, and reports it. Never rejects. */
  async search(signal: AbortSignal, report: Report): Promise<void> {
    const { generation } = this.#gateway;
    const before = this.#before;
    let left: string | null;
    try {
      left = before === null
        ? "nobody knows what"
        : await this.#look(signal, (site) => checkTraces(site, before)).then(() => null);
    } catch (error) {
      left = reasonOf(error).replace(/^it has left /, "");
    }
    if (!signal.aborted) report({ kind: "searched", generation, left });
  }

  async #look<T>(signal: AbortSignal, work: (site: TraceSite) => Promise<T>): Promise<T> {
    const { endpoint } = this.#gateway;
    if (endpoint === null) throw new Error("it cannot be reached");
    const { clock, dialer, files, cwd } = this.#options;
    const deadline = { clock, ms: LOOK_MS, signal, reason: new Error(NO_ANSWER) };
    return await within(deadline, async (until) => {
      using client = await Py4jClient.connect({ dialer, ...endpoint, signal: until });
      await using bench = new Workbench(client, until);
      return await work({ bench, files, cwd });
    });
  }
}
