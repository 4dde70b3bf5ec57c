/**
 * What did a JVM leave running or lying about when it had ended? Processes of its session, and folders it was to remove.
 * @module
 */

import type { Clock, Files, Machine } from "../ports.ts";

/** What is to go. */
export interface SweepOptions {
  readonly clock: Clock;
  readonly machine: Machine;
  readonly files: Files;
  /** The session the JVM led, which is its pid; `null` when there was no process. */
  readonly session: number | null;
  readonly folders: readonly string[];
}

/** So long a killed process is waited for: its files would come back behind us. */
const LEFTOVERS_MS = 2_000;
const POLL_MS = 20;

/** Ends the processes, then removes the folders. What cannot be removed is left: it must not hold up a restart. */
export async function sweep({ clock, machine, files, session, folders }: SweepOptions): Promise<void> {
  if (session !== null) await endSession(session, { clock, machine });
  for (const folder of folders) await files.remove(folder).catch(() => {});
}

/** Python workers leave the JVM's process group but not its session; a busy one outlives a SIGKILL of the JVM. */
async function endSession(
  session: number,
  { clock, machine }: Pick<SweepOptions, "clock" | "machine">,
): Promise<void> {
  const untilMs = clock.nowMs() + LEFTOVERS_MS;
  for (;;) {
    const left = await machine.sessionMembers(session);
    if (left.length === 0 || clock.nowMs() > untilMs) return;
    for (const pid of left) machine.kill(pid);
    await clock.sleep(POLL_MS);
  }
}
