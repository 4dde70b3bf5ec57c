/**
 * What is said of a gateway that ran, was found unfit and was ended by the daemon.
 * @module
 */

import type { Condition, ConditionKind } from "../watch/condition.ts";
import { matchSignature } from "./signature_match.ts";
import type { CauseClass, Evidence, Verdict } from "../verdict.ts";

/** The words for each condition. */
const WORDS: Readonly<
  Record<ConditionKind, { readonly class: CauseClass; readonly summary: string; readonly remedy: string }>
> = {
  "scheduler-dead": {
    class: "scheduler-dead",
    summary: "Spark's scheduler thread had died and every job would have waited for ever",
    remedy:
      "Look in the gateway's standard error for what ended dag-scheduler-event-loop: most often memory, " +
      "or a lineage so long that it overflows the stack.",
  },
  "deadlock": {
    class: "deadlock",
    summary: "Threads of the JVM waited for each other for ever",
    remedy: "The incident's threads-1.txt names both locks. If the threads are Spark's own, a newer patch " +
      "release may help.",
  },
  "gc-spiral": {
    class: "gc-overhead",
    summary: "The JVM spent nearly all its time collecting garbage: its heap was too small",
    remedy: "A larger heap, fewer parallel tasks or less collected data helps.",
  },
  "accept-thread-dead": {
    class: "accept-thread-dead",
    summary: "The gateway no longer took new connections",
    remedy: "Look in the gateway's standard error for what ended the thread that accepts connections; too " +
      "many open files (ulimit -n) is one cause.",
  },
  "poisoned": {
    class: "heap-oom",
    summary: "The JVM survived an OutOfMemoryError that had damaged it",
    remedy: "Leave -XX:+ExitOnOutOfMemoryError on, so that such an error ends the JVM at once.",
  },
  "stopped": {
    class: "process-stopped",
    summary: "The gateway's process was stopped (SIGSTOP) and nobody let it go on",
    remedy: "Find out who sent the signal. A debugger that is attached is waited for.",
  },
  "silent": {
    class: "unresponsive",
    summary: "The gateway stopped answering",
    remedy: "Look at the thread dumps in the incident, and at the load of the machine.",
  },
};

/** The verdict on a gateway that was ended for its condition; a survived OutOfMemoryError is the cause of the rest. */
export function unfitVerdict(condition: Condition, survived: Evidence | null, exit: Evidence): Verdict {
  const words = WORDS[condition.kind];
  const seen: readonly Evidence[] = [condition.reason, ...condition.evidence].map((text) => ({
    source: "daemon",
    line: null,
    text,
  }));
  const evidence = [...survived === null ? [] : [survived], ...seen, exit];
  const known = { fatal: true, confidence: "certain", evidence } as const;
  const cause = survived === null ? null : causeOf(survived);
  if (cause === null) {
    return {
      ...known,
      class: words.class,
      summary: `${words.summary}, so it was ended.`,
      remedy: `A replacement is started. ${words.remedy}`,
    };
  }
  return {
    ...known,
    class: cause.class,
    summary: `${cause.summary} It lived on, damaged (${condition.reason}), so it was ended.`,
    remedy: cause.remedy,
  };
}

function causeOf({ text }: Evidence) {
  const line = { number: 1, text };
  return matchSignature({ exit: { code: 1, signal: null }, wasReady: true, stdout: [], stderr: [line] });
}
