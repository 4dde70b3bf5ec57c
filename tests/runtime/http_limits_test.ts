import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import { HTTP_LIMITS, serve } from "../../src/runtime/http.ts";
import type { HttpLimits, HttpServer } from "../../src/runtime/http.ts";

const LOOPBACK = { hostname: "127.0.0.1", port: 0 } as const;
/** Nothing is asserted on how long they take. */
const HASTY: HttpLimits = { ...HTTP_LIMITS, headTimeoutMs: 300, requestTimeoutMs: 400, idleTimeoutMs: 300 };

async function withServer(limits: HttpLimits, test: (server: HttpServer) => Promise<void>): Promise<void> {
  const echo = async (request: Request) => new Response(`${request.url} ${(await request.text()).length}`);
  const server = await serve(LOOPBACK, echo, limits);
  try {
    await test(server);
  } finally {
    await server.stop();
  }
}

/** What comes back to these bytes until the server closes the connection. */
async function said({ port }: HttpServer, text: string): Promise<string> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  await connection.write(new TextEncoder().encode(text));
  let heard = "";
  const buffer = new Uint8Array(4096);
  for (;;) {
    const length = await connection.read(buffer).catch(() => null);
    if (length === null) return heard;
    heard += new TextDecoder().decode(buffer.subarray(0, length));
  }
}

for (
  const [what, text, answer] of [
    ["says nothing", "", /^HTTP\/1\.1 408 /],
    ["does not end its headers", "GET / HTTP/1.1\r\nHost: a\r\nX-A: ", /^HTTP\/1\.1 408 /],
    [
      "does not end its body",
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nab",
      /^HTTP\/1\.1 408 /,
    ],
    ["asks no second time", "GET /a HTTP/1.1\r\nHost: a\r\n\r\n", /^HTTP\/1\.1 200 OK[^]*\/a 0$/],
  ] as const
) {
  Deno.test(`serve() closes the connection of who ${what}`, () =>
    withServer(HASTY, async (server) => assert.match(await said(server, text), answer)));
}

const POST = "POST / HTTP/1.1\r\nHost: a\r\n";
const LAST = "Connection: close\r\n\r\n";

for (
  const [what, text, status] of [
    ["a head that is too large", `GET / HTTP/1.1\r\nHost: a\r\nX-A: ${"a".repeat(17_000)}\r\n\r\n`, 431],
    ["a body that is announced as too large", `${POST}Content-Length: 65537\r\n${LAST}`, 413],
    [
      "a body that turns out too large",
      `${POST}Transfer-Encoding: chunked\r\n${LAST}10001\r\n${"a".repeat(0x10001)}\r\n0\r\n\r\n`,
      413,
    ],
    ["two hosts", `GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n${LAST}`, 400],
    ["no host", `GET / HTTP/1.1\r\n${LAST}`, 400],
    [
      "two authorizations",
      `GET / HTTP/1.1\r\nHost: a\r\nAuthorization: b\r\nAuthorization: c\r\n${LAST}`,
      400,
    ],
    ["another origin in its target", `GET http://evil.example/ HTTP/1.1\r\nHost: a\r\n${LAST}`, 400],
    ["a target that goes up", `GET /a/../b HTTP/1.1\r\nHost: a\r\n${LAST}`, 400],
    ["a target that goes up in disguise", `GET /a/%2e%2e/b HTTP/1.1\r\nHost: a\r\n${LAST}`, 400],
    ["a backslash in its target", `GET /a\\b HTTP/1.1\r\nHost: a\r\n${LAST}`, 400],
    ["a target that is none", `OPTIONS * HTTP/1.1\r\nHost: a\r\n${LAST}`, 400],
    ["TRACE", `TRACE / HTTP/1.1\r\nHost: a\r\n${LAST}`, 501],
    ["two lengths", `${POST}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n${LAST}`, 400],
  ] as const
) {
  Deno.test(`serve() answers ${status} to ${what}`, () =>
    withServer(
      HTTP_LIMITS,
      async (server) => assert.match(await said(server, text), new RegExp(`^HTTP/1\\.1 ${status} `)),
    ));
}

Deno.test("serve() gives its handler a body as large as is allowed, and the target as it was written", () =>
  withServer(HTTP_LIMITS, async (server) => {
    const body = "a".repeat(65_536);
    const response = await fetch(`http://127.0.0.1:${server.port}/a%20b?c=%ff`, { method: "POST", body });
    assert.equal(await response.text(), "http://localhost/a%20b?c=%ff 65536");
  }));

Deno.test("serve() closes connections beyond the limit, and takes new ones when others have left", () =>
  withServer({ ...HTTP_LIMITS, connections: 2 }, async (server) => {
    const held = [];
    for (let count = 0; count < 2; count++) {
      const connection = await Deno.connect({ hostname: "127.0.0.1", port: server.port });
      await connection.write(new TextEncoder().encode("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
      await connection.read(new Uint8Array(1000));
      held.push(connection);
    }
    assert.equal(await said(server, `GET / HTTP/1.1\r\nHost: a\r\n${LAST}`), "");
    for (const connection of held) connection.close();
    let answer = "";
    while (answer === "") answer = await said(server, `GET / HTTP/1.1\r\nHost: a\r\n${LAST}`).catch(() => "");
    assert.match(answer, /^HTTP\/1\.1 200 /);
  }));

Deno.test("serve() cancels a stream whose reader has left", async () => {
  const cancelled = Promise.withResolvers<void>();
  const body = () =>
    new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(new Uint8Array([1])),
      cancel: () => cancelled.resolve(),
    });
  const server = await serve(LOOPBACK, () => new Response(body()));
  const connection = await Deno.connect({ hostname: "127.0.0.1", port: server.port });
  await connection.write(new TextEncoder().encode("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
  await connection.read(new Uint8Array(1000));
  connection.close();
  await cancelled.promise;
  await server.stop();
});

Deno.test("serve() takes from a stream no faster than it is read", async () => {
  const left = Promise.withResolvers<void>();
  let pulled = 0;
  const stream = () =>
    new ReadableStream<Uint8Array>({
      pull(controller) {
        pulled += 2 ** 16;
        controller.enqueue(new Uint8Array(2 ** 16));
      },
      cancel: () => left.resolve(),
    });
  const server = await serve(LOOPBACK, () => new Response(stream()));
  const connection = await Deno.connect({ hostname: "127.0.0.1", port: server.port });
  await connection.write(new TextEncoder().encode("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
  // The kernel's buffers fill up, and then nothing is taken any more.
  for (let before = -1; before !== pulled;) {
    before = pulled;
    for (let turn = 0; turn < 1000; turn++) await setImmediate();
  }
  assert.ok(pulled > 0 && pulled < 2 ** 25, `${pulled} bytes`);
  connection.close();
  await left.promise;
  await server.stop();
});

Deno.test("serve() shares neither its listener nor a connection with a child", () =>
  withServer(HTTP_LIMITS, async ({ port }) => {
    using connection = await Deno.connect({ hostname: "127.0.0.1", port });
    await connection.write(new TextEncoder().encode("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
    await connection.read(new Uint8Array(1000));
    const { stdout } = await new Deno.Command("ls", { args: ["-l", "/proc/self/fd"] }).output();
    assert.doesNotMatch(new TextDecoder().decode(stdout), /socket:/);
  }));
