import assert from "node:assert/strict";
import { stateAfter, WAYS } from "../supervisor/ways.ts";
import { apiOn } from "./asking.ts";

const READY = stateAfter(WAYS.ready);

for (
  const [path, input] of [
    ["/v1/start", { kind: "start" }],
    ["/v1/stop", { kind: "stop", by: "the API" }],
    ["/v1/restart", { kind: "restart", by: "the API" }],
    ["/v1/shutdown", { kind: "shutdown", by: "the API" }],
  ] as const
) {
  Deno.test(`POST ${path} is accepted and passed on`, async () => {
    const { ask, posted } = apiOn(READY);
    const answer = await ask(path, { method: "POST" });
    assert.equal(answer.status, 202);
    assert.deepEqual(await answer.json(), { generation: 1 });
    assert.deepEqual(posted, [input]);
  });

  Deno.test(`${path} does nothing for who has no token, is no POST, or asks in another's name`, async () => {
    const { ask, posted } = apiOn(READY);
    const codeOf = async (method: string, headers: Record<string, string> = {}) =>
      (await ask(path, { method, headers })).status;
    assert.equal(await codeOf("POST", { authorization: "Bearer wrong" }), 401);
    assert.equal(await codeOf("POST", { "sec-fetch-site": "cross-site" }), 403);
    assert.equal(await codeOf("POST", { host: "evil.example" }), 403);
    for (const method of ["GET", "HEAD", "PUT", "DELETE"]) assert.equal(await codeOf(method), 405);
    assert.deepEqual(posted, []);
  });
}

/** A command with a body. */
function send(ask: ReturnType<typeof apiOn>["ask"], path: string, body: string): Promise<Response> {
  return ask(path, { method: "POST", headers: { "content-type": "application/json" }, body });
}

for (const command of ["start", "stop", "restart", "shutdown"]) {
  Deno.test(`a late ${command} does nothing to the next generation`, async () => {
    const { ask, posted } = apiOn({ ...READY, generation: 5 });
    const late = await send(ask, `/v1/${command}`, '{"generation":4}');
    const { detail, ...problem } = await late.json();
    assert.deepEqual(problem, {
      type: "/problems/generation-mismatch",
      title: "Another generation",
      status: 409,
      generation: 5,
    });
    assert.match(detail, /meant for generation 4, and the newest is 5/);
    assert.deepEqual(posted, []);
    assert.equal((await send(ask, `/v1/${command}`, '{"generation":5}')).status, 202);
    assert.deepEqual(posted.map(({ kind }) => kind), [command]);
  });
}

for (
  const body of [
    '{"generation":"5"}',
    '{"generation":0}',
    '{"generation":1.5}',
    '{"gen":5}',
    "[5]",
    "5",
    "{",
    "null",
  ]
) {
  Deno.test(`a command with the body ${body} is refused, for nobody knows what was meant`, async () => {
    const { ask, posted } = apiOn(READY);
    assert.equal((await send(ask, "/v1/restart", body)).status, 400);
    assert.deepEqual(posted, []);
  });
}

Deno.test("a daemon that is ending starts nothing any more, and may be told again to end", async () => {
  const { ask, posted } = apiOn({ ...READY, ending: true });
  for (const command of ["start", "restart"]) {
    const answer = await ask(`/v1/${command}`, { method: "POST" });
    assert.deepEqual([answer.status, (await answer.json()).type], [409, "/problems/shutting-down"]);
  }
  assert.equal((await ask("/v1/shutdown", { method: "POST" })).status, 202);
  assert.deepEqual(posted.map(({ kind }) => kind), ["shutdown"]);
});
