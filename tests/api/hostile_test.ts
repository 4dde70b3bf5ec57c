import assert from "node:assert/strict";
import { planDocumentOf } from "../../src/api/plan.ts";
import { fileAnswer } from "../../src/api/file_answer.ts";
import { problem } from "../../src/api/problem.ts";
import { problemRoutes } from "../../src/api/problem_pages.ts";
import type { Route } from "../../src/api/route.ts";
import { statusOf } from "../../src/api/status.ts";
import { DEFAULT_SETTINGS } from "../../src/core/lifecycle.ts";
import type { Input } from "../../src/core/lifecycle.ts";
import { initialPool } from "../../src/core/pool/pool.ts";
import { HTTP_LIMITS, serve } from "../../src/runtime/http.ts";
import type { HttpLimits } from "../../src/runtime/http.ts";
import { stateAfter, WAYS } from "../supervisor/ways.ts";
import { apiOf, stateRoutes, TOKEN } from "./asking.ts";
import { FACTS } from "./facts.ts";
import { HOSTILE_CALLERS } from "./hostile_callers.ts";
import type { HostileRequest } from "./hostile_request.ts";
import { HOSTILE_WIRE, SLOW } from "./hostile_wire.ts";

const HOSTILE = [...HOSTILE_CALLERS, ...HOSTILE_WIRE];
const READY = stateAfter(WAYS.ready);
/** What nobody may see who has no token. */
const PRIVATE = "what is private";
const TEXT = new TextEncoder().encode("0123456789");
/** Nothing is asserted on how long they take. */
const HASTY: HttpLimits = { ...HTTP_LIMITS, headTimeoutMs: 300, requestTimeoutMs: 400, idleTimeoutMs: 300 };

/** A listener of the daemon's own routes and of some that hold what is worth having. */
class Target implements AsyncDisposable {
  readonly posted: Input[] = [];
  readonly errors: unknown[] = [];
  opened = 0;
  readonly #server: Awaited<ReturnType<typeof serve>>;

  private constructor(server: Awaited<ReturnType<typeof serve>>) {
    this.#server = server;
  }

  static async open(limits: HttpLimits): Promise<Target> {
    let target: Target | null = null;
    const api = apiOf([
      ...stateRoutes({
        status: () => statusOf(initialPool(READY), FACTS),
        plan: () => planDocumentOf(READY, DEFAULT_SETTINGS.memory, FACTS.flags),
        post: (input) => void target?.posted.push(input),
      }),
      ...problemRoutes(),
      { method: "GET", path: "/private", access: "private", answer: () => new Response(PRIVATE) },
      {
        method: "GET",
        path: "/files/{name}",
        access: "private",
        answer: (asked) => target?.file(asked) ?? problem(404, "No."),
      },
    ]);
    const server = await serve({ hostname: "127.0.0.1", port: 0 }, api, limits);
    return target = new Target(server);
  }

  file({ request, parameters: { name } }: Parameters<Route["answer"]>[0]): Promise<Response> | Response {
    if (name !== "a.txt") return problem(404, "There is no such file.");
    this.opened++;
    return fileAnswer(request, {
      name,
      file: {
        ...{ bytes: TEXT.length, modifiedMs: 0, identity: "a" },
        read: (from, bytes) => Promise.resolve(TEXT.subarray(from, from + bytes)),
        close: () => {
          this.opened--;
          return Promise.resolve();
        },
      },
    });
  }

  /** All that comes back until the connection is closed; it is not closed from this side. */
  async say(bytes: Uint8Array | string): Promise<string> {
    using connection = await Deno.connect({ hostname: "127.0.0.1", port: this.#server.port });
    const all = typeof bytes === "string" ? new TextEncoder().encode(bytes) : bytes;
    const sending = (async () => {
      for (let sent = 0; sent < all.length;) sent += await connection.write(all.subarray(sent));
    })().catch(() => {});
    let heard = "";
    const buffer = new Uint8Array(65_536);
    for (;;) {
      const length = await connection.read(buffer).catch(() => null);
      if (length === null) break;
      heard += new TextDecoder("latin1").decode(buffer.subarray(0, length));
    }
    await sending;
    return heard;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.stop();
  }
}

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
