/**
 * How is told what can be asked of a path, and what is answered?
 * @module
 */

import { PROBLEMS } from "../problem_types.ts";
import type { ProblemName } from "../problem_types.ts";
import type { Route } from "../route.ts";
import { meaning, named, text, whole } from "./schema.ts";
import type { Schema } from "./schema.ts";
import { phase } from "./verdict.ts";

/** What is answered with one status code, as OpenAPI has it. */
export interface Answer {
  readonly description: string;
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly content?: Readonly<Record<string, unknown>>;
}

/** The subjects, in the order in which they are shown. */
export const TAGS = {
  health: "Probes for orchestrators and load balancers. They answer from memory, whatever the gateway does.",
  state: "What the daemon and its gateways are doing, and what they use.",
  events: "What has happened, and what happens now.",
  incidents: "The deaths that are kept, with what is left of each.",
  control: "What can be done to the gateway and the daemon.",
  programs: "How a program gets a right to a gateway.",
  pages: "The dashboard, and what a problem's type leads to.",
} as const;

/** What is asked of a path by one method, and what is answered beside what every path may answer. */
export interface Operation extends Pick<Route, "method" | "path" | "access"> {
  readonly id: string;
  readonly tag: keyof typeof TAGS;
  readonly summary: string;
  readonly description?: string;
  /** What an open answer has only for the owner. */
  readonly ownerHas?: string;
  readonly parameters?: readonly Parameter[];
  /** The members of the body, which is a JSON object; none are wanted when it is not there. */
  readonly body?: {
    readonly schema: Readonly<Record<string, unknown>>;
    readonly required: boolean;
    readonly example: object;
  };
  readonly answers: Readonly<Record<number, Answer>>;
}

/** What stands in the path, the query or a header. */
export interface Parameter {
  readonly name: string;
  readonly in: "path" | "query" | "header";
  readonly required: boolean;
  readonly description: string;
  readonly schema: unknown;
  readonly [keyword: string]: unknown;
}

/** A parameter in the path. */
export function inPath(name: string, description: string, schema: unknown = { type: "string" }): Parameter {
  return { name, in: "path", required: true, description, schema };
}

/** A parameter in the query that may be left out. */
export function inQuery(name: string, schema: Readonly<Record<string, unknown>>): Parameter {
  const { description, ...rest } = schema;
  return { name, in: "query", required: false, description: String(description), schema: rest };
}

/** A switch in the query: on by its name alone. */
export function switchInQuery(name: string, description: string): Parameter {
  return {
    name,
    in: "query",
    ...{ required: false, allowEmptyValue: true },
    description: `${description} On by its name alone, \`1\` or \`true\`.`,
    schema: { type: "string", enum: ["", "1", "true", "0", "false"] },
  };
}

/** A header in an answer. */
export function header(description: string, schema: unknown = { type: "string" }): unknown {
  return { description, schema };
}

/** An answer in JSON. */
export function json<T>(
  description: string,
  schema: Schema<T>,
  { example, headers, type = "application/json" }: {
    readonly example?: NoInfer<T>;
    readonly headers?: Readonly<Record<string, unknown>>;
    readonly type?: string;
  } = {},
): Answer {
  const media = { schema, ...(example === undefined ? {} : { example }) };
  return { description, ...(headers === undefined ? {} : { headers }), content: { [type]: media } };
}

/** An answer in text. */
export function plain(
  description: string,
  example: string,
  { headers, type = "text/plain" }: {
    readonly headers?: Readonly<Record<string, unknown>>;
    readonly type?: string;
  } = {},
): Answer {
  const content = { [type]: { schema: { type: "string" }, example } };
  return { description, ...(headers === undefined ? {} : { headers }), content };
}

/** An answer whose content is bytes of some types. */
export function bytes(
  description: string,
  types: readonly string[],
  headers: Readonly<Record<string, unknown>> = {},
): Answer {
  return { description, headers, content: Object.fromEntries(types.map((type) => [type, {}])) };
}

const NAMES = Object.keys(PROBLEMS) as ProblemName[];

/** What is wrong with a request (RFC 9457). */
const problemDocument: Schema<unknown> = named("Problem", {
  type: "object",
  description: "What is wrong with a request (RFC 9457).",
  properties: {
    type: {
      type: "string",
      enum: ["about:blank", ...NAMES.map((name) => `/problems/${name}`)],
      description: "Which problem it is; `about:blank` where the status code says all.",
    },
    title: text("The problem in a few words, always the same for a type."),
    status: whole("The status code of the answer.", { minimum: 400, maximum: 599 }),
    detail: text("What is wrong this time, and what to do."),
    generation: whole("With `generation-mismatch`: the newest."),
    phase: meaning("With `gateway-not-running`, where it says more: what there is instead.", phase),
  },
  required: ["type", "title", "status", "detail"],
});

/** An answer to a request that cannot be done, with the types of problems that it may be of. */
export function problems(names: readonly ProblemName[], otherwise?: string): Answer {
  const meanings = names.map((name) => `\`/problems/${name}\`: ${PROBLEMS[name].meaning}`);
  return {
    description: [...meanings, ...(otherwise === undefined ? [] : [otherwise])].join("\n\n"),
    content: { "application/problem+json": { schema: problemDocument } },
  };
}

/** What a client says that has an older answer. */
export const IF_NONE_MATCH: Parameter = {
  ...{ name: "if-none-match", required: false },
  in: "header",
  description: "The `ETag` of an answer that the client has, or several.",
  schema: { type: "string" },
};

/** The answer to a client that has it already. */
export const NOT_MODIFIED: Answer = {
  description: "It is what the client has.",
  headers: { etag: header("Of what the client has.") },
};
