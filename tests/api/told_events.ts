/**
 * An event of every kind, with every member that its type has.
 * @module
 */

import type { DaemonEvent, EventKind } from "../../src/core/events/event.ts";

type Own<Kind extends EventKind> = Omit<
  Extract<DaemonEvent, { readonly kind: Kind }>,
  "kind" | "generation" | "level" | "text"
>;

const EXIT = { code: 137, signal: "SIGKILL" };
const why = "it was so";

/** What each kind has of its own; several where a member may be `null`. */
const OWN: { readonly [Kind in EventKind]: readonly Own<Kind>[] } = {
  "command": [{ action: "restart", by: "the API" }, { action: "kill", by: null }],
  "phase": [{ phase: "starting", from: null }, { phase: "ready", from: "warming" }],
  "starting": [{ heapBytes: 2 ** 30 }],
  "attaching": [{ pid: 42 }],
  "ready": [{ pid: 42, afterMs: 4_321.5, heapBytes: null }, { pid: 42, afterMs: 1, heapBytes: 2 ** 30 }],
  "memory-differs": [{ differences: ["the heap is smaller"] }],
  "heap-ignored": [{}],
  "condition": [
    { condition: "deadlock", reason: why, excuse: null },
    { condition: "silent", reason: why, excuse: "it writes a heap dump" },
  ],
  "recovered": [{}],
  "ending": [{ cause: "stop", by: "the API", reason: null }, { cause: "unfit", by: null, reason: why }],
  "end-step": [{ step: "inspect" }],
  "exited": [{ exit: EXIT }],
  "stopped": [{}],
  "died": [{
    ...{
      class: "heap-oom",
      confidence: "certain",
      summary: why,
      remedy: why,
      exit: { code: 3, signal: null },
    },
    ...{ memory: why, next: { kind: "give-up", reason: why } },
    evidence: [{ source: "stdout", line: 2, text: why }, { source: "exit", line: null, text: why }],
  }],
  "memory-plan": [{ changes: [{ region: "heap", fromBytes: 2 ** 30, toBytes: 2 ** 31, why }] }],
  "incident": [{ id: "20260304T050607Z-g1-heap-oom" }],
  "program-waits": [{ lease: "1" }],
  "program-came": [{ lease: "1" }],
  "program-ended": [{ lease: "1" }],
  "program-lost": [{ lease: "1", reason: why }],
  "standby": [{}],
  "warm-up": [{ refusal: null }, { refusal: why }],
  "memory-pressure": [{ isShort: true }],
  "archive": [{ bytes: null }, { bytes: 30_000_000 }],
  "reload": [
    { changes: ["restart: always → never"], pending: ["heap"], mistakes: 0 },
    { changes: [], pending: [], mistakes: 2 },
  ],
};

/** All of them. */
export const EVENTS: readonly DaemonEvent[] = Object.entries(OWN).flatMap(([kind, all]) =>
  all.map((own, index) => ({
    ...{ kind, generation: index === 0 ? 7 : null, level: "info", text: `${kind} happened` },
    ...own,
  } as DaemonEvent))
);
