/**
 * Does an answer say what `openapi.json` promises, and nothing else? Objects are closed here: the document lets members
 * be added later, but one that is there now must be in it.
 * @module
 */

import assert from "node:assert/strict";
import { Validator } from "@cfworker/json-schema";
import type { Schema } from "@cfworker/json-schema";
import { openApiDocument } from "../../src/api/openapi/document.ts";

/** As much of OpenAPI as the tests look at. */
export interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, unknown>>;
    readonly responses: Readonly<Record<string, DescribedAnswer>>;
  };
}

/** One operation. */
export interface Described {
  readonly operationId: string;
  readonly security: readonly unknown[];
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly schema: { readonly enum?: readonly string[]; readonly [keyword: string]: unknown };
  }[];
  readonly requestBody?: {
    readonly required: boolean;
    readonly content: Readonly<Record<string, { readonly schema: unknown; readonly example: unknown }>>;
  };
  readonly responses: Readonly<Record<string, DescribedAnswer | { readonly $ref: string }>>;
}

/** One answer of it. */
export interface DescribedAnswer {
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly content?: Readonly<Record<string, { readonly schema?: unknown; readonly example?: unknown }>>;
}

/** The document as a client reads it. */
export const DOCUMENT: Document = JSON.parse(JSON.stringify(openApiDocument("0.1.0")));

/** Nothing but what is told: a member that is in no schema is a fault. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== "object" || schema === null) return schema;
  const inner = Object.fromEntries(
    Object.entries(schema).map(([keyword, value]) => [keyword, closed(value)]),
  );
  return "properties" in schema ? { additionalProperties: false, ...inner } : inner;
}

const CLOSED = Object.fromEntries(
  Object.entries(DOCUMENT.components.schemas).map(([name, schema]) => [name, closed(schema)]),
);

/** What is wrong with a value, by the place in it; nothing when it has the shape. */
export function faultsOf(value: unknown, schema: unknown): readonly string[] {
  const root = { ...closed(schema) as Schema, components: { schemas: CLOSED } };
  const { errors } = new Validator(root, "2020-12", false).validate(value);
  return errors.map(({ instanceLocation, error }) => `${instanceLocation} ${error}`);
}

/** Holds a value against a schema of the document by its name. */
export function assertIs(name: string, value: unknown): void {
  assert.ok(name in DOCUMENT.components.schemas, name);
  assert.deepEqual(faultsOf(value, { $ref: `#/components/schemas/${name}` }), [], JSON.stringify(value));
}

/** The template of a path; an exact one wins. */
export function templateOf(pathname: string): string | undefined {
  const given = pathname.split("/");
  const fits = Object.keys(DOCUMENT.paths).filter((template) => {
    const wanted = template.split("/");
    return wanted.length === given.length &&
      wanted.every((part, index) => part === given[index] || part.startsWith("{") && given[index] !== "");
  });
  return fits.sort((a, b) => a.split("{").length - b.split("{").length)[0];
}

/** What is told of an answer, its reference followed; `undefined` when it is not told. */
export function answerOf({ responses }: Described, status: number | string): DescribedAnswer | undefined {
  const answer = responses[status];
  if (answer === undefined || !("$ref" in answer)) return answer;
  return DOCUMENT.components.responses[answer.$ref.split("/").at(-1) ?? ""];
}

/** A media type as it is compared: without the character set that servers add. */
function mediaType(text: string | null): string | null {
  return text?.toLowerCase().replace(/; ?charset=utf-8$/, "") ?? null;
}

/** Every answer of the document, such as `GET /livez 200 text/plain`. */
export function toldAnswers(): readonly string[] {
  return Object.entries(DOCUMENT.paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, operation]) =>
      Object.keys(operation.responses).flatMap((status) => {
        const types = Object.keys(answerOf(operation, status)?.content ?? { "": {} });
        return types.map((type) => `${method.toUpperCase()} ${path} ${status} ${mediaType(type)}`.trim());
      })
    )
  );
}

/**
 * Holds an answer against the document; a stream is not read.
 * @returns Which of {@linkcode toldAnswers} it is.
 */
export async function assertTold(method: string, pathname: string, answer: Response): Promise<string> {
  const template = templateOf(pathname) ?? "";
  const operation = DOCUMENT.paths[template]?.[method.toLowerCase()];
  const asked = `${method} ${template} ${answer.status}`;
  assert.ok(operation !== undefined, `${method} ${pathname} is not in the document`);
  const told = answerOf(operation, answer.status);
  assert.ok(told !== undefined, `${asked} is not in the document`);
  for (const name of Object.keys(told.headers ?? {})) {
    assert.ok(answer.headers.has(name), `${asked}: no ${name}`);
  }
  const type = answer.body === null ? null : mediaType(answer.headers.get("content-type"));
  if (type === "text/event-stream") {
    await answer.body?.cancel();
    return `${asked} ${type}`;
  }
  const text = await answer.text();
  if (type === null) {
    assert.equal(told.content, undefined, `${asked} has no content`);
    return asked;
  }
  const medium = Object.entries(told.content ?? {}).find(([name]) => mediaType(name) === type)?.[1];
  assert.ok(medium !== undefined, `${asked} ${type} is not in the document`);
  if (/[/+]json$/.test(type) && medium.schema !== undefined) {
    assert.deepEqual(faultsOf(JSON.parse(text), medium.schema), [], `${asked}: ${text}`);
  }
  return `${asked} ${type}`;
}
