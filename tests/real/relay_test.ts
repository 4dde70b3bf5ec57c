import assert from "node:assert/strict";
import { lossSentence } from "../../src/core/relay/tombstone.ts";
import { Py4jClient } from "../../src/gateway/py4j.ts";
import { asReference } from "../../src/gateway/py4j_value.ts";
import { Relay } from "../../src/relay/relay.ts";
import { clock } from "../../src/runtime/clock.ts";
import { createMachine } from "../../src/runtime/machine.ts";
import { dialer, loopback } from "../../src/runtime/net.ts";
import { userId } from "../../src/runtime/process.ts";
import { randomBytes } from "../../src/runtime/random_bytes.ts";
import { AttachedProgram, type Way } from "./attached_program.ts";
import { PlainGateway } from "./plain_gateway.ts";
import { until } from "./rekindle.ts";
import { type SparkInstallation, sparkInstallations } from "./spark_installations.ts";

const signal = new AbortController().signal;

function openRelay(): Relay {
  return new Relay({
    port: 0,
    clock,
    loopback,
    machine: createMachine(),
    userId: userId(),
    randomBytes,
    onEvent: () => {},
  });
}

function announce(relay: Relay, generation: number, gateway: PlainGateway): void {
  relay.gatewayReady({ generation, ...wayTo(gateway) });
  relay.face({ kind: "ready", generation });
}

function wayTo({ handshake }: PlainGateway): Way {
  return { port: handshake.port, secret: handshake.secret() };
}

/** A lease, and how its program attaches. */
async function lease(relay: Relay, pinned = true) {
  const issued = await relay.issue({ pinned, by: "a test" });
  assert.ok(issued !== null);
  return { ...issued, port: relay.port };
}

/** How many of the gateway's threads sleep in a call. */
async function sleepers(gateway: PlainGateway): Promise<number> {
  using client = await Py4jClient.connect({ dialer, signal, ...wayTo(gateway) });
  const traces = asReference(await client.call("java.lang.Thread", "getAllStackTraces", { signal }));
  const values = asReference(await client.call(traces, "values", { signal }));
  const stacks = asReference(await client.call(values, "toArray", { signal }));
  const text = String(await client.call("java.util.Arrays", "deepToString", { args: [stacks], signal }));
  return text.split("java.lang.Thread.sleep").filter((each) => /^[^[]*?MethodInvoker/s.test(each)).length;
}

function start(
  spark: SparkInstallation,
  way: { port: number; secret: string },
  kind: string,
): AttachedProgram {
  return AttachedProgram.start(spark, way, ["attached.py", kind]);
}

/** What each kind of program tries once its gateway is lost. */
const CALLS: Readonly<Record<string, readonly string[]>> = {
  job: ["first", "next", "stop"],
  call: ["first", "next"],
  idle: ["first", "next", "next", "next"],
};

/** Three programs, in a job, in a call of Java and idle. */
async function threePrograms(
  spark: SparkInstallation,
  { relay, gateway, stack }: { relay: Relay; gateway: PlainGateway; stack: AsyncDisposableStack },
) {
  // A call goes on in the JVM when its program is gone.
  const before = await sleepers(gateway);
  const programs = [];
  for (const kind of Object.keys(CALLS)) {
    const { id, port, secret } = await lease(relay);
    programs.push({ kind, id, secret, program: stack.use(start(spark, { port, secret }, kind)) });
  }
  for (const { program } of programs) await program.ready();
  await until(async () => await sleepers(gateway) > before);
  return programs;
}

/** Every call, also those of `finally` and `stop()`, is to raise an error that ends with the sentence. */
async function areTold(programs: Awaited<ReturnType<typeof threePrograms>>, relay: Relay, sentence: string) {
  for (const { kind, id, program } of programs) {
    if (kind === "idle") await program.say("go on");
    const { lines, code } = await program.ended();
    assert.deepEqual(lines.map((line) => line.split(" ")[0]), CALLS[kind], kind);
    const told = lines.filter((line) => !line.startsWith("stop returned"));
    for (const line of told) {
      assert.match(line, /^\w+ Py4J(Java)?Error /, `${kind}: ${line}`);
      assert.ok(line.endsWith(sentence), `${kind}: ${line}`);
    }
    assert.equal(code, 0);
    assert.equal(relay.outcome(id)?.loss?.sentence, sentence);
  }
}

for (const spark of sparkInstallations()) {
  Deno.test(`PySpark ${spark.version} through the relay: whoever ends, nobody else is hurt, and all are told`, async (test) => {
    await using relay = openRelay();
    await using first = await PlainGateway.start(spark);
    announce(relay, 1, first);

    await test.step("Ctrl-C in one program ends its call and not another's", async () => {
      const [one, other] = [await lease(relay), await lease(relay)];
      await using idle = start(spark, other, "idle");
      await idle.ready();
      await using busy = start(spark, one, "interrupt");
      await busy.ready();
      await until(async () => await sleepers(first) === 1);
      busy.signal("SIGINT");
      const { lines } = await busy.ended();
      assert.match(lines[0] ?? "", /^first KeyboardInterrupt/);
      assert.equal(lines[1], "next returned");
      await idle.say("go on");
      assert.deepEqual((await idle.ended()).lines, CALLS.idle?.map((call) => `${call} returned`));
      if (spark.version.startsWith("3.")) return;
      // Its thread is interrupted; py4j 0.10.9.7 has no such command, and its thread sleeps on.
      await until(async () => await sleepers(first) === 0);
    });

    await test.step("the connections of a killed program end with it, or with its lease if a child has them", async () => {
      const { id, ...way } = await lease(relay);
      await using parent = start(spark, way, "fork");
      const [, , child] = (await parent.ready()).split(" ").map(Number);
      assert.ok(child !== undefined);
      try {
        parent.signal("SIGKILL");
        assert.notEqual(relay.snapshot().connections, 0);
        relay.end(id);
        await until(() => relay.snapshot().connections === 0);
      } finally {
        Deno.kill(child, "SIGKILL");
      }
      const next = await lease(relay);
      await using killed = start(spark, next, "call");
      const before = await sleepers(first);
      await killed.ready();
      await until(async () => await sleepers(first) > before);
      killed.signal("SIGKILL");
      await until(() => relay.snapshot().connections === 0);
    });

    let old = { port: relay.port, secret: "" };
    await test.step("kill -9", async () => {
      await using stack = new AsyncDisposableStack();
      const programs = await threePrograms(spark, { relay, gateway: first, stack });
      Deno.kill(first.pid, "SIGKILL");
      await until(() => !isRunning(first.pid));
      const sentence = lossSentence(1, "exit 137 SIGKILL");
      relay.gatewayLost(1, sentence);
      old = { port: relay.port, secret: programs[0]?.secret ?? "" };
      await areTold(programs, relay, sentence);
    });

    await using second = await PlainGateway.start(spark);
    announce(relay, 2, second);
    await test.step("an old lease after the restart", async () => {
      await using program = start(spark, old, "idle");
      const { lines, errors, code } = await program.ended();
      assert.deepEqual(lines, []);
      assert.equal(code, 1);
      assert.match(
        errors,
        /rekindle: gateway JVM \(generation 1\) was lost: exit 137 SIGKILL\..*restart the program\.\s*$/,
      );
    });

    await test.step("a gateway that hangs", async () => {
      await using stack = new AsyncDisposableStack();
      const programs = await threePrograms(spark, { relay, gateway: second, stack });
      Deno.kill(second.pid, "SIGSTOP");
      const sentence = lossSentence(2, "it did not answer");
      relay.gatewayLost(2, sentence);
      await areTold(programs, relay, sentence);
    });
  });
}

function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(Deno.readTextFileSync(`/proc/${pid}/status`));
  } catch {
    return false;
  }
}

const modes = sparkInstallations().flatMap((spark, index) => [
  { spark, pinned: true },
  ...(index === 0 ? [{ spark, pinned: false }] : []),
]);
for (const { spark, pinned } of modes) {
  const threads = pinned ? "pinned" : "unpinned";
  Deno.test(`PySpark ${spark.version} with ${threads} threads can do through the relay what it can do without`, async () => {
    const env = { PYSPARK_PIN_THREAD: String(pinned) };
    await using relay = openRelay();
    await using gateway = await PlainGateway.start(spark, env);
    announce(relay, 1, gateway);
    const run = async (way: Way) => {
      await using program = AttachedProgram.start(spark, way, ["features.py"], env);
      return await program.ended();
    };
    const direct = await run(wayTo(gateway));
    const relayed = await run(await lease(relay, pinned));
    assert.deepEqual(relayed.lines, direct.lines);
    assert.equal(relayed.lines.length, 18);
    assert.deepEqual(relayed.lines.filter((line) => line.includes("FAILED")), [], relayed.errors);
    assert.equal(relayed.code, 0);
  });
}
