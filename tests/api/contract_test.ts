import assert from "node:assert/strict";
import fc from "fast-check";
import { startingRoutes } from "../../src/api/probes.ts";
import type { Route } from "../../src/api/route.ts";
import { createApi } from "../../src/api/server.ts";
import { statusOf } from "../../src/api/status.ts";
import { PHASES } from "../../src/core/lifecycle.ts";
import { initialPool } from "../../src/core/pool/pool.ts";
import { SAMPLES } from "../core/samples.ts";
import { incident } from "../incident/samples.ts";
import { stateAfter, WAYS } from "../supervisor/ways.ts";
import { apiOf, asker, TOKEN } from "./asking.ts";
import type { Asked } from "./asking.ts";
import { assertIs, assertTold, DOCUMENT, templateOf, toldAnswers } from "./contract.ts";
import { DUMP, incidentsIn, routesOf } from "./contract_world.ts";
import type { Script } from "./contract_world.ts";
import { FACTS } from "./facts.ts";
import { PLANS } from "./told_plans.ts";

const JSON_BODY = { "content-type": "application/json" };
const post = (body?: object): Asked =>
  body === undefined
    ? { method: "POST" }
    : { method: "POST", headers: JSON_BODY, body: JSON.stringify(body) };

/** Lends a folder with incidents in it, and tells what they are called. */
async function withIncidents(
  test: (place: { folder: string; kept: string; damaged: string }) => Promise<void>,
): Promise<void> {
  const folder = await Deno.realPath(await Deno.makeTempDir());
  try {
    await test({ folder, ...await incidentsIn(folder) });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** A path that fits a template. */
function pathOf(template: string): string {
  return template.replace("{check}", "loop").replace("{name}", "no-relay").replaceAll(/\{\w+\}/g, "7");
}

const OPERATIONS = Object.entries(DOCUMENT.paths).flatMap(([path, methods]) =>
  Object.keys(methods).map((method) => ({ method: method.toUpperCase(), path: pathOf(path) }))
);

/** What is asked of which daemon so that everything is answered that there is. */
function requests(kept: string, damaged: string): readonly (readonly [Script, string, Asked?])[] {
  const level = { level: "DEBUG", forSeconds: 600 };
  const change = { generation: 1, before: "WARN", level: "DEBUG", until: null };
  const failing = statusOf(initialPool(stateAfter(WAYS.failed)), { ...FACTS, lagMs: 20_000 });
  const files = ["stderr.txt", "x.json", "gc.log.gz", "core.bin"].map((name) =>
    `/v1/incidents/${kept}/artifacts/${name}`
  );
  const part: Asked = { headers: { range: "bytes=0-0" } };
  return [
    ...["/livez", "/startupz", "/readyz", "/readyz/gateway", "/health"].flatMap((path) =>
      [{}, { status: failing }].map((script) => [script, path] as const)
    ),
    [{}, "/readyz/nothing"],
    [{}, "/health", { headers: { accept: "application/health+json" } }],
    [{ status: failing }, "/health", { headers: { accept: "application/health+json" } }],
    ...["/v1/status", "/v1/plan", "/v1/figures", "/metrics", "/v1/events", "/v1/events/stream", "/v1/logs"]
      .map((path) => [{}, path] as const),
    [{}, "/metrics", { headers: { accept: "application/openmetrics-text" } }],
    [{}, "/v1/plan", { headers: { "if-none-match": "*" } }],
    ...["/v1/figures?since=x", "/v1/events?limit=0", "/v1/events/stream?since=x", "/v1/logs?lines=x"].map((
      path,
    ) => [{}, path] as const),
    ...["/v1/events/stream", "/v1/logs?follow"].map((path) => [{ room: 0 }, path] as const),
    ...[
      "",
      `/${kept}`,
      `/${damaged}`,
      "/last",
      "/none",
      `/${kept}/bundle`,
      "/none/bundle",
      "/none/artifacts/x",
    ].map(
      (path) => [{}, `/v1/incidents${path}`] as const,
    ),
    ...files.map((path) => [{}, path] as const),
    ...files.map((path) => [{}, path, part] as const),
    [{}, files[0] ?? "", { headers: { range: "bytes=9999-" } }],
    [{}, files[0] ?? "", { headers: { "if-none-match": "*" } }],
    [{}, "/v1/incidents/none", { method: "DELETE" }],
    [{}, `/v1/incidents/${damaged}`, { method: "DELETE" }],
    ...["start", "stop", "restart", "shutdown"].flatMap((name) =>
      [undefined, { generation: 9 }, { gen: 1 }].map((body) => [{}, `/v1/${name}`, post(body)] as const)
    ),
    [{ ending: true }, "/v1/restart", post()],
    [{}, "/v1/dumps", post({ kind: "threads" })],
    [{ dump: { kind: "begun", dump: DUMP } }, "/v1/dumps", post({ kind: "heap" })],
    [{ dump: { kind: "busy" } }, "/v1/dumps", post({ kind: "heap" })],
    [{ dump: { kind: "no-gateway" } }, "/v1/dumps", post({ kind: "heap" })],
    [{ dump: { kind: "no-room", reason: "It is full." } }, "/v1/dumps", post({ kind: "heap" })],
    [{ dump: { kind: "failed", reason: "It is so." } }, "/v1/dumps", post({ kind: "heap" })],
    [{}, "/v1/dumps", post()],
    [{}, `/v1/dumps/${DUMP.id}`],
    [{}, "/v1/dumps/none"],
    [{ levels: [change, { ...change, until: "2026-03-04T05:06:07.890Z" }] }, "/v1/log-level", post(level)],
    [{ levels: [] }, "/v1/log-level", post(level)],
    [{ levels: new Error("no answer") }, "/v1/log-level", post(level)],
    [{}, "/v1/log-level", post({})],
    [{}, "/v1/leases", post({ pid: 42 })],
    [{}, "/v1/leases", post({ pid: 0 })],
    [{ lease: null }, "/v1/leases", post()],
    ...["GET", "DELETE"].flatMap((method) =>
      [[{}, "7"], [{}, "8"], [{ relay: false }, "7"]].map(([script, id]) =>
        [script as Script, `/v1/leases/${id}`, { method }] as const
      )
    ),
    [
      { lease: { state: "lost", generation: 1, loss: { generation: 1, sentence: "So.", atMs: 1.5 } } },
      "/v1/leases/7",
    ],
    ...["/", "/dashboard/theme.css", "/dashboard/words.js", "/dashboard/icon.svg", "/dashboard/none"].map((
      path,
    ) => [{}, path] as const),
    ...["/openapi.json", "/problems/no-relay", "/problems/none"].map((path) => [{}, path] as const),
  ];
}

Deno.test("every answer that openapi.json tells of is given, and every answer that is given is told", async () => {
  await withIncidents(async ({ folder, kept, damaged }) => {
    const given = new Set<string>();
    const record = async (routes: readonly Route[], path: string, asked: Asked = {}, token?: null) => {
      const answer = await asker(apiOf(routes, token))(path, asked);
      const { method = "GET" } = asked;
      const etag = answer.headers.get("etag");
      given.add(await assertTold(method, path.replace(/\?.*/, ""), answer));
      if (answer.status === 200 && etag !== null && asked.headers === undefined) {
        await record(routes, path, { headers: { "if-none-match": etag } });
      }
    };
    for (const [script, path, asked] of requests(kept, damaged)) {
      await record(routesOf(folder, script), path, asked);
    }
    const broken = routesOf(folder).map((route): Route => ({
      ...route,
      answer: () => {
        throw new Error("a defect");
      },
    }));
    for (const { method, path } of OPERATIONS) {
      const routes = routesOf(folder);
      await record(routes, path, { method, headers: { host: "evil.example" } });
      await record(startingRoutes(), path, { method }, null);
      const defect = createApi({
        routes: broken,
        guard: { hosts: ["127.0.0.1"], token: TOKEN },
        onError: () => {},
      });
      const at = path.startsWith("/dashboard/") ? "/dashboard/theme.css" : path;
      given.add(await assertTold(method, at, await asker(defect)(at, { method })));
      if (method !== "GET") await record(routes, path, { method, body: "generation=1" });
      const isOpen = DOCUMENT.paths[templateOf(path) ?? ""]?.[method.toLowerCase()]?.security.length === 0;
      if (!isOpen) await record(routes, path, { method, headers: { authorization: "" } });
    }
    const told = toldAnswers();
    assert.deepEqual(told.filter((each) => !given.has(each)), []);
    assert.deepEqual([...given].filter((each) => !told.includes(each)), []);
  });
});

Deno.test("status, health and plan are as openapi.json tells in every phase, and whatever has happened", async () => {
  const states = [...PHASES.map((phase) => stateAfter(WAYS[phase])), ...Object.values(SAMPLES)];
  for (const state of states) {
    for (const lastIncident of [null, incident(7)]) {
      for (
        const facts of [FACTS, {
          ...FACTS,
          flags: null,
          heartbeatLatencyMs: null,
          lastIncident: null,
          unrecorded: "full",
        }]
      ) {
        const status = statusOf(initialPool({ ...state, lastIncident }), facts);
        const ask = asker(apiOf(routesOf("/nowhere", { status })));
        for (const path of ["/v1/status", "/health"]) await assertTold("GET", path, await ask(path));
      }
    }
  }
  const gaveUp = { kind: "give-up", reason: "it was so", retryInMs: null } as const;
  assertIs("LastIncident", { ...incident(7), decision: gaveUp, id: null, at: null });
  for (const plan of PLANS) {
    await assertTold("GET", "/v1/plan", await asker(apiOf(routesOf("/nowhere", { plan })))("/v1/plan"));
  }
});

Deno.test("the stream of events has what openapi.json tells of snapshot, gap and events", async () => {
  const answer = await asker(apiOf(routesOf("/nowhere")))("/v1/events/stream?since=5");
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
  const names = new Set<string>();
  let text = "";
  while (!names.has("archive")) {
    text += (await reader?.read())?.value ?? assert.fail("the stream has ended");
    const frames = text.split("\n\n");
    text = frames.pop() ?? "";
    for (const frame of frames) {
      const [, name = "", data = ""] = /^event: (.*)\nid: \d+\ndata: (.*)$/m.exec(frame) ?? [];
      names.add(name);
      assertIs(name === "snapshot" ? "Status" : name === "gap" ? "Gap" : "Event", JSON.parse(data));
    }
  }
  await reader?.cancel();
  assert.ok(names.has("snapshot") && names.has("gap") && names.has("program-lost"));
});

Deno.test("whatever is asked in whatever way, no answer has a code that openapi.json does not tell of", async () => {
  await withIncidents(async ({ folder, kept }) => {
    const routes = [
      routesOf(folder),
      routesOf(folder, { ending: true, relay: false, room: 0 }),
      startingRoutes(),
    ];
    const segment = fc.constantFrom(
      ...Object.keys(DOCUMENT.paths).flatMap((path) => path.split("/")),
      ...["7", "last", kept, "stderr.txt", "theme.css", "loop", "no-relay", "%ff", "..", "", "ü"],
    );
    const asked = fc.record({
      api: fc.nat(2),
      path: fc.oneof(
        fc.array(segment, { minLength: 1, maxLength: 5 }).map((parts) => `/${parts.join("/")}`),
        fc.constantFrom(...OPERATIONS.map(({ path }) => path)),
      ),
      method: fc.constantFrom("GET", "HEAD", "POST", "DELETE", "PUT", "PATCH", "OPTIONS"),
      query: fc.constantFrom(
        "",
        "?since=1",
        "?since=-1",
        "?limit=0",
        "?lines=x",
        "?verbose",
        "?exclude=loop",
        "?follow=2",
      ),
      headers: fc.constantFrom(
        ...[{}, { authorization: "" }, { host: "evil.example" }, { "sec-fetch-site": "cross-site" }],
        ...[JSON_BODY, { range: "bytes=9-" }, { "if-none-match": "*" }, {
          accept: "application/openmetrics-text",
        }],
      ),
      body: fc.constantFrom(
        undefined,
        "",
        "{",
        "[]",
        "{}",
        '{"generation":1}',
        '{"kind":"heap"}',
        '{"level":"WARN"}',
      ),
    });
    await fc.assert(
      fc.asyncProperty(asked, async ({ api, path, method, query, headers, body }) => {
        const chosen = routes[api] ?? assert.fail();
        const hasBody = body !== undefined && method !== "GET" && method !== "HEAD";
        const ask = asker(apiOf(chosen, api === 2 ? null : TOKEN));
        const answer = await ask(path + query, { method, headers, ...(hasBody ? { body } : {}) });
        await answer.body?.cancel();
        const { pathname } = new URL(`http://localhost${path}`);
        const wanted = method === "HEAD" ? "get" : method.toLowerCase();
        const operation = DOCUMENT.paths[templateOf(pathname) ?? ""]?.[wanted];
        // What is true of every path, the document says in words.
        const isTold = operation === undefined
          ? [403, 404, 405].includes(answer.status) || api === 2 && [415, 503].includes(answer.status)
          : String(answer.status) in operation.responses;
        assert.ok(isTold, `${method} ${path}${query} ${answer.status}`);
      }),
      { numRuns: 2_000 },
    );
  });
});
