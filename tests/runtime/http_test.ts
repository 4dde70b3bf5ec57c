import assert from "node:assert/strict";
import { type Handler, type HttpServer, ListenFailure, serve } from "../../src/runtime/http.ts";

const LOOPBACK = { hostname: "127.0.0.1", port: 0 } as const;
const LONG_MS = 3_600_000;

Deno.test("serve() answers, and stop() gives the port back", async () => {
  const server = await serve(LOOPBACK, (request) => new Response(new URL(request.url).pathname));
  assert.equal(await (await get(server, "/livez")).text(), "/livez");
  await server.stop();
  await server.stop();
  const again = await serve({ ...LOOPBACK, port: server.port }, () => new Response());
  await again.stop();
});

Deno.test("serve() tells an address in use from one that is not this machine's", async () => {
  const server = await serve(LOOPBACK, () => new Response());
  const { port } = server;
  for (
    const [address, kind, message] of [
      [
        { ...LOOPBACK, port },
        "inUse",
        new RegExp(`^Could not listen on 127\\.0\\.0\\.1:${port}: .*EADDRINUSE`),
      ],
      [{ hostname: "192.0.2.1", port: 0 }, "notAvailable", /^Could not listen on 192\.0\.2\.1:0: /],
      [{ hostname: "not a name", port: 0 }, "other", /^Could not listen on not a name:0: /],
    ] as const
  ) {
    await assert.rejects(serve(address, () => new Response()), (error) => {
      assert.ok(error instanceof ListenFailure);
      assert.equal(error.kind, kind);
      assert.match(error.message, message);
      return true;
    });
  }
  await server.stop();
});

Deno.test("serve() listens where it is told, whatever the environment says", async () => {
  const decoy = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = decoy.addr as Deno.NetAddr;
  decoy.close();
  Deno.env.set("DENO_SERVE_ADDRESS", `tcp:127.0.0.1:${port}`);
  const server = await serve(LOOPBACK, () => new Response());
  try {
    assert.notEqual(server.port, port);
    assert.equal(Deno.env.get("DENO_SERVE_ADDRESS"), undefined);
  } finally {
    Deno.env.delete("DENO_SERVE_ADDRESS");
    await server.stop();
  }
});

Deno.test("serve() sends bodies as they are, whatever the environment says", async () => {
  Deno.env.set("DENO_SERVE_AUTOMATIC_COMPRESSION", "1");
  const server = await serve(LOOPBACK, () => new Response("text ".repeat(10_000)));
  try {
    const response = await get(server, "/", { headers: { "accept-encoding": "gzip" } });
    assert.equal(response.headers.get("content-length"), "50000");
    assert.equal((await response.text()).length, 50_000);
  } finally {
    Deno.env.delete("DENO_SERVE_AUTOMATIC_COMPRESSION");
    await server.stop();
  }
});

Deno.test("stop() waits for an answer under way, and refuses new requests meanwhile", async () => {
  const asked = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  const server = await serve(LOOPBACK, async () => {
    asked.resolve();
    await gate.promise;
    return new Response("x".repeat(2 ** 22));
  });
  const answer = get(server, "/slow").then((response) => response.text());
  await asked.promise;
  const stopped = server.stop(LONG_MS);
  const refused = await get(server, "/late");
  await refused.body?.cancel();
  assert.equal(refused.status, 503);
  gate.resolve();
  await stopped;
  assert.equal((await answer).length, 2 ** 22);
});

Deno.test("stop() tells streams to end, and their last words arrive", async () => {
  const server = await serve(LOOPBACK, (_request, { closing }) =>
    streaming((controller) => {
      closing.addEventListener("abort", () => {
        controller.enqueue(new TextEncoder().encode("bye"));
        controller.close();
      });
    }));
  const reader = await openStream(server);
  const [rest] = await Promise.all([reader.read(), server.stop(LONG_MS)]);
  assert.equal(new TextDecoder().decode(rest.value), "bye");
  assert.equal((await reader.read()).done, true);
});

Deno.test("stop() cuts streams that do not end", async () => {
  const cancelled = Promise.withResolvers<void>();
  const server = await serve(LOOPBACK, () => streaming(() => {}, () => cancelled.resolve()));
  const reader = await openStream(server);
  await server.stop(10);
  await cancelled.promise;
  await assert.rejects(reader.read());
});

Deno.test("stop() cuts an answer that never comes", async () => {
  const asked = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  const server = await serve(LOOPBACK, async () => {
    asked.resolve();
    await gate.promise;
    return new Response();
  });
  const answer = assert.rejects(get(server, "/"));
  await asked.promise;
  await server.stop(10);
  await answer;
  gate.resolve();
});

Deno.test("stop() does not wait for clients that are connected and ask nothing", async () => {
  const server = await serve(LOOPBACK, () => new Response("answer"));
  const conn = await Deno.connect({ hostname: "127.0.0.1", port: server.port });
  await conn.write(new TextEncoder().encode("GET / HTTP/1.1\r\nhost: a\r\n\r\nGET /half"));
  await conn.read(new Uint8Array(1000));
  await server.stop(LONG_MS);
  conn.close();
});

function get(server: HttpServer, path: string, init?: RequestInit): Promise<Response> {
  return fetch(`http://127.0.0.1:${server.port}${path}`, init);
}

function streaming(
  start: (controller: ReadableStreamDefaultController<Uint8Array>) => void,
  cancel: () => void = () => {},
): ReturnType<Handler> {
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    start(controller) {
      controller.enqueue(new TextEncoder().encode("hello"));
      start(controller);
    },
    cancel,
  });
  return new Response(body, { headers: { "content-type": "text/event-stream" } });
}

async function openStream(server: HttpServer): Promise<ReadableStreamDefaultReader<Uint8Array>> {
  const reader = (await get(server, "/stream")).body?.getReader();
  assert.ok(reader);
  assert.equal(new TextDecoder().decode((await reader.read()).value), "hello");
  return reader;
}
