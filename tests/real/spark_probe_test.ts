import { deepStrictEqual, match, notStrictEqual, ok, strictEqual } from "node:assert/strict";
import { Py4jClient } from "../../src/gateway/py4j.ts";
import type { JavaReference } from "../../src/gateway/py4j_value.ts";
import { ReferenceScope } from "../../src/gateway/reference_scope.ts";
import { SparkProbe } from "../../src/gateway/spark_probe.ts";
import { dialer } from "../../src/runtime/net.ts";
import { PlainGateway } from "./plain_gateway.ts";
import { until } from "./rekindle.ts";
import { sparkInstallations } from "./spark_installations.ts";

const signal = new AbortController().signal;
const NO_CONTEXT = {
  contextActive: false,
  schedulerAlive: null,
  driverMemory: null,
  uiUrl: null,
  folders: [],
  deadlocked: [],
};

/** Makes a context as PySpark does; the object that a program would hold. */
async function startContext(client: Py4jClient): Promise<JavaReference> {
  await using scope = new ReferenceScope(client, { signal });
  const conf = scope.keep(await client.construct("org.apache.spark.SparkConf", { signal }));
  const settings = {
    "spark.master": "local[1]",
    "spark.app.name": "probe",
    "spark.ui.enabled": "false",
    "spark.driver.memory": "3g",
  };
  for (const setting of Object.entries(settings)) {
    scope.keep(await client.call(conf, "set", { args: setting, signal }));
  }
  return await client.construct("org.apache.spark.api.java.JavaSparkContext", { args: [conf], signal });
}

/** Ends the thread of that name as an error would, which Java lets nobody do from version 20 on. */
async function endThread(client: Py4jClient, name: string): Promise<void> {
  await using scope = new ReferenceScope(client, { signal });
  const traces = scope.keep(await client.call("java.lang.Thread", "getAllStackTraces", { signal }));
  const set = scope.keep(await client.call(traces, "keySet", { signal }));
  const threads = scope.keep(await client.construct("java.util.ArrayList", { args: [set], signal }));
  const count = Number(await client.call(threads, "size", { signal }));
  for (let index = 0; index < count; index++) {
    const thread = scope.keep(await client.call(threads, "get", { args: [index], signal }));
    if (await client.call(thread, "getName", { signal }) !== name) continue;
    await client.call(thread, "stop", { signal });
    return void await client.call(thread, "join", { signal });
  }
  throw new Error(`There is no thread ${name}`);
}

/** Lets two connections' threads wait for each other for ever. */
async function deadlock(clients: readonly [Py4jClient, Py4jClient], end: AbortSignal): Promise<void> {
  const [one, two] = clients;
  const lock = "java.util.concurrent.locks.ReentrantLock";
  const first = await one.construct(lock, { signal });
  const second = await one.construct(lock, { signal });
  await one.call(first, "lock", { signal });
  await two.call(second, "lock", { signal });
  for (const [client, other] of [[one, second], [two, first]] as const) {
    void client.call(other, "lock", { signal: end }).catch(() => {});
  }
}

/** How many objects the gateway holds. */
async function objectCount(client: Py4jClient): Promise<number> {
  await using scope = new ReferenceScope(client, { signal });
  const server = { id: "GATEWAY_SERVER", shape: "object" } as const;
  const gateway = scope.keep(await client.call(server, "getGateway", { signal }));
  const bindings = scope.keep(await client.call(gateway, "getBindings", { signal }));
  return Number(await client.call(bindings, "size", { signal }));
}

for (const spark of sparkInstallations()) {
  Deno.test(`SparkProbe.look() on PySpark ${spark.version} tells what the gateway's Spark is doing`, async (test) => {
    await using gateway = await PlainGateway.start(spark);
    const way = { dialer, ...gateway.way };
    const connect = () => Py4jClient.connect({ ...way, signal });
    using client = await connect();
    using probe = new SparkProbe(way);
    await test.step("no context", async () => {
      deepStrictEqual(await probe.look(signal), NO_CONTEXT);
    });
    const idle = await objectCount(client);
    await test.step("an active context with folders that are there, the next one, and none", async () => {
      const first = await startContext(client);
      const { folders, ...vitals } = await probe.look(signal);
      deepStrictEqual(vitals, {
        contextActive: true,
        schedulerAlive: true,
        driverMemory: "3g",
        uiUrl: null,
        deadlocked: [],
      });
      match(folders.join("\n"), /\/blockmgr-[^\n]*\n.*\/spark-/s);
      for (const folder of folders) ok((await Deno.stat(folder)).isDirectory, folder);
      await client.call(first, "stop", { signal });
      const second = await startContext(client);
      const next = await probe.look(signal);
      strictEqual(next.schedulerAlive, true);
      notStrictEqual(next.folders[0], folders[0]);
      await client.call(second, "stop", { signal });
      deepStrictEqual(await probe.look(signal), NO_CONTEXT);
      for (const reference of [first, second]) await client.release(reference, { signal });
      strictEqual(await objectCount(client), idle);
    });
    const context = await startContext(client);
    await test.step("nothing is left of a hundred looks, nor of a lost connection", async () => {
      await probe.look(signal);
      const held = await objectCount(client);
      for (let look = 0; look < 100; look++) await probe.look(signal);
      strictEqual(await objectCount(client), held);
      probe.close();
      await probe.look(signal);
      strictEqual(await objectCount(client), held);
    });
    await test.step("a dead scheduler thread", async () => {
      await endThread(client, "dag-scheduler-event-loop");
      const { contextActive, schedulerAlive } = await probe.look(signal);
      deepStrictEqual({ contextActive, schedulerAlive }, { contextActive: true, schedulerAlive: false });
    });
    await test.step("the context of a dead scheduler stopped", async () => {
      await client.call(context, "stop", { signal });
      deepStrictEqual(await probe.look(signal), NO_CONTEXT);
      await client.release(context, { signal });
      strictEqual(await objectCount(client), idle);
    });
    await test.step("a deadlock", async () => {
      using one = await connect();
      using two = await connect();
      const end = new AbortController();
      await deadlock([one, two], end.signal);
      const { deadlocked } = await until(async () => {
        const vitals = await probe.look(signal);
        return vitals.deadlocked.length > 0 && vitals;
      });
      match(deadlocked.join(), /^Thread-\d+,Thread-\d+$/);
      strictEqual(await objectCount(client), idle + 2);
      end.abort();
    });
  });
}
