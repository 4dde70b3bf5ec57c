/**
 * What does `/openapi.json` say? Every operation with what it may answer, as OpenAPI 3.1 has it.
 * @module
 */

import { controlOperations } from "./control.ts";
import { eventOperations } from "./happenings.ts";
import { incidentOperations } from "./incidents.ts";
import { header, problems, TAGS } from "./operation.ts";
import type { Answer, Operation } from "./operation.ts";
import { pageOperations } from "./pages.ts";
import { probeOperations } from "./probes.ts";
import { programOperations } from "./programs.ts";
import { namedIn } from "./schema.ts";
import { stateOperations } from "./state.ts";

const OPERATIONS: readonly Operation[] = [
  ...probeOperations,
  ...stateOperations,
  ...eventOperations,
  ...incidentOperations,
  ...controlOperations,
  ...programOperations,
  ...pageOperations,
];

const DESCRIPTION = `What a rekindle daemon answers. docs/API.md says more of events, incidents and logs.

- HEAD is answered wherever GET is, without a body.
- Unknown paths are answered 404, other methods 405 with \`Allow\`; both are problems (RFC 9457).
- What is no proper HTTP is refused before anybody looks at it, with 400, 408, 413, 431, 501 or 505 and no body.
- The \`Host\` header must name the machine's loopback address, the address listened on, or one of \`--trusted-hosts\`.
- No answer carries CORS headers: pages of other sites cannot read it.
- Members, words of enumerations, kinds of events, paths and parameters may be added in any version: ignore what you do not know.`;

const SECURITY = `The token of \`daemon.json\` in the runtime folder, or of the credential \`api-token\`.

The socket \`api.sock\` in the same folder needs none: only its user may open it. It speaks the same HTTP under any loopback
name: \`curl --unix-socket "$XDG_RUNTIME_DIR/rekindle/api.sock" http://localhost/v1/incidents/last\`.`;

const ANSWERS = {
  HostNotAllowed: problems(["host-not-allowed"]),
  Stranger: problems(["host-not-allowed", "cross-site"]),
  TokenNeeded: {
    ...problems(["token-needed"]),
    headers: { "www-authenticate": header("`Bearer`.") },
  },
  NotJson: {
    ...problems([], "A body is not JSON, or does not say so."),
    headers: { accept: header("`application/json`.") },
  },
  Defect: problems([], "A defect of the daemon; its log says more."),
  Starting: {
    ...problems([], "The daemon is starting, and has nothing to say yet."),
    headers: { "retry-after": header("In how many seconds to ask again.", { type: "integer" }) },
  },
} as const satisfies Record<string, Answer>;

/** What every operation may answer unless it says otherwise itself. */
function answersOf({ method, access, answers }: Operation): Readonly<Record<string, unknown>> {
  const common = (name: keyof typeof ANSWERS) => ({ $ref: `#/components/responses/${name}` });
  return {
    ...(access === "open"
      ? { 403: common("HostNotAllowed") }
      : { 401: common("TokenNeeded"), 403: common("Stranger") }),
    ...(method === "GET" ? {} : { 415: common("NotJson") }),
    ...{ 500: common("Defect"), 503: common("Starting") },
    ...answers,
  };
}

function describe(operation: Operation): Readonly<Record<string, unknown>> {
  const { id, tag, summary, description, ownerHas, parameters, body, access } = operation;
  const about = [description, ownerHas === undefined ? undefined : `Only with the token: ${ownerHas}.`];
  const told = about.filter((each) => each !== undefined).join("\n\n");
  return {
    ...{ operationId: id, tags: [tag], summary },
    ...(told === "" ? {} : { description: told }),
    security: access !== "open" ? [{ token: [] }] : ownerHas === undefined ? [] : [{}, { token: [] }],
    ...(parameters === undefined ? {} : { parameters }),
    ...(body === undefined ? {} : {
      requestBody: {
        required: body.required,
        content: { "application/json": { schema: body.schema, example: body.example } },
      },
    }),
    responses: answersOf(operation),
  };
}

/** The document. @param version Of the daemon. */
export function openApiDocument(version: string): Readonly<Record<string, unknown>> {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const operation of OPERATIONS) {
    const here = paths[operation.path] ??= {};
    here[operation.method.toLowerCase()] = describe(operation);
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "rekindle",
      version,
      summary: "A daemon that owns PySpark's Java gateway.",
      description: DESCRIPTION,
    },
    servers: [
      { url: "/", description: "Where this document was found." },
      { url: "http://127.0.0.1:7433", description: "Where a daemon listens unless it is told otherwise." },
    ],
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
    paths,
    components: {
      schemas: Object.fromEntries([...namedIn([paths, ANSWERS])].sort(([a], [b]) => a < b ? -1 : 1)),
      responses: ANSWERS,
      securitySchemes: { token: { type: "http", scheme: "bearer", description: SECURITY } },
    },
  };
}
