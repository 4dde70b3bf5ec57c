import assert from "node:assert/strict";
import { Py4jClient } from "../../src/gateway/py4j.ts";
import { Py4jConnectionLost } from "../../src/gateway/py4j_error.ts";
import type { JavaReference } from "../../src/gateway/py4j_value.ts";
import { ReferenceScope } from "../../src/gateway/reference_scope.ts";
import { dialer } from "../../src/runtime/net.ts";
import { FakePy4jServer } from "../fakes/py4j_server.ts";

const signal = new AbortController().signal;

function connect({ port, secret }: FakePy4jServer): Promise<Py4jClient> {
  return Py4jClient.connect({ dialer, port, secret, signal });
}

Deno.test("a scope releases what it kept, the last first, when its work fails", async () => {
  await using server = new FakePy4jServer();
  using client = await connect(server);
  const kept: JavaReference[] = [];
  await assert.rejects(async () => {
    await using scope = new ReferenceScope(client, { signal });
    kept.push(scope.keep(await client.construct("java.util.ArrayList", { signal })));
    kept.push(scope.keep(await client.construct("java.util.ArrayList", { signal })));
    scope.keep(await client.call("java.lang.System", "currentTimeMillis", { signal }));
  }, TypeError);
  const released = server.requests.filter(([letter]) => letter === "m").map(([, , id]) => id);
  assert.deepEqual(released, kept.toReversed().map(({ id }) => id));
});

Deno.test("a scope does not hide why its work failed when the connection is lost", async () => {
  await using server = new FakePy4jServer();
  using client = await connect(server);
  await assert.rejects(async () => {
    await using scope = new ReferenceScope(client, { signal });
    const runtime = scope.keep(await client.call("java.lang.Runtime", "getRuntime", { signal }));
    await client.call(runtime, "halt", { signal });
  }, Py4jConnectionLost);
});
