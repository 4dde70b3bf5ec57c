import { deepStrictEqual, match, ok, rejects, strictEqual } from "node:assert/strict";
import { warmUpByProgram } from "../../src/gateway/own_warm_up.ts";
import { dialer } from "../../src/runtime/net.ts";
import { ManualClock } from "../fakes/manual_clock.ts";
import { ScriptedChild, ScriptedLauncher } from "../fakes/scripted_child.ts";
import { WarmableSpark } from "../fakes/warmable_spark.ts";

const OWN = { python: "/bin/python3", path: "/jobs/usual.py", cwd: "/jobs", env: { A: "1" } };
const DONE = { code: 0, signal: null };
const KILLED = { code: 137, signal: "SIGKILL" } as const;

/** A program that does what the test says. */
class Scene implements AsyncDisposable {
  readonly spark = new WarmableSpark();
  readonly clock = new ManualClock();
  readonly children = new ScriptedLauncher();
  readonly end = new AbortController();
  /** The one that was started last. */
  child = new ScriptedChild();
  /** How often it has been started when the first program comes that would have to wait. */
  missedAt = Infinity;
  /** What each does as soon as it is started. */
  onStart: (child: ScriptedChild) => void = () => {};

  constructor() {
    this.children.onSpawn = () => {
      this.child = new ScriptedChild({ obeys: { SIGKILL: KILLED } });
      this.onStart(this.child);
      return this.child;
    };
  }

  run(): Promise<void> {
    const { children, clock, end: { signal } } = this;
    const isMissed = () => this.children.spawned.length >= this.missedAt;
    return warmUpByProgram({ ...OWN, isMissed }, this.spark, { children, clock, dialer, signal });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.spark[Symbol.asyncDispose]();
  }
}

Deno.test("the user's program is attached as any other, and looked after", async () => {
  await using scene = new Scene();
  scene.onStart = (child) => child.exit(DONE);
  await scene.run();
  const [spec] = scene.children.spawned;
  strictEqual([spec?.program, ...spec?.args ?? []].join(" "), "/bin/python3 /jobs/usual.py");
  strictEqual(spec?.env.PYSPARK_GATEWAY_PORT, String(scene.spark.port));
  strictEqual(spec?.env.PYSPARK_GATEWAY_SECRET, scene.spark.secret);
  strictEqual(spec?.env.A, "1");
  ok(scene.spark.commands.some((command) => command.includes("getActive")), "a context would be stopped");
  strictEqual(scene.clock.pendingMs.length, 0);
});

Deno.test("a short program is run eighteen times, and a long one as often as there is time", async () => {
  const runsOf = new Map([
    [1_000, 18],
    [1_666, 18],
    [1_667, 17],
    [8_000, 3],
    [10_000, 3],
    [10_001, 2],
    [16_000, 1],
    [60_000, 1],
  ]);
  for (const [lastsMs, runs] of runsOf) {
    await using scene = new Scene();
    scene.onStart = (child) => void scene.clock.advance(lastsMs).then(() => child.exit(DONE));
    await scene.run();
    strictEqual(scene.children.spawned.length, runs, `${lastsMs} ms`);
    // Each time, so that the next one finds none.
    const looks = scene.spark.commands.filter((command) => command.includes("getActive"));
    strictEqual(looks.length, runs);
  }
});

Deno.test("no run is begun that a program would have to wait for", async () => {
  for (const runs of [1, 3]) {
    await using scene = new Scene();
    scene.onStart = (child) => child.exit(DONE);
    scene.missedAt = runs;
    await scene.run();
    strictEqual(scene.children.spawned.length, runs);
  }
});

/** How the heap was dealt with, and behind which run each time. */
async function collections(scene: Scene, atRun: () => void = () => {}): Promise<readonly string[]> {
  const { commands, heap } = scene.spark;
  const runsAt: number[] = [];
  scene.onStart = (child) => {
    runsAt.push(commands.length);
    atRun();
    child.exit(DONE);
  };
  const flags = { ...heap.flags };
  await scene.run();
  strictEqual(scene.spark.objectCount, 0);
  deepStrictEqual(heap.flags, flags, "as they were");
  return commands.flatMap((command, at) => {
    const [, what] = / (gc|allocate)(?: |$)/.exec(command) ?? [];
    return what === undefined ? [] : [`${runsAt.filter((begun) => begun <= at).length} ${what}`];
  });
}

Deno.test("the heap is emptied early, and behind the last run Java forgets nothing any more", async () => {
  await using scene = new Scene();
  deepStrictEqual(await collections(scene), ["2 gc", "18 allocate", "18 allocate", "18 allocate"]);
  strictEqual(scene.spark.heap.sizeBytes, 400e6, "and not what Java would have left of it, 333 MB");
  await using roomy = new Scene();
  roomy.spark.heap.room = Infinity;
  const [emptied, ...filled] = await collections(roomy);
  strictEqual(emptied, "2 gc");
  strictEqual(filled.length, 1024);
});

Deno.test("the heap is emptied at the end when that is early, or when Java cannot collect young objects alone", async () => {
  for (const runs of [1, 2]) {
    await using scene = new Scene();
    scene.missedAt = runs;
    deepStrictEqual(await collections(scene), [`${runs} gc`]);
  }
  await using parallel = new Scene();
  parallel.spark.heap.isG1 = false;
  deepStrictEqual(await collections(parallel), ["2 gc", "18 gc"]);
  await using mute = new Scene();
  mute.spark.refuse = (command) => command.includes("getGarbageCollectorMXBeans");
  deepStrictEqual(await collections(mute), ["2 gc", "18 gc"]);
});

Deno.test("a heap in which G1 would mark grows, by half at most", async () => {
  for (
    const [peakBytes, sizeBytes] of [
      // 45 in 100 of the size are 200 MB, with a margin of 15 in 100.
      [175e6, 447e6],
      // G1 has marked, and who knows how much more there would have been.
      [180e6, 600e6],
      [390e6, 600e6],
    ] as const
  ) {
    await using scene = new Scene();
    const { heap } = scene.spark;
    heap.peakBytes = peakBytes;
    scene.missedAt = 1;
    deepStrictEqual(await collections(scene), ["1 gc", "1 gc"]);
    // A ratio is a whole number.
    ok(heap.sizeBytes >= sizeBytes && heap.sizeBytes < sizeBytes * 1.07, String(heap.sizeBytes));
  }
});

Deno.test("the heap grows behind the first runs for as long as G1 marks in them, and no further than it may", async () => {
  for (
    const { limitBytes, sizeBytes, emptied } of [
      // Half as much again, twice; a ratio is a whole number.
      { limitBytes: 2e9, sizeBytes: 1e9, emptied: ["2 gc", "2 gc", "3 gc", "3 gc"] },
      { limitBytes: 500e6, sizeBytes: 500e6, emptied: ["2 gc", "2 gc"] },
      { limitBytes: 400e6, sizeBytes: 400e6, emptied: ["2 gc"] },
    ]
  ) {
    await using scene = new Scene();
    const { heap } = scene.spark;
    heap.limitBytes = limitBytes;
    // Each run would need 315 MB that are not young: 700 MB for G1 not to mark. It marks at 45 in 100.
    const seen = await collections(scene, () => heap.peakBytes = Math.min(315e6, heap.sizeBytes / 2));
    deepStrictEqual(seen.filter((one) => one.endsWith("gc")), emptied);
    strictEqual(heap.sizeBytes, sizeBytes);
  }
});

Deno.test("a heap that Java does not collect, or tells nothing of, is left alone", async () => {
  await using refusing = new Scene();
  refusing.spark.refuse = (command) => / gc(?: |$)/.test(command);
  await collections(refusing);
  await using mute = new Scene();
  mute.spark.refuse = (command) => command.includes("getPlatformMXBean");
  mute.spark.heap.isG1 = false;
  deepStrictEqual(await collections(mute), []);
});

Deno.test("a program that fails is quoted, and one that hangs is killed", async () => {
  await using failing = new Scene();
  failing.onStart = (child) => {
    child.write("stderr", "Traceback\nKeyError: 'x'\n");
    child.exit({ code: 1, signal: null });
  };
  await rejects(failing.run(), (error: Error) => {
    match(error.message, /^\/jobs\/usual\.py ended with exit code 1: KeyError: 'x'$/);
    return true;
  });

  await using hanging = new Scene();
  const late = rejects(hanging.run(), /had not ended after 10 minutes$/);
  await hanging.clock.sleeping();
  await hanging.clock.advance(600_000);
  await late;
  strictEqual(hanging.child.received.at(-1), "SIGKILL");
});

Deno.test("a program does not outlive the wish for it", async () => {
  await using scene = new Scene();
  const reason = new Error("the daemon ends");
  const running = rejects(scene.run(), reason);
  scene.end.abort(reason);
  await running;
  strictEqual(scene.child.received.at(-1), "SIGKILL");
});
