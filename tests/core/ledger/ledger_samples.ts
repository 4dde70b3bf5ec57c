/**
 * Records of every kind, and any record at all.
 * @module
 */

import fc from "fast-check";
import { ORPHAN_ENDS, renderRecord } from "../../../src/core/ledger/ledger_record.ts";
import type { LedgerRecord } from "../../../src/core/ledger/ledger_record.ts";
import { CAUSE_CLASSES } from "../../../src/core/verdict.ts";

/** The time of every record. */
export const AT = "2026-03-04T05:06:07.890Z";
/** Flags that a JVM has confirmed. */
export const FLAGS = { MaxHeapSize: 2 ** 30 };
/** When and where the steps of the tests are taken. */
export const STAMP = { at: AT, bootId: "one boot", flags: FLAGS };

/** A number was given. */
export const LAUNCHED = {
  kind: "launched",
  at: AT,
  generation: 3,
  heapBytes: 2 ** 30,
  directBytes: 2 ** 28,
  sizes: {
    ...{ heap: 2 ** 30, direct: 2 ** 28, metaspace: 2 ** 29, classSpace: 2 ** 28 },
    ...{ codeCache: 240 * 2 ** 20, stack: 2 ** 20 },
  },
} as const satisfies LedgerRecord;
/** A process was made. */
export const STARTED = {
  kind: "started",
  at: AT,
  generation: 3,
  pid: 42,
  startTicks: 7_000,
  bootId: "one boot",
} as const satisfies LedgerRecord;
/** A process was reaped. */
export const ENDED = {
  kind: "ended",
  at: AT,
  generation: 3,
  exit: { code: 137, signal: "SIGKILL" },
  class: "killed-by-signal",
  confidence: "certain",
  wasReady: true,
  next: "start again in 0.1 s",
} as const satisfies LedgerRecord;
/** A program could attach. */
export const READY = {
  kind: "ready",
  at: AT,
  generation: 3,
  afterMs: 1_234,
  flags: {},
} as const satisfies LedgerRecord;
/** One record of every kind. */
export const SAMPLE_RECORDS: readonly LedgerRecord[] = [
  { kind: "daemon", at: AT, pid: 41, version: "0.1.0" },
  LAUNCHED,
  STARTED,
  { kind: "ready", at: AT, generation: 3, afterMs: 1_234, flags: { MaxHeapSize: 2 ** 30, Other: null } },
  ENDED,
  { kind: "orphan", at: AT, generation: null, pid: 43, how: "killed" },
  { kind: "repaired", at: AT, lostBytes: 5, skippedLines: 1 },
];

/** Any text. */
export const text = fc.string({ unit: "binary" });
/** A generation among few, so that records meet. */
export const generation = fc.integer({ min: 1, max: 9 });
/** A pid as Linux has them. */
export const pid = fc.integer({ min: 1, max: 2 ** 22 });
/** Some value, or none. */
export const orNull = <T>(some: fc.Arbitrary<T>) => fc.option(some, { nil: null });
/** Any record of any kind. */
export const anyRecord: fc.Arbitrary<LedgerRecord> = fc.oneof(
  fc.record({ kind: fc.constant("daemon" as const), at: text, pid, version: text }),
  fc.record({
    kind: fc.constant("launched" as const),
    at: text,
    generation,
    heapBytes: fc.nat(),
    directBytes: fc.nat(),
    sizes: orNull(
      fc.record({
        ...{ heap: fc.nat(), direct: fc.nat(), metaspace: fc.nat() },
        ...{ classSpace: fc.nat(), codeCache: fc.nat(), stack: fc.nat() },
      }),
    ),
  }),
  fc.record({
    kind: fc.constant("started" as const),
    at: text,
    generation,
    pid,
    startTicks: orNull(fc.nat()),
    bootId: orNull(text),
  }),
  fc.record({
    kind: fc.constant("ready" as const),
    at: text,
    generation,
    afterMs: fc.nat(),
    flags: fc.dictionary(fc.stringMatching(/^[A-Z][a-z]+$/), orNull(fc.nat())),
  }),
  fc.record({
    kind: fc.constant("ended" as const),
    at: text,
    generation,
    exit: fc.record({ code: fc.nat(255), signal: orNull(text) }),
    class: fc.constantFrom(...CAUSE_CLASSES),
    confidence: fc.constantFrom("certain" as const, "likely" as const, "unsure" as const),
    wasReady: fc.boolean(),
    next: text,
  }),
  fc.record({
    kind: fc.constant("orphan" as const),
    at: text,
    generation: orNull(generation),
    pid,
    how: fc.constantFrom(...ORPHAN_ENDS),
  }),
  fc.record({
    kind: fc.constant("repaired" as const),
    at: text,
    lostBytes: fc.nat(),
    skippedLines: fc.nat(),
  }),
);

/** fast-check's records have no prototype, which strict equality notices. */
export function plain(records: readonly LedgerRecord[]): readonly LedgerRecord[] {
  return JSON.parse(JSON.stringify(records));
}

/** The text of a ledger. */
export function render(records: readonly LedgerRecord[]): string {
  return records.map(renderRecord).join("");
}
