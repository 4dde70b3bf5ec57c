/**
 * How signals are sent to other processes and received by this one.
 * @module
 */

/** A signal this process may send. SIGUSR1 is missing on purpose: it opens Deno's debugger (since 2.9.2). */
export type ProcessSignal = "SIGHUP" | "SIGINT" | "SIGQUIT" | "SIGTERM" | "SIGKILL" | "SIGSTOP" | "SIGUSR2";

/** A signal this process may handle. */
export type HandledSignal = Exclude<ProcessSignal, "SIGKILL" | "SIGSTOP">;

/**
 * Sends a signal to a process, or to a whole group when `pid` is negative.
 * @returns `false` when nothing is there that it may be sent to. A zombie counts as there (kill(2)).
 */
export function sendSignal(pid: number, signal: ProcessSignal): boolean {
  // To kill(2), 0 is our own group and -1 everybody; Deno takes NaN for 0.
  if (!Number.isInteger(pid) || Math.abs(pid) <= 1) return false;
  try {
    Deno.kill(pid, signal);
    return true;
  } catch {
    return false;
  }
}

/**
 * Calls `handler` at each of these signals, instead of the signal's default action.
 * @returns Ends the subscription; the last one brings back the default action. Harmless when called again.
 */
export function onSignal(
  signals: readonly HandledSignal[],
  handler: (signal: HandledSignal) => void,
): () => void {
  const listeners = new Map(signals.map((signal) => [signal, () => handler(signal)]));
  for (const [signal, listener] of listeners) Deno.addSignalListener(signal, listener);
  return () => {
    for (const [signal, listener] of listeners) Deno.removeSignalListener(signal, listener);
  };
}
