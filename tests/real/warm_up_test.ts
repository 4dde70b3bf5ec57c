import { deepStrictEqual, match, ok, rejects, strictEqual } from "node:assert/strict";
import { join } from "@std/path";
import { Py4jClient } from "../../src/gateway/py4j.ts";
import { ReferenceScope } from "../../src/gateway/reference_scope.ts";
import { warmUp, WarmUpError, type WarmUpOptions } from "../../src/gateway/warm_up.ts";
import { findWorkerPython } from "../../src/gateway/warm_up_python.ts";
import { children } from "../../src/runtime/child.ts";
import { clock } from "../../src/runtime/clock.ts";
import { files } from "../../src/runtime/files.ts";
import { dialer } from "../../src/runtime/net.ts";
import { PlainGateway } from "./plain_gateway.ts";
import { program } from "./rekindle.ts";
import { type SparkInstallation, sparkInstallations } from "./spark_installations.ts";

const signal = new AbortController().signal;

async function optionsFor(
  spark: SparkInstallation,
  gateway: PlainGateway,
  scratch: string,
): Promise<WarmUpOptions> {
  const { handshake, folder: cwd } = gateway;
  const way = { dialer, port: handshake.port, secret: handshake.secret() };
  const worker = await findWorkerPython(spark, { env: Deno.env.toObject(), cwd, children });
  return { ...way, clock, files, scratch, cwd, worker, signal };
}

/** How many objects the gateway holds. */
async function objectCount(options: WarmUpOptions): Promise<number> {
  using client = await Py4jClient.connect(options);
  await using scope = new ReferenceScope(client, options);
  const server = { id: "GATEWAY_SERVER", shape: "object" } as const;
  const gateway = scope.keep(await client.call(server, "getGateway", options));
  const bindings = scope.keep(await client.call(gateway, "getBindings", options));
  return Number(await client.call(bindings, "size", options));
}

/** What a program finds that is attached to this gateway. */
async function whatAProgramFinds(spark: SparkInstallation, folder: string, { handshake }: PlainGateway) {
  const { PATH = "" } = Deno.env.toObject();
  const { code, stdout, stderr } = await new Deno.Command(spark.python, {
    args: [program("surroundings.py")],
    cwd: folder,
    env: {
      PATH,
      HOME: folder,
      JAVA_HOME: spark.javaHome,
      PYSPARK_GATEWAY_PORT: String(handshake.port),
      PYSPARK_GATEWAY_SECRET: handshake.secret(),
    },
    clearEnv: true,
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  strictEqual(code, 0, decoder.decode(stderr));
  return JSON.parse(decoder.decode(stdout));
}

for (const spark of sparkInstallations()) {
  Deno.test(`warmUp() on PySpark ${spark.version} leaves nothing a program would notice`, async () => {
    await using gateway = await PlainGateway.start(spark);
    const scratch = join(gateway.folder, "scratch");
    await Deno.mkdir(scratch);
    const options = await optionsFor(spark, gateway, scratch);
    const held = await objectCount(options);
    const steps = await warmUp(options);
    ok(steps.length > 10);
    deepStrictEqual(steps.filter(({ missing }) => missing !== null), []);
    strictEqual(await objectCount(options), held);
    deepStrictEqual(await files.list(scratch), []);
    const folder = await Deno.makeTempDir();
    try {
      const warmed = await whatAProgramFinds(spark, folder, gateway);
      await using other = await PlainGateway.start(spark);
      deepStrictEqual(warmed, await whatAProgramFinds(spark, folder, other));
      deepStrictEqual([warmed.temporary, warmed.files], ["mine/", "mine"]);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });

  Deno.test(`warmUp() on PySpark ${spark.version} refuses a gateway that has a context already`, async () => {
    await using gateway = await PlainGateway.start(spark);
    const options = await optionsFor(spark, gateway, gateway.folder);
    using client = await Py4jClient.connect(options);
    await using scope = new ReferenceScope(client, options);
    const conf = scope.keep(await client.construct("org.apache.spark.SparkConf", options));
    for (
      const args of [["spark.master", "local[1]"], ["spark.app.name", "other"], ["spark.ui.enabled", "false"]]
    ) {
      scope.keep(await client.call(conf, "set", { args, signal }));
    }
    const maker = "org.apache.spark.api.java.JavaSparkContext";
    const context = scope.keep(await client.construct(maker, { args: [conf], signal }));
    await rejects(warmUp(options), (error: Error) => {
      ok(error instanceof WarmUpError);
      match(error.message, /"session" failed: .*Only one SparkContext/);
      return true;
    });
    await client.call(context, "stop", options);
  });
}
