import { deepStrictEqual, match, ok, rejects, strictEqual } from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import { join } from "@std/path";
import { ArchiveFolder } from "../../src/gateway/archive.ts";
import { trainArchive, type TrainingOptions } from "../../src/gateway/archive_training.ts";
import { files } from "../../src/runtime/files.ts";
import { dialer } from "../../src/runtime/net.ts";
import { ManualClock } from "../fakes/manual_clock.ts";
import { ScriptedChild, ScriptedLauncher } from "../fakes/scripted_child.ts";
import { WarmableSpark } from "../fakes/warmable_spark.ts";

const KEY = "0123456789abcdef";
const DUMPED = { code: 0, signal: null };

/** A gateway that can be trained; what its JVM does is the test's to say. */
class Scene implements AsyncDisposable {
  readonly folder = Deno.makeTempDirSync();
  readonly spark = new WarmableSpark();
  readonly clock = new ManualClock();
  readonly children = new ScriptedLauncher();
  readonly end = new AbortController();
  readonly archives = new ArchiveFolder(join(this.folder, "archive"), files);
  /** Whether the JVM publishes how to reach it, writes at its exit, and how it exits. */
  shakesHands = true;
  /** Whether a JVM can archive the JDK's own classes. */
  makesBases = true;
  writes = true;
  exit: { code: number; signal: null } | null = DUMPED;
  child: ScriptedChild | null = null;

  constructor() {
    Deno.mkdirSync(join(this.folder, "scratch"));
    this.children.onRun = ({ args }) => {
      const path = args.find((arg) => arg.startsWith("-XX:SharedArchiveFile="))?.split("=")[1] ?? "";
      if (this.makesBases && args.includes("-Xshare:dump")) Deno.writeTextFileSync(path, "base");
      return {};
    };
    this.children.onSpawn = ({ env, args }) => {
      const { exit } = this;
      const killed = { code: 137, signal: "SIGKILL" } as const;
      const obeys = { SIGKILL: killed, ...exit === null ? {} : { "close-stdin": exit } };
      this.child = new ScriptedChild({ obeys });
      const path = args.find((arg) => arg.startsWith("-XX:ArchiveClassesAtExit="))?.split("=")[1] ?? "";
      if (this.writes) Deno.writeTextFileSync(path, "archive");
      if (this.shakesHands) Deno.writeFileSync(env._PYSPARK_DRIVER_CONN_INFO_PATH ?? "", this.#handshake());
      return this.child;
    };
  }

  #handshake(): Uint8Array {
    const secret = new TextEncoder().encode(this.spark.secret);
    const bytes = new Uint8Array(8 + secret.length);
    new DataView(bytes.buffer).setInt32(0, this.spark.port);
    new DataView(bytes.buffer).setInt32(4, secret.length);
    bytes.set(secret, 8);
    return bytes;
  }

  get options(): TrainingOptions {
    const command = {
      program: "/java/bin/java",
      jvm: ["-cp", "/jars/*", "-Xms4g", "-Xmx8g"],
      spark: ["Main", "shell"],
    };
    const { archives, clock, children, folder, end } = this;
    const ports = { archives, clock, children, files, dialer };
    return {
      ...ports,
      command,
      key: KEY,
      env: { A: "1" },
      scratch: join(folder, "scratch"),
      signal: end.signal,
      workerPython: () => Promise.resolve(null),
      randomBytes: (count) => new Uint8Array(count).fill(1),
    };
  }

  names(): string[] {
    return [...Deno.readDirSync(join(this.folder, "archive"))].map(({ name }) => name).sort();
  }

  async failed(pattern: RegExp, outcome = trainArchive(this.options)): Promise<void> {
    const result = await outcome;
    ok(result.kind === "failed", JSON.stringify(result));
    match(result.reason, pattern);
    deepStrictEqual(this.names(), [`${KEY}.failed`, "lock"]);
    strictEqual(this.child?.received.at(-1), "SIGKILL");
    deepStrictEqual(this.clock.pendingMs, []);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.spark[Symbol.asyncDispose]();
    await Deno.remove(this.folder, { recursive: true });
  }
}

Deno.test("trainArchive() warms a gateway of its own up, lets it exit and write, tries what it wrote, and keeps it", async () => {
  await using scene = new Scene();
  deepStrictEqual(await trainArchive(scene.options), { kind: "made", bytes: 7 });
  deepStrictEqual(scene.names(), [`${KEY}.base`, `${KEY}.jsa`, "lock"]);
  ok(scene.spark.commands.some((command) => command.endsWith(" stop")));
  strictEqual(scene.child?.received[0], "close-stdin");
  const partial = join(scene.folder, "archive", `${KEY}.partial`);
  const [trained] = scene.children.spawned;
  const words = ["-cp", "/jars/*", "-Xmx8g", "-Xmx640m", `-XX:ArchiveClassesAtExit=${partial}`];
  const base = `-XX:SharedArchiveFile=${join(scene.folder, "archive", `${KEY}.base`)}`;
  deepStrictEqual(trained?.args, [...words, base, "Main", "shell"]);
  strictEqual(trained?.cwd, join(scene.folder, "scratch"));
  const [based, tried] = scene.children.ran;
  deepStrictEqual(based?.args, ["-Xmx640m", "-XX:SharedBaseAddress=0x11100000000", base, "-Xshare:dump"]);
  const used = [`-XX:SharedArchiveFile=${partial}`, "-Xshare:on"];
  const inPlace = ["-XX:+UnlockDiagnosticVMOptions", "-XX:ArchiveRelocationMode=0"];
  deepStrictEqual(tried?.args.slice(-5), [...used, ...inPlace, "-version"]);
  deepStrictEqual(scene.clock.pendingMs, []);
});

Deno.test("trainArchive() makes one that HotSpot moves where the JDK's own classes cannot be archived anew", async () => {
  await using scene = new Scene();
  scene.makesBases = false;
  deepStrictEqual(await trainArchive(scene.options), { kind: "made", bytes: 7 });
  deepStrictEqual(scene.names(), [`${KEY}.jsa`, "lock"]);
  const words = [scene.children.spawned[0], scene.children.ran[1]].flatMap((each) => each?.args ?? []);
  ok(words.includes("-version"));
  ok(!words.some((word) => /\.base$|ArchiveRelocationMode/.test(word)), words.join(" "));
});

Deno.test("trainArchive() leaves alone what another has made meanwhile", async () => {
  await using scene = new Scene();
  await trainArchive(scene.options);
  deepStrictEqual(await trainArchive(scene.options), { kind: "made", bytes: 7 });
  strictEqual(scene.children.spawned.length, 1);
});

Deno.test("trainArchive() leaves it to another that is at it", async () => {
  await using scene = new Scene();
  await using _other = await scene.archives.beginTraining(KEY);
  deepStrictEqual(await trainArchive(scene.options), { kind: "busy" });
  strictEqual(scene.children.spawned.length, 0);
});

Deno.test("trainArchive() gives up for good what does not start, warm up, write or work", async () => {
  await using silent = new Scene();
  silent.shakesHands = false;
  silent.children.onSpawn = () => {
    silent.child = new ScriptedChild();
    silent.child.write("stdout", "[0.1s][warning][cds] Skipping x: Old class\n");
    silent.child.write("stderr", "Error: no\n");
    silent.child.exit({ code: 1, signal: null });
    return silent.child;
  };
  await silent.failed(/did not start: Error: no$/);

  await using cold = new Scene();
  cold.spark.refuse = (line) => line.includes("showString");
  await cold.failed(/step "show" failed/);

  await using refusing = new Scene();
  refusing.writes = false;
  refusing.exit = { code: 1, signal: null };
  await refusing.failed(/did not write it: it said nothing/);

  await using bad = new Scene();
  bad.children.onRun = ({ args }) =>
    args.includes("-Xshare:dump") ? {} : ({
      exit: { code: 1, signal: null },
      stderr: "An error\nThe shared archive file has a bad magic number.\n",
    });
  await bad.failed(/no JVM starts from it: The shared archive file has a bad magic number\.$/);

  await using hanging = new Scene();
  hanging.children.onRun = ({ args }) =>
    args.includes("-Xshare:dump") ? {} : { exit: { code: 137, signal: "SIGKILL" }, timedOut: true };
  await hanging.failed(/hangs$/);
});

Deno.test("trainArchive() waits for the hand-shake and for the exit, but not for ever", async () => {
  await using mute = new Scene();
  mute.shakesHands = false;
  const never = mute.failed(/did not start/);
  await mute.clock.sleeping(2);
  await mute.clock.advance(120_000);
  await never;

  await using slow = new Scene();
  slow.exit = null;
  const late = slow.failed(/not written within 180 s/);
  while (slow.child?.received.length !== 1) await setImmediate();
  await slow.clock.sleeping();
  await slow.clock.advance(180_000);
  await late;
});

Deno.test("trainArchive() given up ends its JVM, leaves nothing and may be tried again", async () => {
  await using scene = new Scene();
  const reason = new Error("the daemon ends");
  scene.spark.hangAt = (line) => line.includes("showString");
  const training = rejects(trainArchive(scene.options), reason);
  await scene.spark.hung;
  scene.end.abort(reason);
  await training;
  strictEqual(scene.child?.received.at(-1), "SIGKILL");
  deepStrictEqual(scene.names(), ["lock"]);
});
