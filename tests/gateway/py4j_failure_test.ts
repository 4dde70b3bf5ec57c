import assert from "node:assert/strict";
import { Py4jClient } from "../../src/gateway/py4j.ts";
import {
  Py4jAuthError,
  Py4jConnectionLost,
  Py4jJavaError,
  Py4jProtocolError,
} from "../../src/gateway/py4j_error.ts";
import type { Connection, Dialer } from "../../src/ports.ts";
import { dialer } from "../../src/runtime/net.ts";
import { type Delivery, FakePy4jServer } from "../fakes/py4j_server.ts";

const signal = new AbortController().signal;
const SILENCE: Delivery = { pieces: [] };

/** Delivers the replies to calls in another way, and everything else as it is. */
function toCalls(deliver: (line: string) => Delivery) {
  return {
    deliver: (line: string, [letter]: readonly string[]) =>
      letter === "c" ? deliver(line) : { pieces: [`${line}\n`] },
  };
}

/** Delivers the reply to the secret in another way. */
function toSecret(deliver: (secret: string) => Delivery) {
  return { deliver: (_: string, [, secret = ""]: readonly string[]) => deliver(secret) };
}

function connect(server: FakePy4jServer, options: Partial<Parameters<typeof Py4jClient.connect>[0]> = {}) {
  const { port, secret } = server;
  return Py4jClient.connect({ dialer, port, secret, signal, ...options });
}

function heartbeat(client: Py4jClient, until: AbortSignal = signal) {
  return client.call("java.lang.System", "currentTimeMillis", { signal: until });
}

/** How a promise rejects. */
function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then((value) => assert.fail(`resolved with ${Deno.inspect(value)}`), (error) => error);
}

Deno.test("a call survives a reply that comes byte by byte", async () => {
  const bytes = [...new TextEncoder().encode("!ysgrün\n")].map((byte) => Uint8Array.of(byte));
  await using server = new FakePy4jServer(toCalls(() => ({ pieces: bytes })));
  using client = await connect(server);
  assert.equal(await heartbeat(client), "grün");
});

for (
  const [what, pieces, message] of [
    ["before a reply", [], /it ended before a reply$/],
    ["inside a reply", ["!yL17"], /it ended inside a reply$/],
  ] as const
) {
  Deno.test(`a call fails when the connection ends ${what}, and so do later ones`, async () => {
    await using server = new FakePy4jServer(toCalls(() => ({ pieces, close: true })));
    using client = await connect(server);
    const waiting = failureOf(Promise.all([failureOf(heartbeat(client)), heartbeat(client)]));
    await assert.rejects(heartbeat(client), { name: "Py4jConnectionLost", message });
    assert.ok(await waiting instanceof Py4jConnectionLost);
    assert.equal(client.closed, true);
    assert.equal(server.requests.length, 2);
  });
}

for (
  const [what, pieces] of [
    ["never ends its line", endless()],
    ["says more than a reply", ["!yL1\n!yL2\n"]],
    ["begins a second reply", ["!yL1\n!"]],
    ["calls back", ["c\n"]],
    ["is no text", [Uint8Array.of(0x21, 0x79, 0x73, 0xff, 0x0a)]],
    ["is of an unknown type", ["!yq1\n"]],
  ] as const
) {
  Deno.test(`a call fails and closes the connection when the gateway ${what}`, async () => {
    await using server = new FakePy4jServer(toCalls(() => ({ pieces })));
    using client = await connect(server, { maxLineBytes: 1000 });
    await assert.rejects(heartbeat(client), Py4jProtocolError);
    await server.allClosed();
    await assert.rejects(heartbeat(client), Py4jConnectionLost);
  });
}

function* endless(): Generator<string> {
  while (true) yield "!".repeat(600);
}

Deno.test("a call given up under way fails with the reason, and takes the connection with it", async () => {
  await using server = new FakePy4jServer(toCalls(() => SILENCE));
  using client = await connect(server);
  const patience = new AbortController();
  const givenUp = failureOf(heartbeat(client, patience.signal));
  const waiting = failureOf(heartbeat(client));
  await server.received(2);
  patience.abort("late");
  assert.equal(await givenUp, "late");
  assert.match(String(await waiting), /^Py4jConnectionLost: .*given up$/);
  await server.allClosed();
  assert.equal(server.requests.length, 2);
});

Deno.test("a call given up before its turn is never made, and the connection lives on", async () => {
  await using server = new FakePy4jServer();
  using client = await connect(server);
  using other = await connect(server);
  const semaphore = await client.construct("java.util.concurrent.Semaphore", { signal, args: [0] });
  const acquiring = client.call(semaphore, "acquire", { signal });
  while (!await other.call(semaphore, "hasQueuedThreads", { signal }));
  const patience = new AbortController();
  const givenUp = failureOf(client.call("no.Such", "call", { signal: patience.signal }));
  const next = heartbeat(client);
  patience.abort("late");
  assert.equal(await givenUp, "late");
  assert.equal(await failureOf(heartbeat(client, AbortSignal.abort("never"))), "never");
  await other.call(semaphore, "release", { signal });
  assert.equal(await acquiring, null);
  assert.equal(typeof await next, "bigint");
  assert.equal(server.requests.some((request) => request.includes("z:no.Such")), false);
});

Deno.test("a call given up just as its turn comes ends too, at whatever moment that is", async () => {
  for (let moment = 0; moment < 20; moment++) {
    let calls = 0;
    await using server = new FakePy4jServer(
      toCalls((line) => calls++ === 0 ? { pieces: [`${line}\n`] } : SILENCE),
    );
    using client = await connect(server);
    const patience = new AbortController();
    const first = heartbeat(client);
    const second = failureOf(heartbeat(client, patience.signal));
    await first;
    for (let passed = 0; passed < moment; passed++) await Promise.resolve();
    patience.abort("late");
    assert.equal(await second, "late");
  }
});

Deno.test("a call leaves nothing behind on its signal", async () => {
  await using server = new FakePy4jServer();
  using client = await connect(server);
  const patience = new AbortController();
  const added: unknown[] = [];
  const removed: unknown[] = [];
  const { addEventListener, removeEventListener } = patience.signal;
  const spied = Object.assign(patience.signal, {
    addEventListener: (type: string, listener: () => void) => {
      added.push(listener);
      addEventListener.call(patience.signal, type, listener);
    },
    removeEventListener: (type: string, listener: () => void) => {
      removed.push(listener);
      removeEventListener.call(patience.signal, type, listener);
    },
  });
  await Promise.all([heartbeat(client, spied), heartbeat(client, spied)]);
  assert.deepEqual(new Set(removed), new Set(added));
  patience.abort();
  assert.equal(client.closed, false);
});

Deno.test("a call that cannot be sent fails before anything is", async () => {
  await using server = new FakePy4jServer();
  using client = await connect(server);
  await assert.rejects(client.call("a\nb", "m", { signal }), TypeError);
  await assert.rejects(client.call("C", "m", { signal, args: [2n ** 64n] }), TypeError);
  await assert.rejects(client.release({ id: "GATEWAY_SERVER", shape: "object" }, { signal }), TypeError);
  assert.equal(server.requests.length, 1);
  assert.equal(typeof await heartbeat(client), "bigint");
});

Deno.test("close() ends what is under way and what waits, and may come again", async () => {
  await using server = new FakePy4jServer(toCalls(() => SILENCE));
  using client = await connect(server);
  const calls = [failureOf(heartbeat(client)), failureOf(heartbeat(client))];
  await server.received(2);
  client.close();
  client.close();
  for (const error of await Promise.all(calls)) {
    assert.match(String(error), /^Py4jConnectionLost: .*closed on this side$/);
  }
  await server.allClosed();
});

for (const answer of ["!x", "!zsgone"]) {
  Deno.test(`an exception whose trace is answered ${answer} is an exception still`, async () => {
    await using server = new FakePy4jServer({
      deliver: (line, [letter]) => ({ pieces: [letter === "p" ? `${answer}\n` : `${line}\n`] }),
    });
    using client = await connect(server);
    const parsing = client.call("java.lang.Integer", "parseInt", { signal, args: ["x"] });
    assert.ok(await failureOf(parsing) instanceof Py4jJavaError);
    assert.equal(client.closed, answer !== "!x");
    assert.equal(server.jvm.objectCount, client.closed ? 1 : 0);
  });
}

for (
  const [what, answer, type] of [
    ["refuses it", (secret: string) => `!xsbad token ${secret}\n`, Py4jAuthError],
    ["does not know the command", (secret: string) => `!zsunknown ${secret}\n`, Py4jAuthError],
    ["answers with a value", (secret: string) => `!ys${secret}\n`, Py4jProtocolError],
    ["answers with a type that is none", (secret: string) => `!y?${secret}\n`, Py4jProtocolError],
    ["is no gateway", (secret: string) => `HTTP/1.1 400 ${secret}\r\n\r\n`, Py4jProtocolError],
    ["sends back what it gets", (secret: string) => `A${secret}\n`, Py4jProtocolError],
  ] as const
) {
  Deno.test(`connect() fails without naming the secret when the peer ${what}`, async () => {
    await using server = new FakePy4jServer(toSecret((secret) => ({ pieces: [answer(secret)] })));
    const error = await failureOf(connect(server));
    assert.ok(error instanceof type, String(error));
    assert.doesNotMatch(
      Deno.inspect(error, { depth: Infinity, showHidden: true }),
      new RegExp(server.secret),
    );
    await server.allClosed();
  });
}

Deno.test("connect() fails when the peer closes, and when nothing listens", async () => {
  await using server = new FakePy4jServer(toSecret(() => ({ pieces: [], close: true })));
  await assert.rejects(connect(server), Py4jConnectionLost);
  await server[Symbol.asyncDispose]();
  await assert.rejects(connect(server), { name: "Py4jConnectionLost", message: /Connection refused/ });
});

Deno.test("connect() can be given up, before it has connected and after", async () => {
  await using server = new FakePy4jServer(toSecret(() => SILENCE));
  assert.equal(await failureOf(connect(server, { signal: AbortSignal.abort("never") })), "never");
  const patience = new AbortController();
  const connecting = failureOf(connect(server, { signal: patience.signal }));
  await server.received(1);
  patience.abort("late");
  assert.equal(await connecting, "late");
  await server.allClosed();
});

Deno.test("connect() makes no connection to present a secret of two lines", async () => {
  const unused: Dialer = { dial: () => assert.fail("dialled") };
  await assert.rejects(Py4jClient.connect({ dialer: unused, port: 1, secret: "a\nb", signal }), TypeError);
});

Deno.test("a client does not show the secret", async () => {
  await using server = new FakePy4jServer();
  using client = await connect(server);
  const shown = Deno.inspect(client, { depth: Infinity, showHidden: true, getters: true });
  assert.doesNotMatch(shown, new RegExp(server.secret));
  assert.match(shown, /closed/);
});

Deno.test("a call whose request cannot be written ends when it is given up", async () => {
  const { promise: closed, resolve: close } = Promise.withResolvers<void>();
  const { promise: writing, resolve: write } = Promise.withResolvers<void>();
  const stuck: Connection = {
    read: (buffer) => Promise.resolve(new TextEncoder().encodeInto("!yv\n", buffer).written),
    write: async (bytes) => {
      if (bytes[0] === "A".charCodeAt(0)) return;
      write();
      await closed;
      throw new Error("interrupted");
    },
    close,
  };
  using client = await Py4jClient.connect({
    dialer: { dial: () => Promise.resolve(stuck) },
    port: 1,
    secret: "s",
    signal,
  });
  const patience = new AbortController();
  const calling = failureOf(heartbeat(client, patience.signal));
  await writing;
  patience.abort("late");
  assert.equal(await calling, "late");
});
