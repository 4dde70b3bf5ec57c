import assert from "node:assert/strict";
import { HTTP_LIMITS } from "../../src/runtime/http.ts";
import type { HttpLimits } from "../../src/runtime/http.ts";
import { TOKEN } from "./asking.ts";
import { HOSTILE_CALLERS } from "./hostile_callers.ts";
import type { HostileRequest } from "./hostile_request.ts";
import { PRIVATE, Target } from "./hostile_target.ts";
import { HOSTILE_WIRE, SLOW } from "./hostile_wire.ts";

const HOSTILE = [...HOSTILE_CALLERS, ...HOSTILE_WIRE];
/** Nothing is asserted on how long they take. */
const HASTY: HttpLimits = { ...HTTP_LIMITS, headTimeoutMs: 300, requestTimeoutMs: 400, idleTimeoutMs: 300 };

function outcomeOf(heard: string): number | "cut" {
  return heard === "" ? "cut" : Number(/^HTTP\/1\.1 (\d{3}) /.exec(heard)?.[1]);
}

async function withstands(target: Target, { what, bytes, expect }: HostileRequest): Promise<void> {
  const heard = await target.say(bytes);
  const outcome = outcomeOf(heard);
  assert.ok(expect.includes(outcome), `${what}: ${outcome}\n${heard}`);
  assert.ok(!heard.includes(PRIVATE) && !heard.includes(TOKEN), heard);
  if (typeof outcome === "number" && outcome >= 400) {
    assert.ok(!heard.includes('"generation"'), heard);
    // One answer, and no more, whatever else was in the bytes.
    assert.equal(heard.match(/HTTP\/1\.1 \d/g)?.length, 1, heard);
  }
  assert.doesNotMatch(heard, /^access-control-/im);
  assert.doesNotMatch(heard, /\bat file:|\.ts:\d/);
  assert.deepEqual(target.posted, []);
  const alive = await target.say("GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  assert.match(alive, /^HTTP\/1\.1 200 [^]*\r\n\r\nok\n$/);
  assert.equal(target.opened, 0);
}

Deno.test("there are enough hostile requests, and no two of them alike", () => {
  const all = [...HOSTILE, ...SLOW];
  assert.ok(all.length >= 60);
  assert.equal(new Set(all.map(({ what }) => what)).size, all.length);
});

for (const hostile of HOSTILE) {
  Deno.test(`the API withstands ${hostile.what}`, async () => {
    await using target = await Target.open(HTTP_LIMITS);
    await withstands(target, hostile);
  });
}

for (const hostile of SLOW) {
  Deno.test(`the API does not wait for ever for ${hostile.what}`, async () => {
    await using target = await Target.open(HASTY);
    await withstands(target, hostile);
  });
}

Deno.test("the API withstands all of them one after the other, and then does what it is asked", async () => {
  await using target = await Target.open(HTTP_LIMITS);
  for (const hostile of HOSTILE) await withstands(target, hostile);
  const honest = `POST /v1/stop HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${TOKEN}\r\n`;
  assert.match(await target.say(`${honest}Connection: close\r\n\r\n`), /^HTTP\/1\.1 202 /);
  assert.deepEqual(target.posted.map(({ kind }) => kind), ["stop"]);
});
