/**
 * How is the shape of a document told to other programs? In JSON Schema, each schema bound to the type that it tells of:
 * the compiler finds a member or a word that is told wrong, or not at all.
 * @module
 */

declare const VALUE: unique symbol;
const DEFINITION: unique symbol = Symbol("definition");

/** A schema (2020-12) of values of one type, and of no wider or narrower one. */
export interface Schema<T> {
  /** Only the compiler sees it. */
  readonly [VALUE]?: (value: T) => T;
  /** What a schema with a name stands for; JSON has no such keys. */
  readonly [DEFINITION]?: unknown;
  readonly [keyword: string]: unknown;
}

/** What is told of a number beside its meaning. */
interface NumberBounds {
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly default?: number;
}

/** Any text. */
export function text(
  description: string,
  more: { readonly examples?: readonly string[] } = {},
): Schema<string> {
  return { type: "string", description, ...more };
}

/** A moment of the wall clock, such as `2026-03-04T05:06:07.890Z`. */
export function moment(description: string): Schema<string> {
  return { type: "string", format: "date-time", description };
}

/** A whole number, not below 0 unless said otherwise. */
export function whole(description: string, bounds: NumberBounds = {}): Schema<number> {
  return { type: "integer", format: "int64", minimum: 0, ...bounds, description };
}

/** Any number, not below 0 unless said otherwise. */
export function amount(description: string, bounds: NumberBounds = {}): Schema<number> {
  const least = bounds.exclusiveMinimum === undefined ? { minimum: 0 } : {};
  return { type: "number", ...least, ...bounds, description };
}

/** True or false. */
export function truth(description: string): Schema<boolean> {
  return { type: "boolean", description };
}

/** One of some words, each with its meaning. */
export function words<T extends string>(
  description: string,
  meanings: Readonly<Record<T, string>>,
): Schema<T> {
  const lines = Object.entries(meanings).map(([word, meaning]) => `- \`${word}\`: ${meaning}`);
  return {
    type: "string",
    enum: Object.keys(meanings),
    description: [`${description}\n`, ...lines].join("\n"),
  };
}

/** One of some words or whole numbers that say all of themselves. */
export function oneOf<T extends string | number>(description: string, all: readonly T[]): Schema<T> {
  return { type: typeof all[0] === "number" ? "integer" : "string", enum: all, description };
}

/** One value and no other. */
export function only<T extends string | number | boolean>(value: T, description?: string): Schema<T> {
  return { type: typeof value, const: value, ...(description === undefined ? {} : { description }) };
}

/** The same, or `null`. */
export function nullable<T>(schema: Schema<T>): Schema<T | null> {
  const plain: Readonly<Record<string, unknown>> = schema;
  if (typeof plain.type !== "string") return { oneOf: [schema, { type: "null" }] };
  const values = Array.isArray(plain.enum) ? { enum: [...plain.enum, null] } : {};
  return { ...plain, type: [plain.type, "null"], ...values };
}

/** Any number of these. */
export function list<T>(description: string, items: Schema<T>): Schema<readonly T[]> {
  return { type: "array", description, items };
}

/** An object with a value of one kind under each of names that are not known beforehand. */
export function table<T>(description: string, values: Schema<T>): Schema<Readonly<Record<string, T>>> {
  return { type: "object", description, additionalProperties: values };
}

type Members<T> = { readonly [Name in keyof T]-?: Schema<Exclude<T[Name], undefined>> };

/** An object that has all of these members but the optional ones. More may be added to it in later versions. */
export function record<T extends object>(
  description: string,
  properties: Members<T>,
  optional: readonly (keyof T)[] = [],
): Schema<T> {
  const required = Object.keys(properties).filter((name) => !optional.some((each) => each === name));
  return { type: "object", description, properties, required };
}

/** An object that has any of these members. */
export function partial<T extends object>(
  description: string,
  properties: { readonly [Name in keyof T]: Schema<T[Name]> },
): Schema<Partial<T>> {
  return { type: "object", description, properties };
}

/** What has the shape of one of these. */
export function either<T>(
  description: string,
  ...schemas: readonly Readonly<Record<string, unknown>>[]
): Schema<T> {
  return { description, oneOf: schemas };
}

/** A schema that others refer to by a name; names are unique. */
export function named<T>(name: string, definition: Schema<T>): Schema<T> {
  const reference = { $ref: `#/components/schemas/${name}` };
  Object.defineProperty(reference, DEFINITION, { value: definition });
  return reference;
}

/** What a schema with a name tells, and what it means at this place. */
export function meaning<T>(description: string, { $ref, [DEFINITION]: definition }: Schema<T>): Schema<T> {
  const reference = { $ref, description };
  Object.defineProperty(reference, DEFINITION, { value: definition });
  return reference;
}

/** Every schema with a name that a value refers to, directly or by another one, by their names. */
export function namedIn(value: unknown, found: Map<string, unknown> = new Map()): Map<string, unknown> {
  if (typeof value !== "object" || value === null) return found;
  const definition = DEFINITION in value ? value[DEFINITION] : undefined;
  if (definition !== undefined && "$ref" in value) {
    const name = String(value.$ref).replace("#/components/schemas/", "");
    if (found.has(name)) return found;
    found.set(name, definition);
    return namedIn(definition, found);
  }
  for (const each of Object.values(value)) namedIn(each, found);
  return found;
}
