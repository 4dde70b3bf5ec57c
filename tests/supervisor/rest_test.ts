import assert from "node:assert/strict";
import { join } from "@std/path";
import { files } from "../../src/runtime/files.ts";
import { dialer } from "../../src/runtime/net.ts";
import { Rest } from "../../src/supervisor/rest.ts";
import type { RestingGateway } from "../../src/supervisor/rest.ts";
import { Inputs } from "../fakes/inputs.ts";
import { ManualClock } from "../fakes/manual_clock.ts";
import { ScriptedLauncher } from "../fakes/scripted_child.ts";
import { WarmableSpark } from "../fakes/warmable_spark.ts";

const GENERATION = 7;

/** A gateway at rest. */
class Scene implements AsyncDisposable {
  readonly spark = new WarmableSpark();
  readonly clock = new ManualClock();
  readonly inputs = new Inputs();
  readonly end = new AbortController();
  readonly steps: string[] = [];
  readonly folder = Deno.makeTempDirSync();
  readonly rest: Rest;

  constructor(gateway: Partial<RestingGateway> = {}) {
    for (const name of ["scratch", "cwd"]) Deno.mkdirSync(join(this.folder, name));
    const { clock, spark: { port, secret } } = this;
    this.rest = new Rest(
      {
        ...{ generation: GENERATION, endpoint: { port, secret }, scratch: join(this.folder, "scratch") },
        ...gateway,
      },
      {
        ...{ clock, dialer, files, cwd: join(this.folder, "cwd") },
        ...{ ownWarmUp: null, workerPython: () => Promise.resolve(null), children: new ScriptedLauncher() },
        onWarmedUp: (generation, steps) =>
          void this.steps.push(...steps.map(({ name }) => `${generation} ${name}`)),
      },
    );
  }

  async warmUp(): Promise<void> {
    await this.rest.warmUp(this.end.signal, this.inputs.report);
  }

  async remember(): Promise<void> {
    await this.rest.remember(this.end.signal);
  }

  async search(): Promise<void> {
    await this.rest.search(this.end.signal, this.inputs.report);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.spark[Symbol.asyncDispose]();
    await Deno.remove(this.folder, { recursive: true });
    assert.deepEqual(this.clock.pendingMs, []);
  }
}

Deno.test("a warm-up is reported with its gateway, and its steps are told", async () => {
  await using scene = new Scene();
  await scene.warmUp();
  assert.deepEqual(scene.inputs.all, [{ kind: "warmed", generation: GENERATION }]);
  assert.ok(scene.steps.includes(`${GENERATION} session`));
  assert.equal(scene.steps.at(-1), `${GENERATION} gc`);
});

Deno.test("a warm-up that fails is reported a second later: an exit would come first", async () => {
  await using scene = new Scene();
  scene.spark.refuse = (command) => command.includes("JavaSparkContext");
  const over = scene.warmUp();
  while (!scene.clock.pendingMs.includes(1_000)) await scene.clock.advance(0);
  await scene.clock.advance(999);
  assert.deepEqual(scene.inputs.all, []);
  await scene.clock.advance(1);
  await over;
  const failed = await scene.inputs.first("warm-up-failed");
  assert.equal(failed.generation, GENERATION);
  assert.match(failed.reason, /the step "session" failed: .*refused for the test/);
  assert.deepEqual([scene.inputs.all.length, scene.steps], [1, []]);
});

Deno.test("a warm-up whose gateway ends meanwhile is not reported", async () => {
  await using calling = new Scene();
  calling.spark.hangAt = (command) => command.includes("showString");
  const called = calling.warmUp();
  await calling.spark.hung;
  calling.end.abort();
  await called;
  assert.deepEqual(calling.inputs.all, []);
  // The call has failed already, and the exit comes within the second.
  await using failing = new Scene();
  failing.spark.refuse = (command) => command.includes("showString");
  const failed = failing.warmUp();
  while (!failing.clock.pendingMs.includes(1_000)) await failing.clock.advance(0);
  failing.end.abort();
  await failed;
  assert.deepEqual(failing.inputs.all, []);
});

Deno.test("nothing is reported of a gateway that is not reachable yet", async () => {
  for (const gateway of [{ endpoint: null }, { scratch: null }]) {
    await using scene = new Scene(gateway);
    await scene.warmUp();
    assert.deepEqual([scene.inputs.all, scene.spark.commands], [[], []]);
  }
});

Deno.test("a search finds nothing where a gateway is as it was before any program", async () => {
  await using scene = new Scene();
  await scene.remember();
  for (let program = 0; program < 2; program++) await scene.search();
  const clean = { kind: "searched", generation: GENERATION, left: null };
  assert.deepEqual(scene.inputs.all, [clean, clean]);
  assert.equal(scene.spark.objectCount, 0);
  await scene.spark.allClosed();
});

Deno.test("a search names what a program has left", async () => {
  const table: readonly (readonly [(scene: Scene) => void, string])[] = [
    [({ spark }) => spark.left.add("getActive"), "a context"],
    [({ spark }) => spark.left.add("getDefaultSession"), "a default session"],
    [({ spark }) => spark.settings = ["spark.a=hush", "spark.a=hush"], "the setting spark.a"],
    [({ spark }) => spark.levels = ["INFO", "INFO"], "the log level INFO for WARN"],
    [({ folder }) => Deno.mkdirSync(join(folder, "cwd/metastore_db")), "metastore_db in the working folder"],
  ];
  for (const [leave, left] of table) {
    await using scene = new Scene();
    await scene.remember();
    leave(scene);
    await scene.search();
    assert.deepEqual(scene.inputs.all, [{ kind: "searched", generation: GENERATION, left }]);
  }
});

Deno.test("what was not known before is not searched for: something may be left", async () => {
  await using unlooked = new Scene();
  await unlooked.search();
  await using refused = new Scene();
  refused.spark.refuse = () => true;
  await refused.remember();
  refused.spark.refuse = () => false;
  await refused.search();
  await using unreachable = new Scene({ endpoint: null });
  await unreachable.remember();
  await unreachable.search();
  for (const { inputs, spark } of [unlooked, refused, unreachable]) {
    const left = "nobody knows what";
    assert.deepEqual(inputs.all, [{ kind: "searched", generation: GENERATION, left }]);
    assert.ok(!spark.commands.some((command) => command.includes("getActive")));
  }
});

Deno.test("a search that fails leaves the gateway to nobody", async () => {
  await using scene = new Scene();
  await scene.remember();
  scene.spark.refuse = (command) => command.includes("getActiveSession");
  await scene.search();
  assert.match((await scene.inputs.first("searched")).left ?? "", /refused for the test/);
});

Deno.test("a search that is not answered is given up, as is a look before any program", async () => {
  await using scene = new Scene();
  await scene.remember();
  scene.spark.hangAt = (command) => command.includes("getActive");
  const over = scene.search();
  await scene.spark.hung;
  await scene.clock.advance(29_999);
  assert.deepEqual(scene.inputs.all, []);
  await scene.clock.advance(1);
  await over;
  assert.match((await scene.inputs.first("searched")).left ?? "", /keeps Spark from answering for 30 s/);
  await using silent = new Scene();
  silent.spark.hangAt = () => true;
  const looked = silent.remember();
  await silent.spark.hung;
  await silent.clock.advance(30_000);
  await looked;
});

Deno.test("a search whose gateway ends meanwhile is not reported", async () => {
  await using scene = new Scene();
  await scene.remember();
  scene.spark.hangAt = (command) => command.includes("getActive");
  const over = scene.search();
  await scene.spark.hung;
  scene.end.abort();
  await over;
  assert.deepEqual(scene.inputs.all, []);
});
