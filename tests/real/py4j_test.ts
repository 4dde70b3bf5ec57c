import assert from "node:assert/strict";
import { Py4jClient } from "../../src/gateway/py4j.ts";
import { ReferenceScope } from "../../src/gateway/reference_scope.ts";
import { dialer } from "../../src/runtime/net.ts";
import { clientScenarios } from "../gateway/py4j_client_scenarios.ts";
import { rawScenarios, type Scenario } from "../gateway/py4j_scenarios.ts";
import { PlainGateway } from "./plain_gateway.ts";
import { sparkInstallations } from "./spark_installations.ts";

const signal = new AbortController().signal;

const endMarkAsName: Scenario = {
  name: "does not take a method named like the end mark for the end",
  run: async (gateway) => {
    using client = await Py4jClient.connect({ dialer, signal, ...gateway });
    await using scope = new ReferenceScope(client, { signal });
    const column = scope.keep(await client.call("org.apache.spark.sql.functions", "e", { signal }));
    assert.match(String(await client.call(column, "toString", { signal })), /^e\(\)$/i);
  },
};

for (const spark of sparkInstallations()) {
  Deno.test(`the gateway of PySpark ${spark.version} is what the fake stands for`, async (test) => {
    await using gateway = await PlainGateway.start(spark);
    const { port } = gateway.handshake;
    for (const { name, run } of [endMarkAsName, ...rawScenarios, ...clientScenarios]) {
      await test.step(`it ${name}`, () => run({ port, secret: gateway.handshake.secret() }));
    }
  });
}

Deno.test("PlainGateway.start() tells what was printed when there is no gateway", async () => {
  const [spark] = sparkInstallations();
  assert.ok(spark !== undefined);
  const broken = { ...spark, javaHome: "/nonexistent" };
  await assert.rejects(PlainGateway.start(broken), /The gateway ended:\n.*\/nonexistent\/bin\/java/);
});
