import assert from "node:assert/strict";
import { hasActiveContext, stopActiveContext } from "../../src/gateway/context.ts";
import { dialer } from "../../src/runtime/net.ts";
import { answering, contextAnswers } from "../fakes/py4j_answers.ts";
import { FakePy4jServer } from "../fakes/py4j_server.ts";

const signal = new AbortController().signal;

/** The commands a gateway got, without the secret, and how many objects were released. */
function doings({ requests }: FakePy4jServer): { calls: string[]; released: string[] } {
  const lines = requests.map((request) => request.join(" ")).slice(1);
  return {
    calls: lines.filter((line) => !line.startsWith("m d ")),
    released: lines.filter((line) => line.startsWith("m d ")).map((line) => line.slice("m d ".length)).sort(),
  };
}

const LOOK = ["r m org.apache.spark.SparkContext$ MODULE$", "c o910 getActive", "c o911 isDefined"];

Deno.test("hasActiveContext() looks, stops nothing and leaves no object behind", async () => {
  for (const active of [true, false]) {
    await using server = new FakePy4jServer(answering(contextAnswers(active)));
    assert.equal(
      await hasActiveContext({ dialer, signal, port: server.port, secret: server.secret }),
      active,
    );
    assert.deepEqual(doings(server), {
      calls: active ? [...LOOK, "c o911 get"] : LOOK,
      released: active ? ["o910", "o911", "o912"] : ["o910", "o911"],
    });
    await server.allClosed();
  }
});

Deno.test("stopActiveContext() stops the context that is there", async () => {
  for (const active of [true, false]) {
    await using server = new FakePy4jServer(answering(contextAnswers(active)));
    await stopActiveContext({ dialer, signal, port: server.port, secret: server.secret });
    const { calls, released } = doings(server);
    assert.deepEqual(calls, active ? [...LOOK, "c o911 get", "c o912 stop"] : LOOK);
    assert.equal(released.length, active ? 3 : 2);
    await server.allClosed();
  }
});

Deno.test("stopActiveContext() tells of a context that does not stop, and releases it all the same", async () => {
  await using server = new FakePy4jServer(
    answering({ ...contextAnswers(true), "c o912 stop": "!xsjava.lang.IllegalStateException: no" }),
  );
  const { port, secret } = server;
  await assert.rejects(stopActiveContext({ dialer, signal, port, secret }), /IllegalStateException: no/);
  assert.deepEqual(doings(server).released, ["o910", "o911", "o912"]);
  await server.allClosed();
});
