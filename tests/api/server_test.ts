import assert from "node:assert/strict";
import { createApi } from "../../src/api/server.ts";
import { CHECK_NAMES } from "../../src/core/health.ts";
import { PHASES } from "../../src/core/lifecycle.ts";
import { serve } from "../../src/runtime/http.ts";
import { stateAfter, WAYS } from "../supervisor/ways.ts";
import { apiOn, asker, TOKEN } from "./asking.ts";

const CHECKS = CHECK_NAMES.map((name) => `/readyz/${name}`);
const READS = ["/livez", "/startupz", "/readyz", "/health", "/v1/status", "/v1/plan", ...CHECKS];
const ACTIONS = ["/v1/start", "/v1/stop", "/v1/restart", "/v1/shutdown"];
const LOST = [
  "/",
  "/livez/",
  "/readyz/",
  "/readyz/nothing",
  "/v1",
  "/v1/status/x",
  "/LIVEZ",
  "//livez",
  "/v1/kill",
];
const READY = stateAfter(WAYS.ready);

for (const path of LOST) {
  Deno.test(`${path} is nothing`, async () => {
    const { ask, posted } = apiOn(READY);
    for (const method of ["GET", "HEAD"]) assert.equal((await ask(path, { method })).status, 404);
    assert.ok([404, 405].includes((await ask(path, { method: "POST" })).status));
    assert.deepEqual(posted, []);
  });
}

Deno.test("a method that is not understood is answered with those that are", async () => {
  const { ask } = apiOn(READY);
  for (const method of ["PUT", "PATCH", "DELETE", "OPTIONS"]) {
    for (const path of [...READS, ...ACTIONS]) {
      const answer = await ask(path, { method });
      assert.equal(answer.status, 405);
      assert.equal(answer.headers.get("allow"), ACTIONS.includes(path) ? "POST" : "GET, HEAD");
    }
  }
});

Deno.test("every refusal is a problem document", async () => {
  const { ask } = apiOn(READY);
  for (
    const [answer, status, title, type = "about:blank"] of [
      [await ask("/nothing"), 404, "Not Found"],
      [await ask("/nothing", { method: "POST" }), 404, "Not Found"],
      [await ask("/livez", { method: "DELETE" }), 405, "Method Not Allowed"],
      [
        await ask("/v1/stop", { method: "POST", headers: { authorization: "" } }),
        401,
        "Token needed",
        "/problems/token-needed",
      ],
      [
        await ask("/livez", { headers: { host: "evil.example" } }),
        403,
        "Host not allowed",
        "/problems/host-not-allowed",
      ],
      [
        await ask("/v1/stop", { method: "POST", headers: { origin: "https://evil.example" } }),
        403,
        "Request of another site",
        "/problems/cross-site",
      ],
    ] as const
  ) {
    assert.equal(answer.status, status);
    assert.equal(answer.headers.get("content-type"), "application/problem+json");
    const { detail, ...document } = await answer.json();
    assert.deepEqual(document, { type, title, status });
    assert.match(detail, /^[A-Z].*\.$/);
  }
});

Deno.test("no answer is kept by a cache, guessed at, shown to other sites, or tells the token", async () => {
  for (const phase of PHASES) {
    const { ask } = apiOn(stateAfter(WAYS[phase]));
    for (const path of [...READS, ...ACTIONS, ...LOST]) {
      for (const method of ["GET", "POST", "PUT"]) {
        const answer = await ask(path, { method });
        const { headers } = answer;
        assert.equal(headers.get("cache-control"), "no-store");
        assert.equal(headers.get("x-content-type-options"), "nosniff");
        assert.equal(headers.get("referrer-policy"), "no-referrer");
        assert.deepEqual([...headers.keys()].filter((name) => name.startsWith("access-control-")), []);
        const whole = JSON.stringify([...headers]) + await answer.text();
        assert.ok(!whole.includes(TOKEN), `${method} ${path}`);
      }
    }
  }
});

Deno.test("a route that throws is told of, and its caller hears no more than that", async () => {
  const told: unknown[] = [];
  const broken = new Error("what nobody outside should hear");
  const api = createApi({
    routes: [{ method: "GET", path: "/broken", access: "open", answer: () => Promise.reject(broken) }],
    guard: { hosts: ["127.0.0.1"], token: TOKEN },
    onError: (error) => void told.push(error),
  });
  const answer = await asker(api)("/broken");
  assert.equal(answer.status, 500);
  assert.ok(!(await answer.text()).includes(broken.message));
  assert.deepEqual(told, [broken]);
});

Deno.test("who asks is the owner by the token or by the socket, and anybody else otherwise", async () => {
  const ask = asker(createApi({
    routes: [
      { method: "GET", path: "/open", access: "open", answer: ({ caller }) => new Response(caller) },
      { method: "GET", path: "/private", access: "private", answer: ({ caller }) => new Response(caller) },
    ],
    guard: { hosts: ["127.0.0.1"], token: TOKEN },
    onError: () => {},
  }));
  const without = { headers: { authorization: "" } };
  assert.equal(await (await ask("/open")).text(), "owner");
  assert.equal(await (await ask("/open", without)).text(), "anybody");
  assert.equal(await (await ask("/open", { ...without, entrance: "socket" })).text(), "owner");
  assert.equal(await (await ask("/private")).text(), "owner");
  assert.equal((await ask("/private", without)).status, 401);
  assert.equal(await (await ask("/private", { ...without, entrance: "socket" })).text(), "owner");
});

Deno.test("over the wire, HEAD is GET without its body", async () => {
  const { api } = apiOn(READY);
  const server = await serve({ hostname: "127.0.0.1", port: 0 }, api);
  try {
    for (const path of [...READS, "/nothing"]) {
      const [get, head] = await Promise.all(["GET", "HEAD"].map(async (method) => {
        const response = await fetch(`http://127.0.0.1:${server.port}${path}`, { method });
        const { date: _, ...headers } = Object.fromEntries(response.headers);
        return { status: response.status, headers, body: await response.text() };
      }));
      assert.deepEqual([head?.status, head?.body], [get?.status, ""]);
      assert.deepEqual(head?.headers, get?.headers, path);
    }
  } finally {
    await server.stop();
  }
});

Deno.test("over the wire, a page that had its name pointed at us is turned away", async () => {
  const { api } = apiOn(READY);
  const server = await serve({ hostname: "127.0.0.1", port: 0 }, api);
  try {
    using connection = await Deno.connect({ hostname: "127.0.0.1", port: server.port });
    const request = "GET /v1/status HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n";
    await connection.write(new TextEncoder().encode(request));
    const answer = await new Response(connection.readable).text();
    assert.match(answer, /^HTTP\/1\.1 403 /);
    assert.ok(!answer.includes("generation"));
  } finally {
    await server.stop();
  }
});
