/**
 * How does a gateway come to answer its first program as fast as its second? It has worked before: a session of the
 * daemon's own loads, compiles and checks what PySpark needs, is stopped, and leaves nothing a program would notice.
 * @module
 */

import { reasonOf } from "../errors.ts";
import type { Clock, Dialer, Files } from "../ports.ts";
import { Py4jClient } from "./py4j.ts";
import { isNotThere } from "./py4j_error.ts";
import { JOBS } from "./warm_up_jobs.ts";
import { NoWorkersError, type WorkerPython } from "./warm_up_python.ts";
import { startSession, stopSession, Workbench } from "./warm_up_session.ts";
import { checkTraces, findTraces } from "./warm_up_traces.ts";

/** The gateway to be warmed up, and what that needs. No program may be attached to it. */
export interface WarmUpOptions {
  readonly dialer: Dialer;
  readonly port: number;
  readonly secret: string;
  readonly clock: Clock;
  readonly files: Files;
  /** The generation's own temporary folder: the warm-up works in a folder below it and removes that. */
  readonly scratch: string;
  /** The gateway's working folder. */
  readonly cwd: string;
  /** The Python of Spark's workers; `null` when there is none, or it is not known. */
  readonly worker: WorkerPython | null;
  /** How long each step may take. @default {60000} */
  readonly stepMs?: number;
  /** Ends the warm-up. */
  readonly signal: AbortSignal;
  /** Told of each step when it has been done. */
  readonly onStep?: (step: StepTime) => void;
}

/** How long a step took, by the clock. */
export interface StepTime {
  readonly name: string;
  readonly ms: number;
  /** What the step needs and is not here, so that it was left out; `null` when it was taken. */
  readonly missing: string | null;
}

/** The warm-up failed. Its JVM may be in any state: it is to be ended, and another one used as it starts. */
export class WarmUpError extends Error {
  override readonly name = "WarmUpError";
  /** The step that failed. */
  readonly step: string;

  constructor(step: string, cause: unknown) {
    super(`Could not warm the gateway up: the step "${step}" failed: ${reasonOf(cause)}`, { cause });
    this.step = step;
  }
}

/** Ten times what the longest step took on two cores with a dozen busy processes. */
const STEP_MS = 60_000;

/**
 * Warms a gateway up over Py4J, with no Python but Spark's own workers, and stops what it has made. On two idle cores 5 to 10 s.
 * @returns How long each step took, in order. A job for which this Spark lacks a method, or the machine a Python, is left out.
 * @throws {WarmUpError} When any other step fails, has not ended in its time, or leaves something behind.
 * @throws The signal's reason, when it is aborted.
 */
export async function warmUp(options: WarmUpOptions): Promise<readonly StepTime[]> {
  const { dialer, files, cwd, worker, signal: end } = options;
  const steps = new Steps(options);
  end.throwIfAborted();
  const folder = await files.makeTempDir(options.scratch, "warm-up-");
  // The session outlives the step that makes it; all else is released with its step.
  await using kept = new AsyncDisposableStack();
  kept.defer(() => files.remove(folder));
  const client = kept.use(
    await steps.take("connect", (signal) => Py4jClient.connect({ ...options, signal })),
  );
  const withBench = async <T>(signal: AbortSignal, work: (bench: Workbench) => Promise<T>) => {
    await using bench = new Workbench(client, signal);
    return await work(bench);
  };
  const before = await steps.take(
    "look",
    (signal) => withBench(signal, (bench) => findTraces({ bench, files, cwd })),
  );
  const session = await steps.take(
    "session",
    (signal) => startSession(kept.use(new Workbench(client, signal)), folder),
  );
  for (const [name, job] of Object.entries(JOBS)) {
    await steps.try(
      name,
      (signal) => withBench(signal, (bench) => job({ bench, session, dialer, files, folder, worker })),
    );
  }
  await steps.take("stop", (signal) => withBench(signal, (bench) => stopSession(bench, session)));
  await steps.take(
    "check",
    (signal) => withBench(signal, (bench) => checkTraces({ bench, files, cwd }, before)),
  );
  // Gives back what a session takes and a standby does not need: of 593 and 1156 MB resident, 490 and 614 stayed (PySpark
  // 3.5.7, 4.3.0; Java 17, a heap of 1 GiB), for half a second.
  await steps.take("gc", (signal) => client.call("java.lang.System", "gc", { signal }));
  return steps.times;
}

/** Takes one step after the other, each with a deadline. */
class Steps {
  readonly times: StepTime[] = [];
  readonly #options: WarmUpOptions;

  constructor(options: WarmUpOptions) {
    this.#options = options;
  }

  /** Takes a step that can be left out. */
  async try(name: string, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    await this.#time(name, async (signal) => {
      try {
        await work(signal);
      } catch (error) {
        // Another version of Spark may name or take something otherwise.
        if (error instanceof Error && (isNotThere(error) || error instanceof NoWorkersError)) {
          return error.message;
        }
        throw error;
      }
      return null;
    }, (missing) => missing);
  }

  /** Takes a step. */
  async take<T>(name: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    return await this.#time(name, work, () => null);
  }

  async #time<T>(
    name: string,
    work: (signal: AbortSignal) => Promise<T>,
    missingOf: (result: T) => string | null,
  ): Promise<T> {
    const { clock, signal, stepMs = STEP_MS, onStep } = this.#options;
    signal.throwIfAborted();
    const done = new AbortController();
    const late = new AbortController();
    void clock.sleep(stepMs, done.signal).then(() => {
      // The sleep ends with the step too, whose signal lives on with what it has made.
      if (!done.signal.aborted) late.abort(new Error(`it had not ended after ${stepMs / 1000} s`));
    });
    const startMs = clock.nowMs();
    try {
      const result = await work(AbortSignal.any([signal, late.signal]));
      const time = { name, ms: clock.nowMs() - startMs, missing: missingOf(result) };
      this.times.push(time);
      onStep?.(time);
      return result;
    } catch (error) {
      signal.throwIfAborted();
      throw new WarmUpError(name, late.signal.aborted ? late.signal.reason : error);
    } finally {
      done.abort();
    }
  }
}
