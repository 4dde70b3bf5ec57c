/**
 * How a user's command runs in our place: on our terminal, in our process group, with our standard streams.
 * @module
 */

import type { ExitStatus } from "../core/verdict.ts";
import type { ChildSpec } from "../ports.ts";
import { type ProcessSignal, sendSignal } from "./signal.ts";
import { exitOf, spawnProcess } from "./spawn.ts";

/** A user's command while it runs. */
export interface Program {
  readonly pid: number;
  /** Resolves once, when the process has been reaped. Never rejects. */
  readonly exited: Promise<ExitStatus>;
  /** Signals the command alone; `false` when it has ended. A terminal's Ctrl-C reaches it without this. */
  signal(signal: ProcessSignal): boolean;
}

/**
 * Starts a user's command.
 * @throws {SpawnFailure} `notFound` is exit code 127 in a shell, `notExecutable` 126.
 */
export function spawnProgram(spec: ChildSpec): Program {
  const process = spawnProcess(spec, {
    stdin: "inherit",
    stdout: "inherit",
    stderr: "inherit",
    detached: false,
  });
  let running = true;
  const exited = exitOf(process).finally(() => running = false);
  return {
    pid: process.pid,
    exited,
    // Once reaped, the pid may belong to somebody else.
    signal: (signal) => running && sendSignal(process.pid, signal),
  };
}
