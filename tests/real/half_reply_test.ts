import assert from "node:assert/strict";
import { FakePy4jServer } from "../fakes/py4j_server.ts";
import { RelayWorld } from "../relay/relay_world.ts";
import { program } from "./rekindle.ts";
import { type SparkInstallation, sparkInstallations } from "./spark_installations.ts";

/** A gateway whose connection ends inside the answer to a call. */
function breakingOff(): FakePy4jServer {
  return new FakePy4jServer({
    deliver: (line, [letter]) =>
      letter === "c" ? { pieces: ["!ys17.0.15-half"], close: true } : { pieces: [`${line}\n`] },
  });
}

async function ask(spark: SparkInstallation, { port, secret }: { port: number; secret: string }) {
  const args = [program("half.py"), String(port), secret];
  const { stdout } = await new Deno.Command(spark.python, { args, stdout: "piped", stderr: "null" }).output();
  return new TextDecoder().decode(stdout).trim();
}

for (const spark of sparkInstallations()) {
  Deno.test(`py4j of PySpark ${spark.version} takes half a reply for a whole one, and not through the relay`, async () => {
    await using gateway = breakingOff();
    assert.equal(await ask(spark, gateway), "got 17.0.15-hal");
    await using world = new RelayWorld();
    world.ready(gateway);
    const asked = ask(spark, { port: world.relay.port, secret: (await world.lease()).secret });
    await world.until(() => world.clock.pendingMs.includes(1_000));
    await world.clock.advance(1_000);
    assert.equal(await asked, "raised Py4JError");
  });
}
