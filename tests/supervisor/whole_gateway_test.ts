import assert from "node:assert/strict";
import { GIB } from "../../src/core/jvm_flags.ts";
import { sizesOf } from "../../src/core/memory/record.ts";
import { readMemoryFacts } from "../../src/incident/memory_witness.ts";
import { PLAN } from "../fakes/gateway_world.ts";
import { answering, fileAnswers } from "../fakes/py4j_answers.ts";
import { FakePy4jServer } from "../fakes/py4j_server.ts";
import { WholeGateway } from "./whole_gateway.ts";

/** A gateway that knows the scratch folder of every generation a test gets to. */
const ANSWERS = Object.assign({}, ...[1, 2, 3].map((number) => fileAnswers(`/tmp/rekindle-${number}`)));

Deno.test("a gateway that runs out of heap is explained, and comes back with more", async () => {
  await using server = new FakePy4jServer(answering(ANSWERS));
  const whole = new WholeGateway();
  const { world } = whole;
  whole.post({ kind: "start" });
  await whole.comesUp(server);
  assert.equal(whole.status.ready, true);
  world.child.write("stderr", "Terminating due to java.lang.OutOfMemoryError: Java heap space\n");
  world.child.exit({ code: 3, signal: null });
  await whole.launches(2);
  assert.equal(whole.status.lastIncident?.verdict.class, "heap-oom");
  assert.equal(world.files.text("/run/gateway.env"), null);
  await whole.comesUp(server);
  assert.deepEqual([whole.status.generation, whole.status.restarts], [2, 1]);
  assert.equal(whole.status.plan.heap.bytes, 2 * GIB);
  assert.ok(world.launcher.spawned[0]?.args.includes("-Xmx1g"));
  assert.ok(world.launcher.spawned[1]?.args.includes("-Xmx2g"));
  assert.equal(world.launcher.ran.length, 1);
  assert.match(world.files.text("/run/gateway.env") ?? "", /^REKINDLE_GENERATION=2$/m);
  await whole.shutDown();
  assert.deepEqual(world.children.map(({ received }) => received), [[], ["close-stdin"]]);
  const [manifest, ...others] = world.files.tree("/incidents").filter((path) =>
    path.endsWith("manifest.json")
  );
  assert.deepEqual(others, []);
  const { facts } = JSON.parse(world.files.text(manifest ?? "") ?? "");
  const { sizes, wasReady } = readMemoryFacts(facts);
  assert.deepEqual([sizes, wasReady], [sizesOf(PLAN), true]);
  await server.allClosed();
});

Deno.test("a gateway that hangs is noticed, asked, ended and replaced", async () => {
  let silent = false;
  await using server = new FakePy4jServer({
    deliver: (line, request) => ({
      pieces: silent ? [] : [`${(ANSWERS as Record<string, string>)[request.join(" ")] ?? line}\n`],
    }),
  });
  const whole = new WholeGateway({ SIGKILL: { code: 137, signal: "SIGKILL" } });
  const { world } = whole;
  whole.post({ kind: "start" });
  await whole.comesUp(server);
  silent = true;
  await world.clock.advance(4_999);
  assert.equal(whole.status.ready, true);
  await world.clock.advance(1);
  assert.deepEqual([whole.phase, whole.status.ready], ["ready", false]);
  await world.clock.advance(9_999);
  assert.equal(whole.phase, "ready");
  await world.clock.advance(1);
  await whole.launches(2);
  assert.deepEqual(world.children[0]?.received, ["SIGKILL"]);
  assert.equal(whole.status.lastIncident?.verdict.class, "unresponsive");
  const [manifest] = world.files.tree("/incidents").filter((path) => path.endsWith("/manifest.json"));
  const { artifacts } = JSON.parse(world.files.text(manifest ?? "") ?? "");
  const [threads] = artifacts.filter(({ name }: { readonly name: string }) => name === "threads-1.txt");
  assert.equal(threads.status, "missing", "no process of this world can be asked");
  silent = false;
  await whole.comesUp(server);
  assert.match(whole.log.join(""), /generation 1 is not fit \(silent\): no answer for 5 s\n/);
  const ended = whole.shutDown();
  await world.clock.advance(10_000);
  await ended;
});

Deno.test("a gateway whose hand-shake is junk is ended, and that is the reason", async () => {
  const whole = new WholeGateway();
  const { world } = whole;
  whole.post({ kind: "start" });
  await whole.until(() => world.children.length === 1, "a process");
  world.files.put("/run/g1/handshake", "junk that is long enough");
  await whole.until(() => world.clock.pendingMs.some((ms) => ms <= 20), "the look for the hand-shake");
  await world.clock.advance(20);
  await whole.reaches("backoff");
  const verdict = whole.status.lastIncident?.verdict;
  assert.equal(verdict?.class, "start-timeout");
  assert.match(verdict?.summary ?? "", /hand-shake file: its port is/);
  await whole.shutDown();
});

Deno.test("a start that cannot succeed is not repeated, until somebody says so", async () => {
  const whole = new WholeGateway();
  const { world } = whole;
  const answer = world.launcher.onRun;
  world.launcher.onRun = () => ({
    exit: { code: 127, signal: null },
    stderr: "rekindle: line 1: /opt/jdk/bin/java: No such file or directory\n",
  });
  whole.post({ kind: "start" });
  await whole.reaches("failed");
  assert.equal(whole.status.lastIncident?.verdict.class, "java-missing");
  await world.clock.advance(24 * 3_600_000);
  assert.deepEqual([whole.phase, whole.status.generation], ["failed", 1]);
  world.launcher.onRun = answer;
  whole.post({ kind: "start" });
  await whole.until(() => world.children.length === 1, "a process");
  await whole.shutDown();
});

Deno.test("a shutdown while the launcher is still being asked starts nothing", async () => {
  const whole = new WholeGateway();
  const { world } = whole;
  const launcher = Promise.withResolvers<void>();
  const answer = world.launcher.onRun;
  world.launcher.onRun = async (spec) => {
    await launcher.promise;
    return await answer(spec);
  };
  whole.post({ kind: "start" });
  await whole.reaches("starting");
  const ended = whole.shutDown();
  await whole.reaches("stopping");
  launcher.resolve();
  await ended;
  assert.deepEqual(world.launcher.spawned, []);
});

Deno.test("a gateway that obeys nothing but SIGKILL gets every chance before it", async () => {
  await using server = new FakePy4jServer(answering(ANSWERS));
  const whole = new WholeGateway({ SIGKILL: { code: 137, signal: "SIGKILL" } });
  const { world } = whole;
  whole.post({ kind: "start" });
  await whole.comesUp(server);
  const ended = whole.shutDown();
  await whole.reaches("stopping");
  await world.clock.advance(4_999);
  assert.deepEqual(world.child.received, ["close-stdin"]);
  await world.clock.advance(1);
  assert.deepEqual(world.child.received, ["close-stdin", "SIGTERM"]);
  await world.clock.advance(5_000);
  await ended;
  assert.deepEqual(world.child.received, ["close-stdin", "SIGTERM", "SIGKILL"]);
  assert.deepEqual(world.files.tree("/incidents"), []);
});

Deno.test("a restart on request is no incident", async () => {
  await using server = new FakePy4jServer(answering(ANSWERS));
  const whole = new WholeGateway();
  whole.post({ kind: "start" });
  await whole.comesUp(server);
  whole.post({ kind: "restart", by: "a test" });
  await whole.until(() => whole.world.children.length === 2, "a second process");
  await whole.comesUp(server);
  assert.deepEqual([whole.status.generation, whole.status.lastIncident], [2, null]);
  await whole.shutDown();
});

Deno.test("the gateway's secret is in no answer, no log and no file but the way in", async () => {
  await using server = new FakePy4jServer(answering(ANSWERS));
  const whole = new WholeGateway();
  const { world } = whole;
  const seen: string[] = [];
  const look = async () => {
    const paths = ["/livez", "/startupz", "/readyz", "/readyz/gateway", "/health", "/v1/status", "/nothing"];
    for (const path of paths) {
      seen.push(await (await whole.ask(path)).text());
    }
    const files = world.files.tree("/").filter((path) => path !== whole.driver.environmentFile);
    seen.push(...files.map((path) => `${path} ${world.files.text(path)}`));
  };
  whole.post({ kind: "start" });
  await whole.comesUp(server);
  assert.ok(world.files.text(whole.driver.environmentFile)?.includes(server.secret));
  await look();
  world.child.write("stderr", "# A fatal error has been detected by the Java Runtime Environment:\n");
  world.child.exit({ code: 134, signal: "SIGABRT" });
  await whole.launches(2);
  await whole.until(() => world.files.tree("/incidents").length > 0, "an incident");
  await look();
  await whole.shutDown();
  await look();
  seen.push(...whole.log);
  assert.ok(seen.some((text) => text.includes("jvm-crash")));
  assert.ok(!seen.some((text) => text.includes(server.secret)));
});
