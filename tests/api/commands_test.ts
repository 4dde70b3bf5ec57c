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
