/**
 * What is a parsed JSON value, before anything is believed of it?
 * @module
 */

/** Whether it is an object, and no list. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
