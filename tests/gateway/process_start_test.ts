import assert from "node:assert/strict";
import { GatewayProcess } from "../../src/gateway/process.ts";
import { FLAG_OF } from "../../src/core/memory/region.ts";
import { GatewayWorld, LAUNCH } from "../fakes/gateway_world.ts";
import { Inputs } from "../fakes/inputs.ts";
import { answering, fileAnswers } from "../fakes/py4j_answers.ts";
import { FakePy4jServer } from "../fakes/py4j_server.ts";

const SCRATCH = "/tmp/rekindle-1";

/** A gateway about to be launched. */
function prepare(world = new GatewayWorld()) {
  const inputs = new Inputs();
  const gateway = new GatewayProcess(1, { ...world.options, report: inputs.report });
  return { world, inputs, gateway };
}

/** A gateway that runs and has not shaken hands. */
async function started(world = new GatewayWorld()) {
  const all = prepare(world);
  const launched = all.gateway.launch(LAUNCH);
  await all.world.clock.sleeping();
  return { ...all, launched };
}

Deno.test("launch() executes java with the plan's flags, folders of its own and a scrubbed environment", async () => {
  const world = new GatewayWorld();
  world.machine.vitals.set(1001, {
    state: "R",
    startTicks: 77,
    cpuMs: 0,
    tracerPid: 0,
    residentBytes: 2 ** 27,
  });
  const { launched, inputs } = await started(world);
  assert.deepEqual(world.launcher.spawned, [{
    program: "/opt/jdk/bin/java",
    args: [
      ...["-cp", "/opt/spark/jars/*"],
      `-Djava.io.tmpdir=${SCRATCH}`,
      "-XX:+ExitOnOutOfMemoryError",
      "-XX:ErrorFile=/log/hs_err_g1_%p.log",
      '-Xlog:gc*:file="/run/g1/gc.log":time,uptime,level,tags:filecount=1,filesize=1m',
      "-Dlog4j2.disableJmx=true",
      "-Xmx1g",
      "-XX:MaxDirectMemorySize=256m",
      "-XX:MaxMetaspaceSize=512m",
      "-XX:ReservedCodeCacheSize=240m",
      "-XX:CompressedClassSpaceSize=256m",
      "-Xss1m",
      ...["org.apache.spark.deploy.SparkSubmit", "pyspark-shell"],
    ],
    env: {
      PATH: "/usr/bin:/bin",
      FROM_SHELL: "yes",
      _PYSPARK_DRIVER_CONN_INFO_PATH: "/run/g1/handshake",
      REKINDLE_OWNER: "/state",
      SPARK_CONNECT_MODE: "0",
    },
    cwd: "/job",
  }]);
  assert.deepEqual(world.machine.victims, [1001]);
  assert.deepEqual(inputs.all, [{ kind: "spawned", generation: 1, pid: 1001, startTicks: 77 }]);
  world.child.exit({ code: 0, signal: null });
  await launched;
});

Deno.test("launch() waits for the hand-shake file, reads it and removes it", async () => {
  const { world, launched, inputs, gateway } = await started();
  await world.clock.advance(59_000);
  assert.deepEqual(inputs.kinds, ["spawned"]);
  assert.equal(gateway.endpoint, null);
  world.shakeHands({ port: 40_000, secret: "secret" });
  await world.clock.advance(20);
  await launched;
  assert.deepEqual(inputs.kinds, ["spawned", "handshake"]);
  assert.deepEqual(gateway.endpoint, { port: 40_000, secret: "secret" });
  assert.equal(world.files.text("/run/g1/handshake"), null);
  assert.deepEqual(world.clock.pendingMs, []);
});

Deno.test("launch() takes no hand-shake that an earlier generation of that number left", async () => {
  const world = new GatewayWorld();
  world.shakeHands({ port: 40_000, secret: "stale" });
  const { launched, inputs } = await started(world);
  await world.clock.advance(1_000);
  assert.deepEqual(inputs.kinds, ["spawned"]);
  world.child.exit({ code: 0, signal: null });
  await launched;
});

for (
  const [what, bytes, reason] of [
    ["is incomplete", [0, 0, 1, 0, 0, 0], /incomplete/],
    ["has no port", [0, 0, 0, 0, 0, 0, 0, 1, 97], /its port is 0/],
    ["is of another kind", [0x7b, 0x22, 0x70, 0x6f, 0x72, 0x74, 0x22, 0x3a], /its port is \d+/],
  ] as const
) {
  Deno.test(`launch() says why when the hand-shake file ${what}, and leaves the JVM to be ended`, async () => {
    const { world, launched, inputs, gateway } = await started();
    world.files.put("/run/g1/handshake", Uint8Array.from(bytes));
    await world.clock.advance(20);
    await launched;
    assert.deepEqual(inputs.kinds, ["spawned", "handshake", "attach-failed"]);
    assert.match((await inputs.first("attach-failed")).reason, reason);
    assert.equal(gateway.endpoint, null);
    await gateway.attach();
    assert.deepEqual(inputs.kinds.length, 3);
    assert.deepEqual(world.child.received, []);
  });
}

Deno.test("launch() reports an exit before the hand-shake, and waits no more", async () => {
  const { world, launched, inputs } = await started();
  world.child.exit({ code: 1, signal: null });
  await launched;
  assert.deepEqual(inputs.all.at(-1), { kind: "exited", generation: 1, exit: { code: 1, signal: null } });
  assert.deepEqual(world.clock.pendingMs, []);
});

Deno.test("a stop before there is a process keeps it from being started", async () => {
  const { world, inputs, gateway } = prepare();
  const launcher = Promise.withResolvers<void>();
  const answer = world.launcher.onRun;
  world.launcher.onRun = async (spec) => {
    await launcher.promise;
    return await answer(spec);
  };
  const launched = gateway.launch(LAUNCH);
  await gateway.endStep("close-stdin");
  await gateway.endStep("SIGTERM");
  launcher.resolve();
  await launched;
  assert.deepEqual(world.launcher.spawned, []);
  assert.deepEqual(inputs.all, [{ kind: "exited", generation: 1, exit: { code: 0, signal: null } }]);
});

Deno.test("endStep() passes each step on to the process", async () => {
  const { world, launched, gateway } = await started(new GatewayWorld({}));
  for (const step of ["close-stdin", "SIGTERM", "SIGKILL"] as const) await gateway.endStep(step);
  assert.deepEqual(world.child.received, ["close-stdin", "SIGTERM", "SIGKILL"]);
  world.child.exit({ code: 137, signal: "SIGKILL" });
  await launched;
});

Deno.test("what a living gateway writes is told to the supervisor line by line, from both outputs", async () => {
  const { world, launched, inputs, gateway } = await started();
  const oom = 'Exception in thread "Thread-7" java.lang.OutOfMemoryError: Java heap space';
  world.child.write("stderr", `:: loading settings ::\nnothing\n${oom.slice(0, 30)}`);
  world.child.write("stdout", "Dumping heap to java_pid1.hprof ...\n");
  world.child.write("stderr", `${oom.slice(30)}\n`);
  const exit = { code: 0, signal: null };
  world.child.exit(exit);
  await launched;
  await gateway.collect({ exit, intent: null, wasReady: false });
  const told = inputs.all.filter(({ kind }) => kind !== "spawned" && kind !== "exited");
  assert.deepEqual(told.filter(({ kind }) => kind === "patience"), [
    { kind: "patience", generation: 1, why: "it writes a heap dump" },
  ]);
  assert.deepEqual(told.filter(({ kind }) => kind !== "patience"), [
    { kind: "progress", generation: 1 },
    { kind: "survived", generation: 1, line: { source: "stderr", line: 3, text: oom } },
  ]);
});

/** A gateway that has shaken hands with a server that answers as one. */
async function greeted(server: FakePy4jServer, secret = server.secret) {
  const all = await started();
  all.world.shakeHands({ port: server.port, secret });
  await all.world.clock.advance(20);
  await all.launched;
  return all;
}

/** The fake answers to every flag with 2^30; HotSpot counts one of them in KiB. */
const GIBIBYTE_EACH = {
  ...Object.fromEntries(Object.values(FLAG_OF).map((name) => [name, 2 ** 30])),
  [FLAG_OF.stack]: 2 ** 40,
};

Deno.test("attach() makes the first calls, reads the flags back and leaves no object behind", async () => {
  await using server = new FakePy4jServer(answering(fileAnswers(SCRATCH)));
  const { inputs, gateway } = await greeted(server);
  await gateway.attach();
  assert.deepEqual(inputs.kinds, ["spawned", "handshake", "attached"]);
  assert.deepEqual(gateway.flags, GIBIBYTE_EACH);
  assert.equal(server.jvm.objectCount, 0);
  await server.allClosed();
});

Deno.test("attach() reports what went wrong, without the secret", async () => {
  await using server = new FakePy4jServer();
  const { inputs, gateway } = await greeted(server, "not-the-secret-of-this-gateway");
  await gateway.attach();
  const { reason } = await inputs.first("attach-failed");
  assert.match(reason, /refused the secret/);
  assert.doesNotMatch(JSON.stringify(inputs.all), /not-the-secret/);
  assert.equal(gateway.flags, null);
});

Deno.test("attach() leaves it to the exit to explain itself", async () => {
  await using server = new FakePy4jServer({ deliver: () => ({ pieces: [] }) });
  const { world, inputs, gateway } = await greeted(server);
  const attached = gateway.attach();
  await server.received(1);
  world.child.exit({ code: 3, signal: null });
  await attached;
  assert.deepEqual(inputs.kinds, ["spawned", "handshake", "exited"]);
});

Deno.test("attach() does nothing before there is a hand-shake", async () => {
  const { inputs, gateway } = prepare();
  await gateway.attach();
  assert.deepEqual(inputs.all, []);
});
