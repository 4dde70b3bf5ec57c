import assert from "node:assert/strict";
import { FLAG_OF } from "../../src/core/memory/region.ts";
import { attach } from "../../src/gateway/attach.ts";
import { dialer } from "../../src/runtime/net.ts";
import { answering, fileAnswers } from "../fakes/py4j_answers.ts";
import { FakePy4jServer } from "../fakes/py4j_server.ts";

const signal = new AbortController().signal;
const SCRATCH = "/tmp/rekindle-x";

/** Every flag that is read back, as the fake has it: 2^30, of which HotSpot means KiB in one. */
const READ_BACK: Readonly<Record<string, number>> = {
  ...Object.fromEntries(Object.values(FLAG_OF).map((name) => [name, 2 ** 30])),
  [FLAG_OF.stack]: 2 ** 40,
};
const UNREAD = Object.fromEntries(Object.keys(READ_BACK).map((name) => [name, null]));

/** Attaches to a fake gateway. */
function attachTo({ port, secret }: FakePy4jServer, scratch: string | null = SCRATCH) {
  return attach({ dialer, port, secret, scratch, signal });
}

Deno.test("attach() has the JVM remove its scratch folder, and reads the flags back", async () => {
  await using server = new FakePy4jServer(answering(fileAnswers(SCRATCH)));
  assert.deepEqual(await attachTo(server), READ_BACK);
  const lines = server.requests.map((request) => request.join(" "));
  assert.deepEqual(lines.slice(0, 5), [
    `A ${server.secret}`,
    "c z:java.lang.System currentTimeMillis",
    `i java.io.File s${SCRATCH}`,
    "c o900 deleteOnExit",
    "m d o900",
  ]);
  assert.equal(server.jvm.objectCount, 0);
  await server.allClosed();
});

Deno.test("attach() leaves out the folder where there is none", async () => {
  await using server = new FakePy4jServer();
  await attachTo(server, null);
  assert.ok(server.requests.every(([letter]) => letter !== "i"));
});

Deno.test("attach() takes a gateway whose flags cannot be read", async () => {
  const classOf = "r c com.sun.management.HotSpotDiagnosticMXBean";
  await using server = new FakePy4jServer(answering({ [classOf]: "!xsThe class does not exist." }));
  assert.deepEqual(await attachTo(server, null), UNREAD);
});

Deno.test("attach() keeps the flags it could read", async () => {
  await using server = new FakePy4jServer({
    deliver: (line, request) => ({
      pieces: [request.join(" ").endsWith("getVMOption sMaxDirectMemorySize") ? "!xsno\n" : `${line}\n`],
    }),
  });
  assert.deepEqual(await attachTo(server, null), { ...UNREAD, MaxHeapSize: 2 ** 30 });
  // Its answer was withheld, so nobody could release it.
  assert.equal(server.jvm.objectCount, 1);
});

Deno.test("attach() refuses a gateway that does not run Java code", async () => {
  const call = "c z:java.lang.System currentTimeMillis";
  await using server = new FakePy4jServer(answering({ [call]: "!xsjava.lang.OutOfMemoryError" }));
  await assert.rejects(attachTo(server), /OutOfMemoryError/);
  await server.allClosed();
});

Deno.test("attach() ends when it is told to, without a connection left", async () => {
  await using server = new FakePy4jServer({ deliver: () => ({ pieces: [] }) });
  const stop = new AbortController();
  const { port, secret } = server;
  const attaching = attach({ dialer, port, secret, scratch: null, signal: stop.signal });
  await server.received(1);
  stop.abort(new Error("no longer wanted"));
  await assert.rejects(attaching, /no longer wanted/);
  await server.allClosed();
});
