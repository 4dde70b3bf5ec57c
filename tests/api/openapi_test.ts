import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import { Validator } from "@seriousme/openapi-schema-validator";
import { openApiRoutes, SERVICE_DESCRIPTION } from "../../src/api/openapi.ts";
import { apiRoutes } from "../../src/daemon/api_routes.ts";
import type { ApiParts } from "../../src/daemon/api_routes.ts";
import { SPARK_LOG_LEVELS } from "../../src/gateway/spark_log_level.ts";
import { FINDING_STATUSES } from "../../src/incident/finding.ts";
import { stateAfter, WAYS } from "../supervisor/ways.ts";
import { apiOf, apiOn, asker } from "./asking.ts";
import { answerOf, DOCUMENT, faultsOf, templateOf } from "./contract.ts";

/** The routes of a daemon whose parts are not looked at before somebody asks. */
function routesOfADaemon() {
  return apiRoutes({
    assembly: { driver: {}, supervisor: {}, programs: null },
    options: { runtime: {}, folders: { logs: "", state: "" } },
    instruments: {},
    secrets: [],
  } as unknown as ApiParts);
}

const OPERATIONS = Object.entries(DOCUMENT.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation }))
);

Deno.test("openapi.json is what OpenAPI 3.1 says it has to be", async () => {
  const validator = new Validator();
  const { valid, errors } = await validator.validate(structuredClone(DOCUMENT) as never);
  assert.ok(valid, JSON.stringify(errors));
  assert.equal(validator.version, "3.1");
  const ids = OPERATIONS.map(({ operation }) => operation.operationId);
  assert.equal(new Set(ids).size, ids.length);
});

Deno.test("openapi.json has every route of a daemon and no other, and who may use it", () => {
  const routes = routesOfADaemon();
  const used = new Set<string>();
  for (const { method, path, access } of routes) {
    const template = path in DOCUMENT.paths ? path : templateOf(path) ?? "";
    const operation = DOCUMENT.paths[template]?.[method.toLowerCase()];
    assert.ok(
      operation !== undefined,
      `${method} ${path} is not in the document: src/api/openapi/ has a place for it`,
    );
    const [first, ...others] = operation.security;
    const isOpen = first === undefined || isDeepStrictEqual([first, ...others], [{}, { token: [] }]);
    assert.equal(isOpen, access === "open", `${method} ${path}`);
    if (!isOpen) assert.deepEqual(operation.security, [{ token: [] }]);
    used.add(`${method} ${template}`);
  }
  assert.deepEqual(
    OPERATIONS.map(({ method, path }) => `${method} ${path}`).filter((each) => !used.has(each)),
    [],
  );
});

Deno.test("openapi.json declares every parameter that a path has", () => {
  for (const { path, operation: { parameters = [] } } of OPERATIONS) {
    const inPath = parameters.filter((each) => each.in === "path").map(({ name }) => `{${name}}`);
    assert.deepEqual(inPath, path.match(/\{\w+\}/g) ?? [], path);
  }
});

Deno.test("every example of openapi.json is what its schema says", () => {
  let examples = 0;
  for (const { method, path, operation } of OPERATIONS) {
    const answers = Object.keys(operation.responses).map((status) => answerOf(operation, status));
    for (const content of [operation.requestBody?.content, ...answers.map((answer) => answer?.content)]) {
      for (const { schema, example } of Object.values(content ?? {})) {
        if (example === undefined) continue;
        examples++;
        assert.deepEqual(faultsOf(example, schema), [], `${method} ${path}`);
      }
    }
  }
  assert.ok(examples > 20);
});

Deno.test("openapi.json knows the words of layers that it may not import", () => {
  const words = (name: string, member: string) => {
    const { properties } = DOCUMENT.components.schemas[name] as {
      properties: Record<string, { enum: string[] }>;
    };
    return properties[member]?.enum;
  };
  assert.deepEqual(words("Artifact", "status"), FINDING_STATUSES);
  assert.deepEqual(words("LogLevelRequest", "level"), SPARK_LOG_LEVELS);
});

Deno.test("/openapi.json is given to everybody, and not again to who has it; the status and the page lead to it", async () => {
  const ask = asker(apiOf(openApiRoutes({ version: "1.2.3" })));
  const answer = await ask("/openapi.json", { headers: { authorization: "" } });
  const etag = answer.headers.get("etag") ?? "";
  assert.equal((await answer.json()).info.version, "1.2.3");
  assert.equal((await ask("/openapi.json", { headers: { "if-none-match": etag } })).status, 304);
  const status = await apiOn(stateAfter(WAYS.ready)).ask("/v1/status");
  assert.equal(status.headers.get("link"), SERVICE_DESCRIPTION);
});
