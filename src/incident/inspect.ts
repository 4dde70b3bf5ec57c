/**
 * What does a JVM that is about to be ended still tell of itself? Its threads twice, its heap and what fills it, and the
 * whole heap where that is wanted, through HotSpot's attach mechanism.
 * @module
 */

import { reasonOf } from "../errors.ts";
import { AttachClient } from "./attach.ts";
import type { AttachContext, AttachTarget } from "./attach.ts";
import { AttachError } from "./attach_protocol.ts";
import type { Finding } from "./finding.ts";

/** What inspecting needs. */
export interface InspectionOptions {
  readonly target: AttachTarget;
  readonly context: AttachContext;
}

/** What is asked, in this order: the second dump shows what has moved since the first. */
const QUESTIONS = [
  ["threads-1.txt", (jvm: AttachClient, signal: AbortSignal) => jvm.threadDump(signal)],
  ["heap.txt", (jvm: AttachClient, signal: AbortSignal) => jvm.heapInfo(signal)],
  ["histogram.txt", (jvm: AttachClient, signal: AbortSignal) => jvm.classHistogram(signal)],
  ["threads-2.txt", (jvm: AttachClient, signal: AbortSignal) => jvm.threadDump(signal)],
] as const;

/** Long enough for a thread that makes progress to be elsewhere. */
const BETWEEN_DUMPS_MS = 500;
/** What all of it may take: whoever waits for a new gateway waits for this. */
export const INSPECTION_MS = 3_000;

/** Asks what can be asked in time; what did not come is named with the reason. Never rejects. */
export async function inspect({ target, context }: InspectionOptions): Promise<readonly Finding[]> {
  const { clock } = context;
  const done = new AbortController();
  const tooLate = new AbortController();
  void clock.sleep(INSPECTION_MS, done.signal).then(() => {
    if (!done.signal.aborted) tooLate.abort();
  });
  const findings: Finding[] = [];
  let failed: string | null = null;
  const jvm = await AttachClient.open(target, context, tooLate.signal).catch((error) => {
    failed = reasonOf(error);
    return null;
  });
  for (const [name, ask] of QUESTIONS) {
    if (failed === null && name === "threads-2.txt") await clock.sleep(BETWEEN_DUMPS_MS, tooLate.signal);
    if (tooLate.signal.aborted) failed ??= `the ${INSPECTION_MS / 1000} s for asking were over`;
    if (jvm === null || failed !== null) {
      findings.push({ name, status: "missing", reason: failed, content: null });
      continue;
    }
    try {
      findings.push({ name, status: "saved", reason: null, content: await ask(jvm, tooLate.signal) });
    } catch (error) {
      const reason = reasonOf(error);
      findings.push({ name, status: "missing", reason, content: null });
      // One that refuses a question may answer the next: JDK 8 knows nothing of GC.heap_info.
      if (!(error instanceof AttachError && error.problem === "refused")) failed = reason;
    }
  }
  done.abort();
  return findings;
}

/**
 * Has the JVM write its live objects to a file.
 * @param timeoutMs For all of it. A JVM that is given up goes on writing.
 * @throws {AttachError} When it cannot be asked, or has not written all of it in time.
 */
export async function dumpHeap(
  { target, context }: InspectionOptions,
  { path, timeoutMs }: { readonly path: string; readonly timeoutMs: number },
): Promise<void> {
  const { clock } = context;
  const untilMs = clock.nowMs() + timeoutMs;
  const never = new AbortController().signal;
  // It listens already when it has been inspected before.
  const jvm = await AttachClient.open(target, context, never);
  await jvm.heapDump(path, never, untilMs - clock.nowMs());
}
