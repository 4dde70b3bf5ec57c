/**
 * How are the pages told that explain the others?
 * @module
 */

import { PROBLEMS } from "../problem_types.ts";
import type { ProblemType } from "../problem_types.ts";
import { bytes, header, IF_NONE_MATCH, inPath, json, NOT_MODIFIED, problems } from "./operation.ts";
import type { Operation } from "./operation.ts";
import { named, record, text, whole } from "./schema.ts";

type ProblemPage = ProblemType & { readonly type: string };

const problemType = named(
  "ProblemPage",
  record<ProblemPage>("What a problem's `type` means.", {
    type: text("The type.", { examples: ["/problems/token-needed"] }),
    status: whole("The status code that it comes with."),
    title: text("The problem in a few words."),
    meaning: text("What it means, and what to do."),
  }),
);

const page = { etag: header("Of this file.") };

/** What can be asked. */
export const pageOperations: readonly Operation[] = [
  {
    ...{ method: "GET", path: "/", access: "open", id: "getDashboard", tag: "pages" },
    summary: "The dashboard",
    parameters: [IF_NONE_MATCH],
    answers: { 200: bytes("The page.", ["text/html"], page), 304: NOT_MODIFIED },
  },
  {
    ...{ method: "GET", path: "/dashboard/{file}", access: "open", id: "getDashboardFile", tag: "pages" },
    summary: "A file that the dashboard loads",
    parameters: [inPath("file", "Its name. Which there are may change with any version."), IF_NONE_MATCH],
    answers: {
      200: bytes("The file.", ["text/javascript", "text/css", "image/svg+xml"], page),
      304: NOT_MODIFIED,
      404: problems([], "There is no such file."),
    },
  },
  {
    ...{ method: "GET", path: "/problems/{name}", access: "open", id: "getProblemType", tag: "pages" },
    summary: "What a problem's `type` means",
    parameters: [
      inPath("name", "The name behind `/problems/`.", { type: "string", enum: Object.keys(PROBLEMS) }),
    ],
    answers: {
      200: json("The type.", problemType, {
        example: { type: "/problems/no-relay", ...PROBLEMS["no-relay"] },
      }),
      404: problems([], "There is no such type of problem."),
    },
  },
  {
    ...{ method: "GET", path: "/openapi.json", access: "open", id: "getOpenApi", tag: "pages" },
    summary: "This document",
    parameters: [IF_NONE_MATCH],
    answers: {
      200: json("OpenAPI 3.1.", { type: "object", description: "An OpenAPI document." }, { headers: page }),
      304: NOT_MODIFIED,
    },
  },
];
