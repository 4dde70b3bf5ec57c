/**
 * How one value is written in the Py4J protocol: a letter for its type, then text without a line break.
 * Letters and formats: `Protocol.java` and `ReturnObject.java` of py4j, the same from 0.10.9.3 to 0.10.9.9.
 * @module
 */

import { Py4jProtocolError } from "./py4j_error.ts";

/** What a Java reference points to, as far as the gateway tells. */
export type Shape = "object" | "list" | "set" | "map" | "array" | "iterator";

/** A Java object that the gateway keeps until it is released or the JVM ends. */
export interface JavaReference {
  /** `o` and a number, unique within one JVM; the next JVM starts again at `o0`. */
  readonly id: string;
  readonly shape: Shape;
}

/** A `java.math.BigDecimal`, in plain notation such as `-12.50`. */
export interface JavaDecimal {
  readonly decimal: string;
}

/** A number to be passed as a `double` though it may be whole. */
export interface JavaDouble {
  readonly double: number;
}

/**
 * What Java can answer. An `int` is a number and a `long` always a bigint, so that none is ever rounded. A number
 * may also be a `double` or `float`; text also a `char`; bytes are a `byte[]`.
 */
export type JavaValue = null | boolean | number | bigint | string | Uint8Array | JavaDecimal | JavaReference;

/**
 * What can be passed to Java. A whole number is passed as an `int`, or as a `long` when an `int` cannot hold it;
 * every other number as a `double`.
 */
export type JavaArgument = JavaValue | JavaDouble;

const SHAPES: Readonly<Record<string, Shape>> = {
  r: "object",
  l: "list",
  h: "set",
  a: "map",
  t: "array",
  g: "iterator",
};

const WHOLE = /^-?\d+$/;
const PLAIN_DECIMAL = /^-?\d+(\.\d+)?$/;
/** What Java and JavaScript write, without their three words. */
const DOUBLE = /^-?\d+(\.\d+)?([Ee][+-]?\d+)?$/;
const OBJECT_ID = /^o\d+$/;

/** Writes text so that it holds no line break. */
export function escape(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\r", "\\r").replaceAll("\n", "\\n");
}

/** Reverses {@linkcode escape}; as in Java, an unknown escape is its second character, and a last `\` is dropped. */
export function unescape(escaped: string): string {
  return escaped.replace(/\\([^]?)/g, (_, next: string) => next === "n" ? "\n" : next === "r" ? "\r" : next);
}

/** Whether Java answered with a reference. */
export function isReference(value: JavaValue): value is JavaReference {
  return typeof value === "object" && value !== null && "id" in value;
}

/**
 * The reference in an answer that should be one.
 * @throws {TypeError} When it is a plain value.
 */
export function asReference(value: JavaValue): JavaReference {
  if (isReference(value)) return value;
  throw new TypeError("Java answered with a plain value where an object was wanted");
}

/** Whether an id names an object that a call made, as opposed to one of the gateway's own. */
export function isObjectId(id: string): boolean {
  return OBJECT_ID.test(id);
}

/**
 * Refuses a name that would end its line early or not arrive as it is. Names are sent raw, each where the gateway
 * expects exactly one line, so a method named `e` is not mistaken for the end of a command.
 * @throws {TypeError} When it is empty, holds a line break or a lone surrogate.
 */
export function checkedName(name: string): string {
  if (name === "" || /[\r\n]/.test(name) || !name.isWellFormed()) {
    throw new TypeError(
      `Could not name anything in Java: ${JSON.stringify(name)} is empty or no single line`,
    );
  }
  return name;
}

/**
 * Writes an argument, without the line end.
 * @throws {TypeError} When Java cannot hold the value: a bigint of more than 64 bits, a lone surrogate, text that
 * is no decimal, an id with a line break.
 */
export function encodeValue(value: JavaArgument): string {
  switch (typeof value) {
    case "boolean":
      return `b${value}`;
    case "string":
      return encodeText(value);
    case "bigint":
      if (BigInt.asIntN(64, value) !== value) {
        throw new TypeError("Could not pass a bigint of more than 64 bits");
      }
      return `L${value}`;
    case "number":
      return encodeNumber(value);
    case "object":
      if (value === null) return "n";
      if (value instanceof Uint8Array) return `j${value.toBase64()}`;
      if ("double" in value) return encodeDouble(value.double);
      if ("decimal" in value) return encodeDecimal(value.decimal);
      return `r${checkedName(value.id)}`;
  }
}

function encodeText(text: string): string {
  if (!text.isWellFormed()) throw new TypeError("Could not pass text with half of a surrogate pair");
  return `s${escape(text)}`;
}

function encodeNumber(value: number): string {
  if (!Number.isSafeInteger(value) || Object.is(value, -0)) return encodeDouble(value);
  return (value | 0) === value ? `i${value}` : `L${value}`;
}

function encodeDouble(value: number): string {
  return Object.is(value, -0) ? "d-0.0" : `d${value}`;
}

function encodeDecimal(decimal: string): string {
  if (!PLAIN_DECIMAL.test(decimal)) {
    throw new TypeError(`Could not pass ${JSON.stringify(decimal)} as a decimal`);
  }
  return `D${decimal}`;
}

/**
 * Reads a value of a reply.
 * @throws {Py4jProtocolError} When it is not one, and nothing else.
 */
export function decodeValue(part: string): JavaValue {
  const type = part.charAt(0);
  const text = part.slice(1);
  const value = readValue(type, text);
  if (value !== undefined) return value;
  // The text is not quoted: it may be long, or the echo of a secret.
  throw new Py4jProtocolError(`A value of type ${JSON.stringify(type)} has unreadable text`);
}

function readValue(type: string, text: string): JavaValue | undefined {
  switch (type) {
    case "n":
      return text === "" ? null : undefined;
    case "b":
      return text === "true" ? true : text === "false" ? false : undefined;
    case "i":
      return readInt(text);
    case "L":
      return readLong(text);
    case "d":
      return readDouble(text);
    case "D":
      return PLAIN_DECIMAL.test(text) ? { decimal: text } : undefined;
    case "s":
      return unescape(text);
    case "j":
      return readBytes(text);
    default: {
      const shape = SHAPES[type];
      return shape !== undefined && OBJECT_ID.test(text) ? { id: text, shape } : undefined;
    }
  }
}

/** Py4J writes every `Number` it does not know as an int: an `AtomicLong`, a `DoubleAdder`, a Scala `BigInt`. */
function readInt(text: string): number | bigint | undefined {
  if (!WHOLE.test(text)) return readDouble(text);
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : BigInt(text);
}

function readLong(text: string): bigint | undefined {
  if (!WHOLE.test(text)) return undefined;
  const long = BigInt(text);
  return BigInt.asIntN(64, long) === long ? long : undefined;
}

function readDouble(text: string): number | undefined {
  if (text === "NaN" || text === "Infinity" || text === "-Infinity") return Number(text);
  return DOUBLE.test(text) ? Number(text) : undefined;
}

function readBytes(text: string): Uint8Array | undefined {
  try {
    return Uint8Array.fromBase64(text, { lastChunkHandling: "strict" });
  } catch {
    return undefined;
  }
}
