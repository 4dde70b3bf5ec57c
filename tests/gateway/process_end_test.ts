import assert from "node:assert/strict";
import { GatewayProcess } from "../../src/gateway/process.ts";
import { GatewayWorld, LAUNCH } from "../fakes/gateway_world.ts";
import { Inputs } from "../fakes/inputs.ts";
import { answering, fileAnswers } from "../fakes/py4j_answers.ts";
import { FakePy4jServer } from "../fakes/py4j_server.ts";

const EXIT = { code: 3, signal: null };
const SCRATCH = "/tmp/rekindle-1";

/** A gateway whose process runs. */
async function running() {
  const world = new GatewayWorld();
  const inputs = new Inputs();
  const gateway = new GatewayProcess(1, { ...world.options, report: inputs.report });
  const launched = gateway.launch(LAUNCH);
  await world.clock.sleeping();
  return { world, inputs, gateway, launched };
}

Deno.test("collect() hands over everything that was written, and how it ended", async () => {
  const { world, gateway } = await running();
  world.machine.kills = { group: 3, machine: 12 };
  world.child.write("stdout", "out 1\nout 2");
  world.child.write("stderr", "err 1\n");
  world.child.exit(EXIT);
  const intent = { kind: "stop", by: "a test" } as const;
  assert.deepEqual(await gateway.collect({ exit: EXIT, intent, wasReady: true }), {
    argv: gateway.argv,
    hsErr: [],
    exit: EXIT,
    intent,
    wasReady: true,
    stdout: [{ number: 1, text: "out 1" }, { number: 2, text: "out 2" }],
    stderr: [{ number: 1, text: "err 1" }],
    oomKills: { group: 3, machine: 12 },
  });
  assert.deepEqual(world.clock.pendingMs, []);
});

Deno.test("collect() counts the kernel's kills since the start, and knows what it does not know", async () => {
  const world = new GatewayWorld();
  world.machine.kills = { group: 5, machine: null };
  const gateway = new GatewayProcess(1, { ...world.options, report: () => {} });
  const launched = gateway.launch(LAUNCH);
  await world.clock.sleeping();
  world.machine.kills = { group: 7, machine: 90 };
  world.child.exit(EXIT);
  await launched;
  const { oomKills } = await gateway.collect({ exit: EXIT, intent: null, wasReady: true });
  assert.deepEqual(oomKills, { group: 2, machine: null });
});

Deno.test("collect() waits two seconds for outputs that somebody holds open, and goes on without them", async () => {
  const { world, gateway } = await running();
  world.child.write("stderr", "last words\nhalf a");
  world.child.exit(EXIT, { outputsStayOpen: true });
  let collected = false;
  const collecting = gateway.collect({ exit: EXIT, intent: null, wasReady: true }).finally(() =>
    collected = true
  );
  await world.clock.advance(1_999);
  assert.equal(collected, false);
  await world.clock.advance(1);
  assert.deepEqual((await collecting).stderr, [{ number: 1, text: "last words" }]);
  world.child.closeOutputs();
});

Deno.test("collect() ends what the JVM left running, until nothing is left", async () => {
  const { world, gateway } = await running();
  const { machine } = world;
  machine.left.set(1001, new Set([2001, 2002]));
  machine.left.set(999, new Set([3001]));
  world.child.exit(EXIT);
  const collecting = gateway.collect({ exit: EXIT, intent: null, wasReady: true });
  await world.clock.advance(0);
  assert.deepEqual(machine.killed, [2001, 2002]);
  // One that forked in time.
  machine.left.get(1001)?.add(2003);
  await world.clock.advance(20);
  await world.clock.advance(20);
  await collecting;
  assert.deepEqual(machine.killed, [2001, 2002, 2003]);
});

Deno.test("collect() waits for what does not die no longer than two seconds", async () => {
  const { world, gateway } = await running();
  world.machine.left.set(1001, new Set([2001]));
  world.machine.undying.add(2001);
  world.child.exit(EXIT);
  const collecting = gateway.collect({ exit: EXIT, intent: null, wasReady: true });
  await world.clock.advance(3_000);
  await collecting;
  assert.deepEqual(world.clock.pendingMs, []);
});

Deno.test("collect() removes every folder of its generation, and no other", async () => {
  const { world, gateway } = await running();
  world.files.put("/run/gateway.env", "");
  world.files.put("/run/g2/handshake", "");
  world.files.put(`${SCRATCH}/blockmgr-1/00/temp`, "");
  assert.ok(world.files.tree("/run").includes("/run/g1"));
  world.child.exit(EXIT);
  await gateway.collect({ exit: EXIT, intent: null, wasReady: true });
  assert.deepEqual(world.files.tree("/run"), ["/run/g2", "/run/g2/handshake", "/run/gateway.env"].sort());
  assert.deepEqual(world.files.tree("/tmp"), ["/tmp/.keep"]);
});

Deno.test("collect() has its evidence even when a folder cannot be removed", async () => {
  const { world, gateway } = await running();
  world.files.disk = (operation) => {
    if (operation === "remove") throw new Error("Device or resource busy (os error 16)");
  };
  world.child.write("stderr", "why\n");
  world.child.exit(EXIT);
  assert.equal((await gateway.collect({ exit: EXIT, intent: null, wasReady: true })).stderr[0]?.text, "why");
});

Deno.test("both outputs go to log files that one generation after another shares", async () => {
  const { world, gateway } = await running();
  world.files.put("/log/gateway.stdout.log", "of an earlier one\n");
  world.child.write("stdout", "to stdout\n");
  world.child.write("stderr", "to stderr\n");
  world.child.exit(EXIT);
  await gateway.collect({ exit: EXIT, intent: null, wasReady: true });
  assert.equal(world.files.text("/log/gateway.stdout.log"), "of an earlier one\nto stdout\n");
  assert.equal(world.files.text("/log/gateway.stderr.log"), "to stderr\n");
});

Deno.test("a disk that takes no log keeps no output from being read", async () => {
  const { world, gateway } = await running();
  world.files.disk = (operation) => {
    if (operation === "append") throw new Error("No space left on device (os error 28)");
  };
  world.child.write("stdout", "still read\n");
  world.child.exit(EXIT);
  assert.equal(
    (await gateway.collect({ exit: EXIT, intent: null, wasReady: true })).stdout[0]?.text,
    "still read",
  );
});

Deno.test("the secret is nowhere but where programs get it from", async () => {
  await using server = new FakePy4jServer(answering(fileAnswers(SCRATCH)));
  const { world, gateway, inputs, launched } = await running();
  world.shakeHands(server);
  await world.clock.advance(20);
  await launched;
  await gateway.attach();
  world.child.write("stdout", "working\n");
  world.child.exit(EXIT);
  const evidence = await gateway.collect({ exit: EXIT, intent: null, wasReady: true });
  assert.equal(gateway.endpoint?.secret, server.secret);
  const texts = world.files.tree("/").map((path) => world.files.text(path));
  const everything = JSON.stringify([
    evidence,
    inputs.all,
    texts,
    world.launcher.spawned,
    world.launcher.ran,
  ]);
  assert.ok(everything.includes("working"));
  assert.ok(!everything.includes(server.secret));
});
