import { FakePy4jServer } from "../fakes/py4j_server.ts";
import { clientScenarios } from "./py4j_client_scenarios.ts";
import { rawScenarios } from "./py4j_scenarios.ts";

for (const { name, run } of [...rawScenarios, ...clientScenarios]) {
  Deno.test(`the fake gateway ${name}`, async () => {
    await using server = new FakePy4jServer();
    await run(server);
  });
}
