/**
 * Answers that say what is wrong with a request, after RFC 9457.
 * @module
 */

import { PROBLEMS } from "./problem_types.ts";
import type { ProblemName } from "./problem_types.ts";

/** A problem that its status code says all of. */
export function problem(
  status: number,
  detail: string,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return answer({ type: "about:blank", title: TITLES[status] ?? "Error", status, detail }, headers);
}

/** What a problem of a registered type tells beside its detail. */
export interface ProblemExtras {
  readonly headers?: Readonly<Record<string, string>>;
  /** Members of the document for programs to read; their names have three letters or more. */
  readonly members?: Readonly<Record<string, unknown>>;
}

/** A problem of a type that programs can tell from others with the same status code. */
export function problemOf(
  name: ProblemName,
  detail: string,
  { headers = {}, members = {} }: ProblemExtras = {},
): Response {
  const { title, status } = PROBLEMS[name];
  return answer({ type: `/problems/${name}`, title, status, detail, ...members }, headers);
}

function answer(
  document: { readonly type: string; readonly status: number; readonly [member: string]: unknown },
  headers: Readonly<Record<string, string>>,
): Response {
  return Response.json(document, {
    status: document.status,
    headers: { "content-type": "application/problem+json", ...headers },
  });
}

const TITLES: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  409: "Conflict",
  415: "Unsupported Media Type",
  416: "Range Not Satisfiable",
  500: "Internal Server Error",
  503: "Service Unavailable",
};
