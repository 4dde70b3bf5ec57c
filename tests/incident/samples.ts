/**
 * Incidents and findings for the tests of what is kept of them.
 * @module
 */

import type { Incident } from "../../src/core/lifecycle.ts";
import type { CauseClass } from "../../src/core/verdict.ts";
import type { Finding } from "../../src/incident/finding.ts";

/** The time of the first incident. */
export const AT = new Date("2026-03-04T05:06:07.890Z");

/** A death of a generation. */
export function incident(generation: number, cause: CauseClass = "heap-oom"): Incident {
  return {
    generation,
    verdict: {
      class: cause,
      fatal: true,
      confidence: "certain",
      summary: "It ran out of heap.",
      evidence: [{ source: "stderr", line: 2, text: "java.lang.OutOfMemoryError" }],
      remedy: "More heap.",
    },
    exit: { code: 3, signal: null },
    change: { changed: true, reason: "heap 1 GiB → 2 GiB" },
    decision: { kind: "restart", delayMs: 100, reason: "start again in 0.1 s" },
  };
}

/** Something that was found. */
export function found(name: string, content: string | Uint8Array): Finding {
  return { name, status: "saved", reason: null, content };
}
