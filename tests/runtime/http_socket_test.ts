import assert from "node:assert/strict";
import { join } from "@std/path";
import { ask } from "../../src/runtime/http_client.ts";
import { serveSocket } from "../../src/runtime/http_socket.ts";

async function withPath(test: (path: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "rekindle-test-" });
  try {
    await test(join(folder, "api.sock"));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const text = (response: Response) => response.text();

Deno.test("serveSocket() listens where only this user may connect, and removes the socket", () =>
  withPath(async (path) => {
    const server = serveSocket(path, (_, { entrance }) => new Response(entrance));
    assert.equal(((await Deno.stat(path)).mode ?? 0) & 0o777, 0o600);
    assert.equal(await ask("http://localhost/", { socket: path }, text), "socket");
    await server.stop();
    await server.stop();
    await assert.rejects(Deno.stat(path), Deno.errors.NotFound);
  }));

Deno.test("serveSocket() gives its handler the target and the body as the other listener does", () =>
  withPath(async (path) => {
    const echo = async (request: Request) =>
      new Response(`${request.url} ${request.body === null} ${await request.text()}`);
    const server = serveSocket(path, echo);
    const post = (target: string, init: RequestInit = {}) =>
      ask(`http://localhost${target}`, { method: "POST", ...init, socket: path }, text);
    assert.equal(await post("/a%20b?c=1", { body: "d" }), "http://localhost/a%20b?c=1 false d");
    assert.equal(await post("/a"), "http://localhost/a true ");
    const codeOf = (body: BodyInit) =>
      ask("http://localhost/", { method: "POST", body, socket: path }, async (response) => {
        await response.body?.cancel();
        return response.status;
      });
    assert.equal(await codeOf("a".repeat(65_537)), 413);
    assert.equal(await codeOf(new Blob(["a"]).stream()), 411);
    await server.stop();
  }));

Deno.test("serveSocket() shares its socket with no child: it is gone with this process", () =>
  withPath(async (path) => {
    const server = serveSocket(path, () => new Response());
    const child = new Deno.Command("ls", { args: ["-l", "/proc/self/fd"], stdout: "piped" });
    const { stdout } = await child.output();
    assert.doesNotMatch(new TextDecoder().decode(stdout), /socket:/);
    await server.stop();
  }));

Deno.test("stop() of a socket's server cuts streams that do not end", () =>
  withPath(async (path) => {
    const stream = () =>
      new ReadableStream<Uint8Array>({ start: (controller) => controller.enqueue(new Uint8Array([1])) });
    const server = serveSocket(path, () => new Response(stream()));
    await assert.rejects(ask("http://localhost/", { socket: path }, async (response) => {
      const reader = response.body?.getReader();
      await reader?.read();
      await server.stop(10);
      await reader?.read();
    }));
  }));
