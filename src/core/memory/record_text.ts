/**
 * How is what is remembered of memory written down, and read back from text that anybody may have changed?
 * @module
 */

import { isRecord } from "../json.ts";
import { CAUSE_CLASSES } from "../verdict.ts";
import type { CauseClass } from "../verdict.ts";
import { SIZED_REGIONS } from "./plan.ts";
import type { Pin, Size } from "./plan.ts";
import { KEPT_STEPS, KEPT_USES } from "./record.ts";
import type { Bounds, MemoryRecord, Sizes, Step, Use, Wish } from "./record.ts";
import type { SizedRegion } from "./region.ts";

/** The first field of the document; another number is another shape. */
const VERSION = 1;

/** The record as a JSON document. */
export function renderMemoryRecord(record: MemoryRecord): string {
  return `${JSON.stringify({ version: VERSION, ...record }, null, 2)}\n`;
}

/**
 * Reads a document back. What is wrong in one place makes all of it worthless: half of a history would lead to sizes
 * that have failed before.
 * @returns The record, or what is wrong with the text, as a clause.
 */
export function readMemoryRecord(text: string): MemoryRecord | string {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return "it is not JSON";
  }
  const fields = fieldsOf(document);
  if (fields === null) return "it is not a JSON object";
  if (fields.version !== VERSION) return `it is not of version ${VERSION}`;
  try {
    return {
      wish: wish(fields.wish, "wish"),
      sizes: byRegion(fields.sizes, "sizes", size),
      bounds: byRegion(fields.bounds, "bounds", bounds),
      steps: list(fields.steps, "steps", step).slice(-KEPT_STEPS),
      uses: list(fields.uses, "uses", use).slice(-KEPT_USES),
      lastGood: orNull(fields.lastGood, "lastGood", sizes),
      calmSinceMs: amount(fields.calmSinceMs, "calmSinceMs"),
      leak: orNull(fields.leak, "leak", leak),
      mallocArenas: orNull(fields.mallocArenas, "mallocArenas", bytes),
    };
  } catch (error) {
    if (error instanceof Misshapen) return error.message;
    throw error;
  }
}

/** A value that is not what stands in its place. */
class Misshapen extends Error {
  constructor(at: string, expected: string) {
    super(`${at} is not ${expected}`);
  }
}

/** Reads the value of a place; throws {@linkcode Misshapen}. */
type Reader<T> = (value: unknown, at: string) => T;
type Fields = Readonly<Record<string, unknown>>;

function fieldsOf(value: unknown): Fields | null {
  return isRecord(value) ? value : null;
}

function object(value: unknown, at: string): Fields {
  const fields = fieldsOf(value);
  if (fields === null) throw new Misshapen(at, "an object");
  return fields;
}

function amount(value: unknown, at: string): number {
  if (typeof value === "number" && value >= 0 && value < Infinity) return value;
  throw new Misshapen(at, "a number from 0 up");
}

/** A size of nothing would be rendered as no limit at all. */
function bytes(value: unknown, at: string): number {
  if (typeof value === "number" && value > 0 && Number.isSafeInteger(Math.floor(value))) return value;
  throw new Misshapen(at, "a number above 0");
}

function text(value: unknown, at: string): string {
  if (typeof value === "string") return value;
  throw new Misshapen(at, "text");
}

function orNull<T>(value: unknown, at: string, reader: Reader<T>): T | null {
  return value === null ? null : reader(value, at);
}

function list<T>(value: unknown, at: string, reader: Reader<T>): readonly T[] {
  if (!Array.isArray(value)) throw new Misshapen(at, "a list");
  return value.map((each, index) => reader(each, `${at}[${index}]`));
}

function region(value: unknown, at: string): SizedRegion {
  const found = SIZED_REGIONS.find((each) => each === value);
  if (found === undefined) throw new Misshapen(at, `one of ${SIZED_REGIONS.join(", ")}`);
  return found;
}

function byRegion<T>(value: unknown, at: string, reader: Reader<T>): Partial<Record<SizedRegion, T>> {
  const found: Partial<Record<SizedRegion, T>> = {};
  for (const [name, each] of Object.entries(object(value, at))) {
    found[region(name, `${at}.${name}`)] = reader(each, `${at}.${name}`);
  }
  return found;
}

/** A class that only a newer version knows is none that this one could act on. */
function cause(value: unknown, at: string): CauseClass {
  const word = text(value, at);
  return CAUSE_CLASSES.find((each) => each === word) ?? "unknown";
}

const size: Reader<Size> = (value, at) => {
  const { bytes: size, provenance, why } = object(value, at);
  if (provenance !== "adjusted" && provenance !== "learned") {
    throw new Misshapen(`${at}.provenance`, "adjusted or learned");
  }
  return { bytes: bytes(size, `${at}.bytes`), provenance, why: text(why, `${at}.why`) };
};

const pin: Reader<Pin> = (value, at) => {
  const { bytes: size, by } = object(value, at);
  return { bytes: bytes(size, `${at}.bytes`), by: text(by, `${at}.by`) };
};

const wish: Reader<Wish> = (value, at) => {
  const { limitBytes, heapBytes, pins } = object(value, at);
  return {
    limitBytes: bytes(limitBytes, `${at}.limitBytes`),
    heapBytes: orNull(heapBytes, `${at}.heapBytes`, bytes),
    pins: byRegion(pins, `${at}.pins`, pin),
  };
};

const bounds: Reader<Bounds> = (value, at) => {
  const { tooSmallBytes, tooLargeBytes, atMs } = object(value, at);
  return {
    tooSmallBytes: orNull(tooSmallBytes, `${at}.tooSmallBytes`, bytes),
    tooLargeBytes: orNull(tooLargeBytes, `${at}.tooLargeBytes`, bytes),
    atMs: amount(atMs, `${at}.atMs`),
  };
};

const step: Reader<Step> = (value, at) => {
  const fields = object(value, at);
  return {
    atMs: amount(fields.atMs, `${at}.atMs`),
    generation: amount(fields.generation, `${at}.generation`),
    cause: cause(fields.cause, `${at}.cause`),
    region: region(fields.region, `${at}.region`),
    fromBytes: bytes(fields.fromBytes, `${at}.fromBytes`),
    toBytes: bytes(fields.toBytes, `${at}.toBytes`),
    fillMs: orNull(fields.fillMs, `${at}.fillMs`, amount),
  };
};

const use: Reader<Use> = (value, at) => {
  const fields = object(value, at);
  const peak = (name: string) => orNull(fields[name], `${at}.${name}`, amount);
  return {
    generation: amount(fields.generation, `${at}.generation`),
    atMs: amount(fields.atMs, `${at}.atMs`),
    oldBytes: peak("oldBytes"),
    metaspaceBytes: peak("metaspaceBytes"),
    besideBytes: peak("besideBytes"),
    pythonBytes: peak("pythonBytes"),
  };
};

const sizes: Reader<Sizes> = (value, at) => {
  const fields = object(value, at);
  const one = (name: SizedRegion) => bytes(fields[name], `${at}.${name}`);
  return {
    heap: one("heap"),
    direct: one("direct"),
    metaspace: one("metaspace"),
    classSpace: one("classSpace"),
    codeCache: one("codeCache"),
    stack: one("stack"),
  };
};

const leak: Reader<NonNullable<MemoryRecord["leak"]>> = (value, at) => {
  const { heapBytes, atMs } = object(value, at);
  return { heapBytes: bytes(heapBytes, `${at}.heapBytes`), atMs: amount(atMs, `${at}.atMs`) };
};
