/**
 * How is a gateway warmed up by a program of the user's own? It is run a few times, attached to the gateway as any other
 * would be; the context it may leave is stopped each time, and the garbage collected.
 * @module
 */

import type { ChildLauncher, Clock, Dialer } from "../ports.ts";
import { hasActiveContext, stopActiveContext } from "./context.ts";
import { emptyHeap, heapSuffices } from "./empty_heap.ts";
import { lastOf } from "./last_output.ts";
import type { Endpoint } from "./process.ts";
import { Py4jClient } from "./py4j.ts";
import { Workbench } from "./warm_up_session.ts";
import { collectYoung } from "./young_collection.ts";

/** The program, and what it needs. */
export interface OwnWarmUp {
  /** The Python that runs it. */
  readonly python: string;
  /** The program's file. */
  readonly path: string;
  readonly cwd: string;
  /** Without the way in. */
  readonly env: Readonly<Record<string, string>>;
  /** Whether a program that comes now would have to wait; no run is begun then. */
  readonly isMissed: () => boolean;
}

/** What running it needs. */
export interface OwnWarmUpPorts {
  readonly children: ChildLauncher;
  readonly clock: Clock;
  readonly dialer: Dialer;
}

/**
 * Java gets faster with every run, and in a new SparkContext most of what Spark generates is compiled anew (11 of 17 classes;
 * it keeps them by class loader). For SQL with a join, each run with a context of its own, a program's first result came after
 * four runs in 0.84 of the time that it took after one (six pairs, 0.68 to 0.96), and after nine in 0.73 of that after four
 * (five pairs, 0.60 to 0.96; PySpark 3.5.7, two cores), and after eighteen in 0.84 of that after nine (six pairs, 0.65 to 1.10;
 * 4.3.0). C2 is what takes so long: on two cores it has one thread, and 25 to 30 s to do.
 */
const RUNS = 18;
/** A run that would end later than this is not begun: a long program shows Java enough in a few. */
const RUNS_MS = 30_000;
/**
 * Behind these runs the heap is emptied and made larger, as long as G1 has marked in it. It could be so after the last one, but
 * the runs behind it have Java compile again what it forgets with the classes, and touch the new pages: a program's first
 * result came in 0.89 of the time (seven pairs, 0.78 to 1.01; PySpark 4.3.0, two cores).
 */
const FITTED = { first: 2, last: 4 } as const;

/** Nobody waits for a warm-up as long as another gateway is there; one that hangs must not be waited for for ever. */
const PROGRAM_MS = 600_000;

/**
 * Runs the program to its end, once and as often again as there is time, eighteen times at most.
 * @throws {Error} When it fails, or has not ended after ten minutes.
 * @throws The signal's reason, when it is aborted; the program has been killed then.
 */
export async function warmUpByProgram(
  own: OwnWarmUp,
  { port, secret }: Endpoint,
  { children, clock, dialer, signal }: OwnWarmUpPorts & { readonly signal: AbortSignal },
): Promise<void> {
  const way = { PYSPARK_GATEWAY_PORT: String(port), PYSPARK_GATEWAY_SECRET: secret };
  const attached = { ...own, env: { ...own.env, ...way } };
  const gateway = { dialer, port, secret, signal };
  const startMs = clock.nowMs();
  let isEmptied = false;
  for (let run = 1;; run++) {
    const beginMs = clock.nowMs();
    await runOnce(attached, { children, clock, signal });
    if (await hasActiveContext(gateway)) await stopActiveContext(gateway);
    const nowMs = clock.nowMs();
    const isLast = run === RUNS || own.isMissed() || nowMs + (nowMs - beginMs) > startMs + RUNS_MS;
    if (isLast || run >= FITTED.first && run <= FITTED.last) {
      const instead = isLast ? collectYoung : heapSuffices;
      await collect(gateway, isEmptied ? instead : null);
      isEmptied = true;
    }
    if (isLast) break;
  }
}

type Gateway = Parameters<typeof Py4jClient.connect>[0] & { readonly signal: AbortSignal };

/** Empties the heap, unless `instead` has come out well. */
async function collect(
  gateway: Gateway,
  instead: ((bench: Workbench) => Promise<boolean>) | null,
): Promise<void> {
  using client = await Py4jClient.connect(gateway);
  await using bench = new Workbench(client, gateway.signal);
  if (instead === null || !await instead(bench)) await emptyHeap(bench);
}

async function runOnce(
  { python, path, cwd, env }: OwnWarmUp,
  { children, clock, signal }: Pick<OwnWarmUpPorts, "children" | "clock"> & { readonly signal: AbortSignal },
): Promise<void> {
  const child = children.spawn({ program: python, args: [path], env, cwd });
  const output = Promise.all([child.stdout, child.stderr].map(lastOf));
  const done = new AbortController();
  const kill = () => void child.signal("SIGKILL");
  signal.addEventListener("abort", kill);
  if (signal.aborted) kill();
  let late = false;
  void clock.sleep(PROGRAM_MS, done.signal).then(() => {
    if (done.signal.aborted) return;
    late = true;
    kill();
  });
  const { code } = await child.exited;
  done.abort();
  signal.removeEventListener("abort", kill);
  const [, errors = ""] = await output;
  signal.throwIfAborted();
  if (late) throw new Error(`${path} had not ended after ${PROGRAM_MS / 60_000} minutes`);
  if (code !== 0) {
    throw new Error(
      `${path} ended with exit code ${code}: ${errors.trim().split("\n").at(-1) || "it said nothing"}`,
    );
  }
}
