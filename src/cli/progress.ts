/**
 * How is a person at a terminal told that something takes its time?
 * @module
 */

import type { Clock } from "../ports.ts";
import { printable } from "../printable.ts";
import type { Call } from "./command.ts";
import type { CommandContext } from "./context.ts";

/** What is done within this needs no word (the limit of an uninterrupted train of thought: Nielsen, 1993). */
const PATIENCE_MS = 1_000;
const REDRAW_MS = 500;
/** To the beginning of the line, and erases it. */
const CLEAR = "\r\x1b[K";

/** Where progress is shown; `write` is `null` where nobody looks: no terminal, or one without control sequences. */
export interface ProgressView {
  readonly clock: Clock;
  readonly write: ((text: string) => void) | null;
}

/** Where a command shows it: on its terminal, by the machine's clock. */
export function viewOf({ progress }: Call, { runtime: { clock } }: CommandContext): ProgressView {
  return { clock, write: progress };
}

/**
 * Waits for some work. From one second on a line says what is waited for and for how long; it is gone when the work is.
 * @param label What is waited for, asked each time the line is drawn.
 */
export async function withProgress<T>(
  work: Promise<T>,
  label: () => string,
  { clock, write }: ProgressView,
): Promise<T> {
  if (write === null) return await work;
  const done = new AbortController();
  const drawn = draw(label, { clock, write, signal: done.signal });
  try {
    return await work;
  } finally {
    done.abort();
    await drawn;
  }
}

/**
 * One line that is written over with each step of some work; `null` erases it.
 * @param write As in {@linkcode ProgressView}.
 */
export function stepLine(write: ProgressView["write"]): (step: string | null) => void {
  return (step) => write?.(`${CLEAR}${step === null ? "" : `${printable(step)} …`}`);
}

async function draw(
  label: () => string,
  { clock, write, signal }: { clock: Clock; write: (text: string) => void; signal: AbortSignal },
): Promise<void> {
  const sinceMs = clock.nowMs();
  await clock.sleep(PATIENCE_MS, signal);
  if (signal.aborted) return;
  while (!signal.aborted) {
    const seconds = Math.round((clock.nowMs() - sinceMs) / 1_000);
    write(`${CLEAR}${printable(label())} (${seconds} s)`);
    await clock.sleep(REDRAW_MS, signal);
  }
  write(CLEAR);
}
