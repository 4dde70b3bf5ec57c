/**
 * Which numbers and words does a query give, and what is answered to one that makes no sense?
 * @module
 */

import { problem } from "./problem.ts";

/** The whole numbers that a parameter may have. */
export interface Range {
  readonly least: number;
  readonly most: number;
}

/** A whole number; `null` where the parameter is missing, and a problem where it is no such number. */
export function numberIn(url: URL, name: string, { least, most }: Range): number | null | Response {
  const text = url.searchParams.get(name);
  if (text === null) return null;
  const value = /^\d{1,16}$/.test(text) ? Number(text) : NaN;
  if (value >= least && value <= most) return value;
  return problem(400, `${name} must be a whole number from ${least} to ${most}.`);
}

/** Whether a switch is on, such as `?follow`, `?follow=1` or `?follow=true`; a problem where it says neither. */
export function switchIn(url: URL, name: string): boolean | Response {
  const text = url.searchParams.get(name);
  if (text === null || text === "0" || text === "false") return false;
  if (text === "" || text === "1" || text === "true") return true;
  return problem(400, `${name} must be true or false.`);
}
