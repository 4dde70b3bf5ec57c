import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import type { Connection } from "../../src/ports.ts";
import { dialer, loopback } from "../../src/runtime/net.ts";

const NEVER = new AbortController().signal;

Deno.test("dial() carries bytes both ways to the end of the stream", () =>
  withPeer(async (mine, peer) => {
    await mine.write(new TextEncoder().encode("question"));
    assert.equal(await readText(peer), "question");
    await peer.write(new TextEncoder().encode("answer"));
    const buffer = new Uint8Array(100);
    const count = await mine.read(buffer);
    assert.equal(new TextDecoder().decode(buffer.subarray(0, count ?? 0)), "answer");
    peer.closeWrite();
    assert.equal(await mine.read(buffer), null);
  }));

Deno.test("write() writes every byte, however slowly the peer reads", () =>
  withPeer(async (mine, peer) => {
    const bytes = crypto.getRandomValues(new Uint8Array(2 ** 16));
    const all = new Uint8Array(2 ** 23);
    for (let at = 0; at < all.length; at += bytes.length) all.set(bytes, at);
    const writing = mine.write(all).then(() => mine.close());
    const received = new Uint8Array(await new Response(readableOf(peer)).arrayBuffer());
    await writing;
    assert.equal(Buffer.compare(received, all), 0);
  }));

Deno.test("close() ends a pending read like the end of the stream, and may come again", () =>
  withPeer(async (mine) => {
    const reading = mine.read(new Uint8Array(1));
    mine.close();
    mine.close();
    assert.equal(await reading, null);
    assert.equal(await mine.read(new Uint8Array(1)), null);
    await assert.rejects(mine.write(new Uint8Array(1)));
  }));

Deno.test("close() ends a pending write with an error", () =>
  withPeer(async (mine, peer) => {
    const writing = mine.write(new Uint8Array(2 ** 25));
    // The peer has something, so the write is under way; it reads no more, so the write cannot end.
    await peer.read(new Uint8Array(1));
    mine.close();
    await assert.rejects(writing);
  }));

Deno.test("dial() says which port refused", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  listener.close();
  await assert.rejects(dialer.dial(port, NEVER), {
    name: "Error",
    message: new RegExp(`^Could not connect to 127\\.0\\.0\\.1:${port}: Connection refused`),
  });
});

Deno.test("dial() rejects with an Error when its signal is aborted", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  await assert.rejects(dialer.dial(port, AbortSignal.abort()), Error);
  listener.close();
});

Deno.test("listen() accepts connections of loopback, and both ends know their ports", async () => {
  const listener = loopback.listen(0);
  const accepting = listener.accept();
  const dialled = await loopback.dial(listener.port, NEVER);
  const accepted = await accepting;
  assert.ok(accepted !== null);
  assert.equal(accepted.localPort, listener.port);
  assert.equal(dialled.remotePort, listener.port);
  assert.equal(accepted.remotePort, dialled.localPort);
  await accepted.write(new TextEncoder().encode("hello"));
  const buffer = new Uint8Array(10);
  assert.equal(await dialled.read(buffer), 5);
  for (const each of [accepted, dialled]) each.close();
  listener.close();
});

Deno.test("accept() ends when the listener is closed, which may happen again, and connections live on", async () => {
  const listener = loopback.listen(0);
  const first = listener.accept();
  const dialled = await loopback.dial(listener.port, NEVER);
  const accepted = await first;
  const pending = listener.accept();
  listener.close();
  listener.close();
  assert.equal(await pending, null);
  assert.equal(await listener.accept(), null);
  await dialled.write(new Uint8Array(3));
  assert.equal(await accepted?.read(new Uint8Array(10)), 3);
  accepted?.close();
  dialled.close();
});

Deno.test("listen() says which port is in use", () => {
  const listener = loopback.listen(0);
  try {
    assert.throws(() => loopback.listen(listener.port), {
      name: "Error",
      message: new RegExp(`^Could not listen on 127\\.0\\.0\\.1:${listener.port}: Address already in use`),
    });
  } finally {
    listener.close();
  }
});

async function withPeer(test: (mine: Connection, peer: Deno.TcpConn) => Promise<void>): Promise<void> {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const accepting = listener.accept();
  const mine = await dialer.dial(listener.addr.port, NEVER);
  using peer = await accepting;
  try {
    await test(mine, peer);
  } finally {
    mine.close();
  }
}

async function readText(conn: Deno.TcpConn): Promise<string> {
  const buffer = new Uint8Array(100);
  return new TextDecoder().decode(buffer.subarray(0, await conn.read(buffer) ?? 0));
}

/** Small reads, and the connection is left to its owner to close. */
function readableOf(conn: Deno.TcpConn): ReadableStream<Uint8Array> {
  return new ReadableStream({
    async pull(controller) {
      const buffer = new Uint8Array(10_000);
      const count = await conn.read(buffer);
      if (count === null) controller.close();
      else controller.enqueue(buffer.subarray(0, count));
    },
  });
}
