import assert from "node:assert/strict";
import type { Holder } from "../../src/core/relay/departure.ts";
import { Holders } from "../../src/daemon/holders.ts";
import { ManualClock } from "../fakes/manual_clock.ts";
import { ScriptedMachine } from "../fakes/scripted_machine.ts";

const PROGRAM: Holder = { pid: 7, startTicks: 9000 };
const OTHER: Holder = { pid: 8, startTicks: 9500 };
const QUARTER_MS = 15 * 60_000;

/** Programs that come, go and connect as a test says. */
class Scene implements Disposable {
  readonly clock = new ManualClock();
  readonly machine = new ScriptedMachine();
  readonly connections = new Map<string, number>();
  readonly gone: string[] = [];
  readonly #end = new AbortController();
  onGone = (_lease: string): void => {};
  onCount = (): void => {};
  readonly holders = new Holders({
    clock: this.clock,
    machine: this.machine,
    connections: (lease) => {
      this.onCount();
      return this.connections.get(lease) ?? 0;
    },
    onGone: (lease) => {
      this.gone.push(lease);
      this.onGone(lease);
    },
    signal: this.#end.signal,
  });

  /** A program that lives. */
  start({ pid, startTicks }: Holder): void {
    const nothing = { state: "S", cpuMs: 0, tracerPid: 0, residentBytes: null };
    this.machine.vitals.set(pid, { ...nothing, startTicks });
  }

  stop({ pid }: Holder): void {
    this.machine.vitals.delete(pid);
  }

  end(): void {
    this.#end.abort();
  }

  [Symbol.dispose](): void {
    this.end();
  }
}

Deno.test("a program that was killed is gone at the second look, once", async () => {
  using scene = new Scene();
  const { clock, holders, connections } = scene;
  scene.start(PROGRAM);
  connections.set("a", 2);
  holders.hold("a", PROGRAM);
  await clock.advance(60_000);
  scene.stop(PROGRAM);
  connections.set("a", 0);
  await clock.advance(2_000);
  assert.deepEqual(scene.gone, []);
  await clock.advance(2_000);
  assert.deepEqual(scene.gone, ["a"]);
  await clock.advance(QUARTER_MS);
  assert.deepEqual(scene.gone, ["a"]);
});

Deno.test("a program that lives without a connection stays, as after Ctrl-C in a notebook", async () => {
  using scene = new Scene();
  scene.start(PROGRAM);
  scene.holders.hold("a", PROGRAM);
  await scene.clock.advance(10 * QUARTER_MS);
  assert.deepEqual(scene.gone, []);
  scene.stop(PROGRAM);
  await scene.clock.advance(2_000);
  assert.deepEqual(scene.gone, ["a"]);
});

Deno.test("a dead program whose child still has its connection stays until the child hangs up", async () => {
  using scene = new Scene();
  scene.connections.set("a", 1);
  scene.holders.hold("a", PROGRAM);
  await scene.clock.advance(QUARTER_MS);
  assert.deepEqual(scene.gone, []);
  scene.connections.set("a", 0);
  await scene.clock.advance(4_000);
  assert.deepEqual(scene.gone, ["a"]);
});

Deno.test("a later process of the same pid is not the program", async () => {
  using scene = new Scene();
  scene.start({ ...PROGRAM, startTicks: PROGRAM.startTicks + 1 });
  scene.holders.hold("a", PROGRAM);
  await scene.clock.advance(4_000);
  assert.deepEqual(scene.gone, ["a"]);
});

Deno.test("an unknown program is gone after a quarter of an hour in a row without a connection", async () => {
  using scene = new Scene();
  const { clock, connections, holders } = scene;
  holders.hold("a", null);
  await clock.advance(QUARTER_MS);
  connections.set("a", 1);
  await clock.advance(2_000);
  connections.set("a", 0);
  await clock.advance(QUARTER_MS);
  assert.deepEqual(scene.gone, []);
  await clock.advance(2_000);
  assert.deepEqual(scene.gone, ["a"]);
});

Deno.test("the kernel is asked for programs without a connection only", async () => {
  using scene = new Scene();
  const asked: number[] = [];
  scene.machine.process = (pid) => {
    asked.push(pid);
    return Promise.resolve(null);
  };
  scene.connections.set("a", 1);
  scene.holders.hold("a", PROGRAM);
  scene.holders.hold("b", OTHER);
  scene.holders.hold("c", null);
  await scene.clock.advance(2_000);
  assert.deepEqual(asked, [OTHER.pid]);
});

Deno.test("each program is judged by itself", async () => {
  using scene = new Scene();
  scene.start(OTHER);
  scene.holders.hold("a", PROGRAM);
  scene.holders.hold("b", OTHER);
  scene.holders.hold("c", null);
  await scene.clock.advance(4_000);
  assert.deepEqual(scene.gone, ["a"]);
});

Deno.test("nothing waits while there is nobody to look after, and only one wait while there are several", async () => {
  using scene = new Scene();
  const { clock, holders } = scene;
  assert.deepEqual(clock.pendingMs, []);
  holders.hold("a", PROGRAM);
  holders.hold("b", PROGRAM);
  assert.deepEqual(clock.pendingMs, [2_000]);
  holders.forget("a");
  holders.forget("never held");
  await clock.advance(0);
  assert.deepEqual(clock.pendingMs, [2_000]);
  holders.forget("b");
  await clock.advance(0);
  assert.deepEqual(clock.pendingMs, []);
  holders.hold("c", PROGRAM);
  assert.deepEqual(clock.pendingMs, [2_000]);
  await clock.advance(4_000);
  assert.deepEqual([scene.gone, clock.pendingMs], [["c"], []]);
});

Deno.test("one that is forgotten and held again within a moment is still looked at every two seconds only", async () => {
  using scene = new Scene();
  const { clock, holders } = scene;
  holders.hold("a", PROGRAM);
  await clock.advance(2_000);
  holders.forget("a");
  holders.hold("a", PROGRAM);
  await clock.advance(0);
  assert.deepEqual(clock.pendingMs, [2_000]);
  await clock.advance(2_000);
  assert.deepEqual(scene.gone, []);
  await clock.advance(2_000);
  assert.deepEqual(scene.gone, ["a"]);
});

Deno.test("a program that becomes known is judged by that from then on", async () => {
  using scene = new Scene();
  scene.start(PROGRAM);
  scene.holders.hold("a", null);
  await scene.clock.advance(QUARTER_MS);
  scene.holders.hold("a", PROGRAM);
  await scene.clock.advance(QUARTER_MS);
  assert.deepEqual(scene.gone, []);
});

Deno.test("what happens while the kernel is asked counts", async () => {
  for (
    const meanwhile of [
      (scene: Scene) => scene.holders.forget("a"),
      (scene: Scene) => scene.holders.hold("a", PROGRAM),
      (scene: Scene) => scene.connections.set("a", 1),
      (scene: Scene) => scene.end(),
    ]
  ) {
    using scene = new Scene();
    scene.holders.hold("a", PROGRAM);
    await scene.clock.advance(2_000);
    scene.machine.process = () => {
      meanwhile(scene);
      return Promise.resolve(null);
    };
    await scene.clock.advance(2_000);
    assert.deepEqual(scene.gone, [], String(meanwhile));
  }
});

Deno.test("a look that fails counts as nothing", async () => {
  using scene = new Scene();
  const { clock, holders } = scene;
  holders.hold("a", PROGRAM);
  const { process } = scene.machine;
  scene.machine.process = () => Promise.reject(new Error("no descriptor left"));
  await clock.advance(20_000);
  assert.deepEqual(scene.gone, []);
  scene.machine.process = process;
  await clock.advance(2_000);
  scene.onCount = () => {
    throw new Error("no such lease");
  };
  await clock.advance(20_000);
  assert.deepEqual(scene.gone, []);
  scene.onCount = () => {};
  await clock.advance(2_000);
  assert.deepEqual(scene.gone, ["a"]);
});

Deno.test("who is told of one may forget it, forget another, and hold a new one", async () => {
  using scene = new Scene();
  const { clock, holders } = scene;
  scene.onGone = (lease) => {
    holders.forget(lease);
    if (lease !== "a") return;
    holders.forget("b");
    holders.hold("c", PROGRAM);
  };
  holders.hold("a", PROGRAM);
  holders.hold("b", PROGRAM);
  await clock.advance(4_000);
  assert.deepEqual([scene.gone, clock.pendingMs], [["a"], [2_000]]);
  await clock.advance(4_000);
  assert.deepEqual([scene.gone, clock.pendingMs], [["a", "c"], []]);
});

Deno.test("after the end nothing is watched any more", async () => {
  using scene = new Scene();
  const { clock, holders } = scene;
  holders.hold("a", PROGRAM);
  await clock.advance(2_000);
  scene.end();
  holders.hold("b", PROGRAM);
  await clock.advance(QUARTER_MS);
  assert.deepEqual([scene.gone, clock.pendingMs], [[], []]);
});
