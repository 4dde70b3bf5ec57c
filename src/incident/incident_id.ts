/**
 * What is an incident called? The name of its folder, which tells when, which generation and which class.
 * @module
 */

import type { Incident } from "../core/lifecycle.ts";

/** What a name tells. */
export interface IncidentName {
  readonly id: string;
  /** UTC, to the second, in ISO 8601. */
  readonly at: string;
  readonly generation: number;
  /** A class of cause, maybe one that only another version knows. */
  readonly class: string;
  /** 1, or more for a later incident of the same second, generation and class. */
  readonly nth: number;
}

const ID = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z-g(\d{1,15})-([a-z]+(?:-[a-z]+)*)(?:-(\d{1,6}))?$/;

/** The name of an incident, such as `20260304T050607Z-g7-heap-oom`. */
export function incidentId({ generation, verdict }: Incident, at: Date, nth = 1): string {
  const time = at.toISOString().replace(/[-:]/g, "").replace(/\.\d+/, "");
  return `${time}-g${generation}-${verdict.class}${nth === 1 ? "" : `-${nth}`}`;
}

/** What a name tells; `null` for a text that is none, such as a path. */
export function readIncidentId(id: string): IncidentName | null {
  const parts = id.length <= 120 ? ID.exec(id) : null;
  if (parts === null) return null;
  const [, year, month, day, hour, minute, second, generation, cause = "", nth = "1"] = parts;
  const at = `${year}-${month}-${day}T${hour}:${minute}:${second}Z`;
  if (Number.isNaN(Date.parse(at))) return null;
  return { id, at, generation: Number(generation), class: cause, nth: Number(nth) };
}

/** Orders names by time, oldest first. */
export function byAge(one: IncidentName, other: IncidentName): number {
  if (one.at !== other.at) return one.at < other.at ? -1 : 1;
  return one.generation - other.generation || one.nth - other.nth || (one.id < other.id ? -1 : 1);
}
