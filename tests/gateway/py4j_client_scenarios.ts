/**
 * What a gateway does for a client: run against the fake and against real PySpark, so that the fake cannot drift
 * from what it stands for.
 * @module
 */

import assert from "node:assert/strict";
import fc from "fast-check";
import { Py4jClient } from "../../src/gateway/py4j.ts";
import {
  Py4jAuthError,
  Py4jConnectionLost,
  Py4jJavaError,
  Py4jProtocolError,
} from "../../src/gateway/py4j_error.ts";
import { asReference, type JavaReference } from "../../src/gateway/py4j_value.ts";
import { ReferenceScope } from "../../src/gateway/reference_scope.ts";
import { dialer } from "../../src/runtime/net.ts";
import { javaValue } from "./java_values.ts";
import type { Gateway, Scenario } from "./py4j_scenarios.ts";

const signal = new AbortController().signal;
const SERVER: JavaReference = { id: "GATEWAY_SERVER", shape: "object" };

/** What is asked, and answered. The last one ends the gateway. */
export const clientScenarios: readonly Scenario[] = [
  {
    name: "refuses a client with a wrong secret",
    run: async ({ port }) => {
      const error = await connect({ port, secret: "mistaken" }).catch((error) => error);
      assert.ok(error instanceof Py4jAuthError);
      assert.doesNotMatch(Deno.inspect(error), /mistaken/);
    },
  },
  {
    name: "answers a heartbeat with a long",
    run: withClient(async (client) => {
      assert.equal(typeof await client.call("java.lang.System", "currentTimeMillis", { signal }), "bigint");
    }),
  },
  {
    name: "tells heap figures, through references that are released",
    run: withClient(async (client) => {
      const before = await objectCount(client);
      const runtime = asReference(await client.call("java.lang.Runtime", "getRuntime", { signal }));
      assert.ok(Number(await client.call(runtime, "totalMemory", { signal })) > 0);
      assert.equal(typeof await client.call(runtime, "availableProcessors", { signal }), "number");
      assert.equal(await objectCount(client), before + 1);
      await client.release(runtime, { signal });
      await client.release(runtime, { signal });
      assert.equal(await objectCount(client), before);
      await assert.rejects(
        client.call(runtime, "totalMemory", { signal }),
        javaError(/^py4j\.Py4JException: Target Ob/),
      );
    }),
  },
  {
    name: "tells a flag of its JVM, and keeps nothing of the way there",
    run: withClient(async (client) => {
      const before = await objectCount(client);
      {
        await using scope = new ReferenceScope(client, { signal });
        const type = scope.keep(
          await client.classOf("com.sun.management.HotSpotDiagnosticMXBean", { signal }),
        );
        const factory = "java.lang.management.ManagementFactory";
        const bean = scope.keep(await client.call(factory, "getPlatformMXBean", { signal, args: [type] }));
        const option = scope.keep(await client.call(bean, "getVMOption", { signal, args: ["MaxHeapSize"] }));
        assert.match(String(await client.call(option, "getValue", { signal })), /^\d+$/);
        assert.equal(await objectCount(client), before + 3);
      }
      assert.equal(await objectCount(client), before);
    }),
  },
  {
    name: "gives back every value it was passed",
    run: withClient(async (client) => {
      await using scope = new ReferenceScope(client, { signal });
      const list = scope.keep(await client.construct("java.util.ArrayList", { signal }));
      assert.equal(list.shape, "list");
      await client.call(list, "add", { signal, args: [null] });
      await fc.assert(fc.asyncProperty(javaValue, async ({ argument, value }) => {
        await client.call(list, "set", { signal, args: [0, argument] });
        assert.deepEqual(await client.call(list, "get", { signal, args: [0] }), value);
      }));
      assert.equal(await client.call(list, "clear", { signal }), null);
    }),
  },
  {
    name: "answers with a stack trace what Java throws, and the exception is released",
    run: withClient(async (client) => {
      const before = await objectCount(client);
      const list = await client.construct("java.util.ArrayList", { signal });
      const error = await client.call(list, "get", { signal, args: [9] }).catch((error) => error);
      assert.ok(error instanceof Py4jJavaError);
      assert.equal(error.message, "java.lang.IndexOutOfBoundsException: Index 9 out of bounds for length 0");
      assert.match(error.trace, /^java\.lang\.IndexOutOfBoundsException: .*\n\tat /);
      await client.release(list, { signal });
      assert.equal(await objectCount(client), before);
    }),
  },
  {
    name: "answers with an error what py4j cannot do, and goes on",
    run: withClient(async (client) => {
      await assert.rejects(
        client.call("java.lang.System", "nope", { signal }),
        javaError(/^py4j.*Method nope\(\[\]\) does/),
      );
      await assert.rejects(
        client.construct("no.Such", { signal }),
        javaError(/ClassNotFoundException: no\.Such/),
      );
      await assert.rejects(
        client.classOf("no.Such", { signal }),
        javaError(/^The class no\.Such does not exist/),
      );
      await assert.rejects(
        client.staticField("java.lang.Integer", "NOPE", { signal }),
        javaError(/^Java has no such/),
      );
      await assert.rejects(
        client.staticField("java.lang.Integer", "parseInt", { signal }),
        javaError(/"method"/),
      );
      assert.equal(await client.staticField("java.lang.Integer", "MAX_VALUE", { signal }), 2147483647);
      assert.equal(await client.findClass("java.util.ArrayList", { signal }), "java.util.ArrayList");
      assert.equal(await client.findClass("no.Such", { signal }), null);
      assert.equal(client.closed, false);
    }),
  },
  {
    name: "prints the stack trace of an exception object",
    run: withClient(async (client) => {
      await using scope = new ReferenceScope(client, { signal });
      const args = ["one\ntwo"];
      const exception = scope.keep(await client.construct("java.lang.RuntimeException", { signal, args }));
      const text = await client.exceptionText(exception, { signal });
      assert.match(text, /^java\.lang\.RuntimeException: one\ntwo\n\tat /);
    }),
  },
  {
    name: "tells a field, and closes the connection over the field of a lost object",
    run: withClient(async (client) => {
      const reader = await client.construct("java.io.StringReader", { signal, args: ["x"] });
      const tokenizer = await client.construct("java.io.StreamTokenizer", { signal, args: [reader] });
      assert.equal(await client.field(tokenizer, "ttype", { signal }), -4);
      await assert.rejects(client.field(tokenizer, "nope", { signal }), javaError(/"no-member"/));
      await client.release(reader, { signal });
      await client.release(tokenizer, { signal });
      await assert.rejects(client.field(tokenizer, "ttype", { signal }), javaError(/NullPointerException/));
      assert.equal(client.closed, true);
      await assert.rejects(client.findClass("no.Such", { signal }), Py4jConnectionLost);
    }),
  },
  {
    name: "answers calls made at the same time, each its own",
    run: withClient(async (client) => {
      const parse = (text: string) => client.call("java.lang.Integer", "parseInt", { signal, args: [text] });
      const [first, second, third] = await Promise.allSettled([parse("1"), parse("two"), parse("3")]);
      assert.deepEqual(first, { status: "fulfilled", value: 1 });
      assert.match(String(second?.status === "rejected" && second.reason), /NumberFormatException/);
      assert.deepEqual(third, { status: "fulfilled", value: 3 });
    }),
  },
  {
    name: "goes on with a call whose client has given up, for other clients to see",
    run: withClient(async (client, gateway) => {
      using other = await connect(gateway);
      const semaphore = await client.construct("java.util.concurrent.Semaphore", { signal, args: [0] });
      const givingUp = new AbortController();
      const acquiring = client.call(semaphore, "acquire", { signal: givingUp.signal }).catch((error) =>
        error
      );
      while (!await other.call(semaphore, "hasQueuedThreads", { signal }));
      givingUp.abort("enough");
      assert.equal(await acquiring, "enough");
      assert.equal(client.closed, true);
      assert.equal(await other.call(semaphore, "hasQueuedThreads", { signal }), true);
      await other.call(semaphore, "release", { signal });
      await other.release(semaphore, { signal });
    }),
  },
  {
    name: "carries a long text both ways, but not to a client that refuses it",
    run: async (gateway) => {
      const text = "äß\r\n\\".repeat(2 ** 17);
      using patient = await connect(gateway, { maxLineBytes: 2 ** 24 });
      using strict = await connect(gateway, { maxLineBytes: 2 ** 10 });
      const list = await patient.construct("java.util.ArrayList", { signal });
      await patient.call(list, "add", { signal, args: [text] });
      assert.equal(await patient.call(list, "get", { signal, args: [0] }), text);
      await assert.rejects(strict.call(list, "get", { signal, args: [0] }), Py4jProtocolError);
      assert.equal(strict.closed, true);
      await patient.release(list, { signal });
    },
  },
  {
    name: "ends the connection without an answer when its JVM ends, and is reached no more",
    run: withClient(async (client, gateway) => {
      const runtime = asReference(await client.call("java.lang.Runtime", "getRuntime", { signal }));
      await assert.rejects(client.call(runtime, "halt", { signal, args: [3] }), Py4jConnectionLost);
      assert.equal(client.closed, true);
      await assert.rejects(connect(gateway), Py4jConnectionLost);
    }),
  },
];

function connect(gateway: Gateway, options: { readonly maxLineBytes?: number } = {}): Promise<Py4jClient> {
  return Py4jClient.connect({ dialer, signal, ...gateway, ...options });
}

function withClient(body: (client: Py4jClient, gateway: Gateway) => Promise<void>): Scenario["run"] {
  return async (gateway) => {
    using client = await connect(gateway);
    await body(client, gateway);
  };
}

/** How many objects the gateway holds, not counting those made to ask for it. */
async function objectCount(client: Py4jClient): Promise<number> {
  await using scope = new ReferenceScope(client, { signal });
  const gateway = scope.keep(await client.call(SERVER, "getGateway", { signal }));
  const bindings = scope.keep(await client.call(gateway, "getBindings", { signal }));
  return Number(await client.call(bindings, "size", { signal }));
}

function javaError(message: RegExp): { readonly name: string; readonly message: RegExp } {
  return { name: "Py4jJavaError", message };
}
