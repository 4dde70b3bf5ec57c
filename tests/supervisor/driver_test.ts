import assert from "node:assert/strict";
import { join } from "@std/path";
import type { Incident } from "../../src/core/lifecycle.ts";
import { files as realFiles } from "../../src/runtime/files.ts";
import { PLAN } from "../fakes/gateway_world.ts";
import { FakePy4jServer } from "../fakes/py4j_server.ts";
import { Drive, ENVIRONMENT, EXIT, makeServer, PERIOD_MS } from "./drive.ts";

Deno.test("programs find the way in while the gateway is ready, and only then", async () => {
  await using server = makeServer();
  const drive = new Drive();
  const { files } = drive.world;
  await drive.greet(server);
  assert.equal(files.text(ENVIRONMENT), null);
  drive.perform({ kind: "attach", generation: 1 });
  await drive.inputs.first("attached");
  assert.equal(
    files.text(ENVIRONMENT),
    [
      `PYSPARK_GATEWAY_PORT=${server.port}`,
      `PYSPARK_GATEWAY_SECRET=${server.secret}`,
      "PYSPARK_PIN_THREAD=true",
      "REKINDLE_GENERATION=1",
      "",
    ].join("\n"),
  );
  drive.perform({ kind: "end-heartbeat", generation: 1 });
  await drive.driver.settled();
  assert.equal(files.text(ENVIRONMENT), null);
  await drive.bury();
  assert.deepEqual(drive.errors, []);
});

Deno.test("the way in is there before the gateway is said to be ready", async () => {
  await using server = makeServer();
  const drive = new Drive();
  const disk = Promise.withResolvers<void>();
  await drive.greet(server);
  drive.world.files.disk = (operation) => operation === "writeAtomic" ? disk.promise : undefined;
  drive.perform({ kind: "attach", generation: 1 });
  await drive.world.clock.advance(PERIOD_MS);
  assert.deepEqual(server.requests, []);
  disk.resolve();
  await drive.inputs.first("attached");
  await drive.bury();
});

Deno.test("a gateway that ends while the way in is being written leaves none behind", async () => {
  await using server = makeServer();
  const drive = new Drive();
  const { files, clock } = drive.world;
  const disk = Promise.withResolvers<void>();
  await drive.greet(server);
  files.disk = (operation) => operation === "writeAtomic" ? disk.promise : undefined;
  drive.perform({ kind: "attach", generation: 1 });
  await clock.advance(0);
  drive.world.child.exit(EXIT);
  await drive.inputs.first("exited");
  drive.perform({ kind: "collect", generation: 1, exit: EXIT, intent: null, wasReady: false });
  await clock.advance(0);
  disk.resolve();
  await drive.driver.settled();
  assert.ok(files.changes.includes(`writeAtomic ${ENVIRONMENT}`));
  assert.equal(files.text(ENVIRONMENT), null);
});

Deno.test("a disk that does not take the way in is the reason why the gateway cannot be used", async () => {
  await using server = makeServer();
  const drive = new Drive();
  await drive.greet(server);
  drive.world.files.disk = (operation) => {
    if (operation === "writeAtomic") throw new Error("No space left on device (os error 28)");
  };
  drive.perform({ kind: "attach", generation: 1 });
  assert.match((await drive.inputs.first("attach-failed")).reason, /No space left on device/);
  await drive.bury();
});

Deno.test("the heart beats until the gateway is ended, and leaves no connection open", async () => {
  await using server = makeServer();
  const drive = new Drive();
  await drive.ready(server);
  for (let beats = 2; beats <= 6; beats++) {
    await drive.world.clock.advance(PERIOD_MS);
    await drive.inputs.nth("heartbeat", beats);
  }
  assert.equal(typeof drive.driver.latencyMs(1), "number");
  drive.perform({ kind: "end-heartbeat", generation: 1 });
  await drive.driver.settled();
  await server.allClosed();
  assert.deepEqual(drive.world.clock.pendingMs, []);
  await drive.world.clock.advance(10 * PERIOD_MS);
  assert.equal(drive.inputs.kinds.filter((kind) => kind === "heartbeat").length, 6);
  await drive.bury();
});

Deno.test("the heart stops with a gateway that nobody has ended", async () => {
  await using server = makeServer();
  const drive = new Drive();
  await drive.ready(server);
  await drive.bury();
  await drive.driver.settled();
  await server.allClosed();
  assert.equal(drive.world.files.text(ENVIRONMENT), null);
  assert.deepEqual(drive.world.clock.pendingMs, []);
});

Deno.test("each step towards the end reaches the newest gateway, and no other", async () => {
  await using server = makeServer();
  const drive = new Drive();
  const { world } = drive;
  await drive.ready(server);
  await drive.bury();
  await drive.greet(server, 2);
  assert.equal(drive.driver.gateway(2)?.generation, 2);
  drive.perform({ kind: "end-step", generation: 2, step: "inspect" });
  drive.perform({ kind: "end-step", generation: 2, step: "SIGTERM" });
  await drive.driver.settled();
  assert.deepEqual(world.children.map(({ received }) => received), [[], ["SIGTERM"]]);
});

Deno.test("an effect without a gateway does nothing", async () => {
  const drive = new Drive();
  drive.perform({ kind: "attach", generation: 0 });
  drive.perform({ kind: "begin-heartbeat", generation: 0 });
  drive.perform({ kind: "end-step", generation: 0, step: "SIGKILL" });
  drive.perform({ kind: "collect", generation: 0, exit: EXIT, intent: null, wasReady: false });
  drive.perform({ kind: "finish" });
  await drive.driver.settled();
  assert.deepEqual([drive.inputs.all, drive.errors], [[], []]);
});

const INCIDENT: Incident = {
  generation: 1,
  verdict: {
    class: "heap-oom",
    fatal: true,
    confidence: "certain",
    summary: "The JVM ran out of heap.",
    evidence: [],
    remedy: "A larger heap helps.",
  },
  exit: EXIT,
  change: { changed: false, reason: "no" },
  decision: { kind: "restart", delayMs: 0, reason: "soon" },
};

Deno.test("an incident is saved with the evidence of its death, and its name is told", async () => {
  await using server = makeServer();
  const drive = new Drive();
  await drive.ready(server);
  drive.world.child.write("stderr", "java.lang.OutOfMemoryError: Java heap space\n");
  await drive.bury();
  drive.perform({ kind: "record", incident: INCIDENT });
  await drive.driver.settled();
  assert.deepEqual(drive.saved, ["20260101T000000Z-g1-heap-oom"]);
  const folder = `/incidents/${drive.saved[0]}`;
  assert.equal(
    drive.world.files.text(`${folder}/stderr.txt`),
    "java.lang.OutOfMemoryError: Java heap space\n",
  );
  const texts = drive.world.files.tree("/").map((path) => drive.world.files.text(path));
  assert.ok(!JSON.stringify(texts).includes(server.secret));
});

Deno.test("an incident of a start without evidence does not get that of the one before", async () => {
  await using server = makeServer();
  const drive = new Drive();
  await drive.ready(server);
  await drive.bury();
  await drive.greet(server, 2);
  drive.perform({ kind: "record", incident: { ...INCIDENT, generation: 2 } });
  drive.world.child.exit(EXIT);
  await drive.driver.settled();
  assert.deepEqual(drive.world.files.tree("/incidents"), [
    "/incidents/20260101T000000Z-g2-heap-oom",
    "/incidents/20260101T000000Z-g2-heap-oom/manifest.json",
  ]);
});

Deno.test("a disk that fails beside the gateway is told of, and costs no evidence", async () => {
  await using server = makeServer();
  const drive = new Drive();
  await drive.ready(server);
  drive.world.files.disk = (operation, path) => {
    if (operation === "remove" && path === ENVIRONMENT) throw new Error("Read-only file system");
    if (operation === "makeDir") throw new Error("No space left on device");
  };
  drive.world.child.write("stderr", "last words\n");
  await drive.bury();
  assert.equal((await drive.inputs.first("collected")).evidence.stderr[0]?.text, "last words");
  drive.perform({ kind: "record", incident: INCIDENT });
  await drive.driver.settled();
  assert.deepEqual(drive.errors.map(String), [
    "Error: Read-only file system",
    "Error: the evidence of generation 1 could not be saved: No space left on device",
  ]);
  assert.deepEqual(drive.saved, []);
});

Deno.test("on a real disk the way in is for its user alone, and gone after the end", async () => {
  await using server = new FakePy4jServer({
    deliver: (line, [letter]) => ({ pieces: [letter === "i" ? "!yro900\n" : `${line}\n`] }),
  });
  const root = await Deno.makeTempDir({ prefix: "rekindle-test-" });
  try {
    const folders = {
      runtime: join(root, "run"),
      logs: join(root, "log"),
      temp: root,
      scratchPrefix: "rekindle-",
    };
    const drive = new Drive({ files: realFiles, folders });
    const { clock } = drive.world;
    drive.perform({ kind: "launch", generation: 1, plan: PLAN, isAwaited: true });
    await drive.inputs.first("spawned");
    await clock.sleeping();
    drive.world.shakeHands(server);
    const handshake = await drive.world.files.readBytes("/run/g1/handshake");
    await Deno.writeFile(join(root, "run/g1/handshake"), handshake);
    while (!drive.inputs.kinds.includes("handshake")) await clock.advance(20);
    drive.perform({ kind: "attach", generation: 1 });
    // Whether the fake knows java.io.File is no matter here.
    while (!drive.inputs.kinds.some((kind) => kind.startsWith("attach"))) await clock.advance(0);
    const path = join(root, "run/gateway.env");
    assert.equal(drive.driver.environmentFile, path);
    assert.equal((await Deno.stat(path)).mode, 0o100600);
    assert.equal((await Deno.stat(join(root, "run"))).mode, 0o40700);
    drive.world.child.exit(EXIT);
    drive.perform({ kind: "collect", generation: 1, exit: EXIT, intent: null, wasReady: false });
    await drive.inputs.first("collected");
    await drive.driver.settled();
    assert.deepEqual(await realFiles.list(join(root, "run")), []);
    assert.deepEqual(await realFiles.list(root), ["log", "run"]);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});
