/**
 * What is a line of the ledger? The words, how they are written, and how they are read back from text that anybody may
 * have damaged.
 * @module
 */

import { SIZED_REGIONS } from "../memory/plan.ts";
import type { Sizes } from "../memory/record.ts";
import { CAUSE_CLASSES } from "../verdict.ts";
import type { CauseClass, ExitStatus, Verdict } from "../verdict.ts";

/** How a gateway ended that its daemon did not outlive. */
export const ORPHAN_ENDS = ["gone already", "ended by itself", "killed"] as const;

/** One of {@linkcode ORPHAN_ENDS}. */
export type OrphanEnd = (typeof ORPHAN_ENDS)[number];

/** One line of the ledger. `at` is the wall clock in ISO 8601; `generation` counts from 1 and is never used twice. */
export type LedgerRecord =
  /** A daemon began. */
  | { readonly kind: "daemon"; readonly at: string; readonly pid: number; readonly version: string }
  /** A gateway is about to be made: on the disk before there is a process. */
  | {
    readonly kind: "launched";
    readonly at: string;
    readonly generation: number;
    readonly heapBytes: number;
    readonly directBytes: number;
    /** Every region's limit, in bytes; `null` in lines of before it was kept. */
    readonly sizes: Sizes | null;
  }
  /** Its process was made; `startTicks` and `bootId` tell it from a later process of the same pid. */
  | {
    readonly kind: "started";
    readonly at: string;
    readonly generation: number;
    readonly pid: number;
    readonly startTicks: number | null;
    readonly bootId: string | null;
  }
  /** A program could attach; the flags as the JVM confirms them, in bytes. */
  | {
    readonly kind: "ready";
    readonly at: string;
    readonly generation: number;
    readonly afterMs: number;
    readonly flags: Readonly<Record<string, number | null>>;
  }
  /** Its process was reaped. `next` says in words what follows. */
  | {
    readonly kind: "ended";
    readonly at: string;
    readonly generation: number;
    readonly exit: ExitStatus;
    readonly class: CauseClass;
    readonly confidence: Verdict["confidence"];
    readonly wasReady: boolean;
    readonly next: string;
  }
  /** A later daemon looked after what one before it had left; `generation` is `null` where nothing tells it. */
  | {
    readonly kind: "orphan";
    readonly at: string;
    readonly generation: number | null;
    readonly pid: number;
    readonly how: OrphanEnd;
  }
  /** This file was damaged: so many bytes were lost, in so many lines besides a torn last one. */
  | {
    readonly kind: "repaired";
    readonly at: string;
    readonly lostBytes: number;
    readonly skippedLines: number;
  };

/** A record as one line, in ASCII: a line that is cut anywhere still tells how many bytes were lost. */
export function renderRecord(record: LedgerRecord): string {
  const ascii = JSON.stringify(record).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return `${ascii}\n`;
}

/** The kinds of records. */
export type Kind = LedgerRecord["kind"];
/** The value of a field, or `undefined` when it is not one. */
type Reader<T> = (value: unknown) => T | undefined;
type Readers<R> = { readonly [F in Exclude<keyof R, "kind">]: Reader<R[F]> };

const string: Reader<string> = (value) => typeof value === "string" ? value : undefined;
const boolean: Reader<boolean> = (value) => typeof value === "boolean" ? value : undefined;
const amount: Reader<number> = (value) =>
  typeof value === "number" && value >= 0 && value < Infinity ? value : undefined;
/** From 1 up: as a pid, 0 and less would mean whole groups of processes. */
export const count: Reader<number> = (value) =>
  typeof value === "number" && Number.isSafeInteger(value) && value > 0 ? value : undefined;
const cause: Reader<CauseClass> = (value) =>
  // A class that only a newer version knows.
  typeof value === "string" ? CAUSE_CLASSES.find((each) => each === value) ?? "unknown" : undefined;
const confidence: Reader<Verdict["confidence"]> = (value) =>
  value === "certain" || value === "likely" || value === "unsure" ? value : undefined;

function orNull<T>(reader: Reader<T>): Reader<T | null> {
  return (value) => value === null ? null : reader(value);
}

const exitStatus: Reader<ExitStatus> = (value) => {
  if (typeof value !== "object" || value === null) return undefined;
  const { code, signal }: { code?: unknown; signal?: unknown } = value;
  const name = orNull(string)(signal);
  return typeof code === "number" && name !== undefined ? { code, signal: name } : undefined;
};

const flags: Reader<Readonly<Record<string, number | null>>> = (value) => {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const read: Record<string, number | null> = {};
  for (const [name, each] of Object.entries(value)) {
    const bytes = orNull(amount)(each);
    if (bytes === undefined) return undefined;
    read[name] = bytes;
  }
  return read;
};
const sizes: Reader<Sizes | null> = (value) => {
  if (value === undefined || value === null) return null;
  const read = flags(value);
  // Every region has just been looked for.
  return SIZED_REGIONS.every((region) => typeof read?.[region] === "number") ? read as Sizes : undefined;
};
const orphanEnd: Reader<OrphanEnd> = (value) => ORPHAN_ENDS.find((each) => each === value);

const READERS: { readonly [K in Kind]: Readers<Extract<LedgerRecord, { kind: K }>> } = {
  daemon: { at: string, pid: count, version: string },
  launched: { at: string, generation: count, heapBytes: amount, directBytes: amount, sizes },
  started: {
    at: string,
    generation: count,
    pid: count,
    startTicks: orNull(amount),
    bootId: orNull(string),
  },
  ready: { at: string, generation: count, afterMs: amount, flags: flags },
  ended: {
    at: string,
    generation: count,
    exit: exitStatus,
    class: cause,
    confidence,
    wasReady: boolean,
    next: string,
  },
  orphan: { at: string, generation: orNull(count), pid: count, how: orphanEnd },
  repaired: { at: string, lostBytes: amount, skippedLines: amount },
};

/** Whether this version knows records of a kind. */
export function isKnown(kind: string): kind is Kind {
  return Object.hasOwn(READERS, kind);
}

/** A record from the fields of a line; `null` when one is missing or of another type. */
export function recordFrom(kind: Kind, fields: Readonly<Record<string, unknown>>): LedgerRecord | null {
  const readers: Readonly<Record<string, Reader<unknown>>> = READERS[kind];
  const read = Object.entries(readers).map(([name, reader]) => [name, reader(fields[name])] as const);
  if (read.some(([, value]) => value === undefined)) return null;
  // Every field of this kind has just been read by its own reader.
  return { kind, ...Object.fromEntries(read) } as LedgerRecord;
}
