/**
 * How is a death told: how a gateway ended, what is believed to have happened, and what is done about it?
 * @module
 */

import type { Incident } from "../../core/lifecycle.ts";
import type { Phase } from "../../core/lifecycle.ts";
import type { RestartDecision } from "../../core/restart_policy.ts";
import { CAUSE_CLASSES } from "../../core/verdict.ts";
import type { CauseClass, Evidence, ExitStatus, Verdict } from "../../core/verdict.ts";
import {
  either,
  list,
  moment,
  named,
  nullable,
  oneOf,
  only,
  record,
  text,
  truth,
  whole,
  words,
} from "./schema.ts";

/** The number of a gateway. */
export const generation = whole(
  "The number of a gateway: it grows with each that is started, across daemons; 0 before the first.",
);

/** The phases of a gateway's life. */
export const phase = named(
  "Phase",
  words<Phase>("Where a gateway is in its life.", {
    stopped: "nothing runs, and nothing shall",
    starting: "its process is being made, or has not told its port yet",
    warming: "the first calls are under way",
    ready: "a program can attach",
    stopping: "it is being ended",
    collecting: "it has ended, and what is left of it is being read",
    backoff: "waiting for the next start",
    failed: "given up; a command brings it back, or the passing of time where the cause may pass",
  }),
);

/** What a gateway dies of. */
export const causeClass = named(
  "CauseClass",
  oneOf<CauseClass>("What a gateway died of. `unknown` is an honest answer.", CAUSE_CLASSES),
);

/** How sure a verdict is. */
export const confidence = words<Verdict["confidence"]>("How sure that is.", {
  certain: "the evidence leaves no other reading",
  likely: "something else is possible",
  unsure: "it is the best guess there is",
});

/** How a process ended. */
export const exitStatus = named(
  "ExitStatus",
  record<ExitStatus>("How a process ended.", {
    code: whole(
      "The exit code; 128 and the signal's number where a signal ended it; -1 when it is not known.",
      {
        minimum: -1,
      },
    ),
    signal: nullable(text("The signal that ended it, or `null`.", { examples: ["SIGKILL"] })),
  }),
);

/** One line of evidence. */
export const evidence = named(
  "Evidence",
  record<Evidence>("One line that speaks for a verdict.", {
    source: words<Evidence["source"]>("Where it was seen.", {
      stdout: "the gateway's standard output",
      stderr: "its standard error",
      hs_err: "HotSpot's error report",
      exit: "the exit itself",
      kernel: "the kernel's counters or log",
      daemon: "what the daemon did or saw itself",
    }),
    line: nullable(whole("The line in its source, from 1; `null` where there are none.", { minimum: 1 })),
    text: text("The line itself, without secrets."),
  }),
);

/** What is believed to have happened. */
export const verdict = named(
  "Verdict",
  record<Verdict>("What is believed to have happened, and how firmly.", {
    class: causeClass,
    fatal: truth("Whether the gateway was lost by it."),
    confidence,
    summary: text("One sentence in plain words."),
    evidence: list("The lines that speak for it, the most telling first.", evidence),
    remedy: text("What the reader can do, one or two sentences."),
  }),
);

/** What a death has changed in the memory of the next gateway. */
export const memoryDecision = named(
  "MemoryDecision",
  record<Incident["change"]>("What the death has changed in the memory of the next gateway.", {
    changed: truth("Whether the next gateway gets other sizes."),
    reason: text("What changes, or why nothing does."),
  }),
);

/** What is done about a death. */
export const restartDecision = named(
  "RestartDecision",
  either<RestartDecision>(
    "What is done about the death.",
    record<Extract<RestartDecision, { kind: "restart" }>>("Another gateway is started.", {
      kind: only("restart"),
      delayMs: whole("After so many milliseconds."),
      reason: text("Why, and why so much later."),
    }),
    record<Extract<RestartDecision, { kind: "give-up" }>>("None is started by itself, or not soon.", {
      kind: only("give-up"),
      reason: text("Why."),
      retryInMs: nullable(whole("One more start is tried after so many milliseconds; `null`: none is.")),
    }),
  ),
);

/** The last death. */
export const lastIncident = named(
  "LastIncident",
  record<Incident & { readonly id: string | null; readonly at: string | null }>("The last death.", {
    generation,
    verdict,
    exit: exitStatus,
    change: memoryDecision,
    decision: restartDecision,
    id: nullable(text("Its name below `/v1/incidents`; `null` while its evidence is not saved.")),
    at: nullable(moment("When it was saved; `null` while it is not.")),
  }),
);
