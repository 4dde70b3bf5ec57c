/**
 * How is a gateway warmed up by a program of the user's own? It is run once, attached to the gateway as any other would
 * be, and the context it may leave is stopped.
 * @module
 */

import type { ChildLauncher, Clock, Dialer } from "../ports.ts";
import { hasActiveContext, stopActiveContext } from "./context.ts";
import { lastOf } from "./last_output.ts";
import type { Endpoint } from "./process.ts";

/** The program, and what it needs. */
export interface OwnWarmUp {
  /** The Python that runs it. */
  readonly python: string;
  /** The program's file. */
  readonly path: string;
  readonly cwd: string;
  /** Without the way in. */
  readonly env: Readonly<Record<string, string>>;
}

/** What running it needs. */
export interface OwnWarmUpPorts {
  readonly children: ChildLauncher;
  readonly clock: Clock;
  readonly dialer: Dialer;
}

/** Nobody waits for a warm-up as long as another gateway is there; one that hangs must not be waited for for ever. */
const PROGRAM_MS = 600_000;

/**
 * Runs the program to its end.
 * @throws {Error} When it fails, or has not ended after ten minutes.
 * @throws The signal's reason, when it is aborted; the program has been killed then.
 */
export async function warmUpByProgram(
  { python, path, cwd, env }: OwnWarmUp,
  { port, secret }: Endpoint,
  { children, clock, dialer, signal }: OwnWarmUpPorts & { readonly signal: AbortSignal },
): Promise<void> {
  const way = { PYSPARK_GATEWAY_PORT: String(port), PYSPARK_GATEWAY_SECRET: secret };
  const child = children.spawn({ program: python, args: [path], env: { ...env, ...way }, cwd });
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
  const gateway = { dialer, port, secret, signal };
  if (await hasActiveContext(gateway)) await stopActiveContext(gateway);
}
