import assert from "node:assert/strict";
import { findRoute } from "../../src/api/route.ts";
import type { Route } from "../../src/api/route.ts";

function route(method: Route["method"], path: string): Route {
  return { method, path, access: "open", answer: () => new Response(`${method} ${path}`) };
}

const ROUTES = [
  route("GET", "/v1/incidents"),
  route("GET", "/v1/incidents/{id}"),
  route("DELETE", "/v1/incidents/{id}"),
  route("GET", "/v1/incidents/{id}/artifacts/{name}"),
  route("POST", "/v1/restart"),
];

/** The route's path and parameters, or the status of the refusal and the methods it allows. */
function found(method: string, pathname: string): unknown {
  const answer = findRoute(ROUTES, { method, pathname });
  return answer instanceof Response
    ? [answer.status, answer.headers.get("allow")]
    : [answer.route.path, answer.parameters];
}

Deno.test("findRoute() finds a path by its method", () => {
  assert.deepEqual(found("GET", "/v1/incidents"), ["/v1/incidents", {}]);
  assert.deepEqual(found("HEAD", "/v1/incidents"), ["/v1/incidents", {}]);
  assert.deepEqual(found("POST", "/v1/restart"), ["/v1/restart", {}]);
});

Deno.test("findRoute() reads what stands in the braces, decoded", () => {
  assert.deepEqual(found("DELETE", "/v1/incidents/a%20b"), ["/v1/incidents/{id}", { id: "a b" }]);
  assert.deepEqual(found("GET", "/v1/incidents/7/artifacts/hs_err.log"), [
    "/v1/incidents/{id}/artifacts/{name}",
    { id: "7", name: "hs_err.log" },
  ]);
});

Deno.test("findRoute() says which methods a path has", () => {
  assert.deepEqual(found("PUT", "/v1/incidents/7"), [405, "GET, HEAD, DELETE"]);
  assert.deepEqual(found("GET", "/v1/restart"), [405, "POST"]);
});

for (
  const path of [
    "/",
    "",
    "/v1/incidents/",
    "/v1//incidents",
    "/V1/incidents",
    "/v1/incidents/%ff",
    "/v1/incidents/%",
  ]
) {
  Deno.test(`findRoute() finds nothing at "${path}"`, () =>
    assert.deepEqual(found("GET", path), [404, null]));
}
