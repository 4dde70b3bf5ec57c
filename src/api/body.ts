/**
 * What does the body of a request say? One JSON object, of which every member must be known: a name that is spelled
 * wrong would otherwise be a condition that nobody heeds.
 * @module
 */

import { problem } from "./problem.ts";

/** What must be true of each member that there may be, and in which words it is asked for. */
export type BodyShape = Readonly<Record<string, Member>>;

/** One member. */
export interface Member {
  readonly expected: string;
  readonly accepts: (value: unknown) => boolean;
}

/** A whole number above 0, such as a process or a generation. */
export const POSITIVE: Member = {
  expected: "a whole number above 0",
  accepts: (value) => Number.isSafeInteger(value) && Number(value) > 0,
};

/** The members that are there, none where there is no body; or the refusal, which names all that is wrong. */
export async function readBody(
  request: Request,
  shape: BodyShape,
): Promise<Readonly<Record<string, unknown>> | Response> {
  const known = Object.entries(shape).map(([name, { expected }]) => `"${name}" (${expected})`).join(", ");
  const refuse = (why: string) =>
    problem(400, `The body ${why}. It may be empty, or a JSON object with ${known}.`);
  let body: unknown;
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(await request.bytes());
    if (text === "") return {};
    body = JSON.parse(text);
  } catch {
    return refuse("is not JSON in UTF-8");
  }
  if (typeof body !== "object" || body === null || Array.isArray(body)) return refuse("is no JSON object");
  const wrong = Object.entries(body).flatMap(([name, value]) => {
    const member = Object.hasOwn(shape, name) ? shape[name] : undefined;
    if (member === undefined) return [`has a member ${JSON.stringify(name)} that is not known`];
    return member.accepts(value) ? [] : [`has a "${name}" that is not ${member.expected}`];
  });
  return wrong.length === 0 ? { ...body } : refuse(wrong.join(" and "));
}
