import assert from "node:assert/strict";
import { basename, join } from "@std/path";
import type { OpenGeneration } from "../../src/core/ledger.ts";
import type { ProcessVitals } from "../../src/core/vitals.ts";
import { OWNER_VARIABLE } from "../../src/gateway/process.ts";
import type { ChildHandle } from "../../src/ports.ts";
import { children } from "../../src/runtime/child.ts";
import { files as realFiles } from "../../src/runtime/files.ts";
import { createMachine } from "../../src/runtime/machine.ts";
import {
  EMBEDDED_LOCK,
  EMBEDDED_PREFIX,
  endOrphans,
  removeTraces,
  scratchPrefix,
  sweepEmbedded,
} from "../../src/supervisor/leftovers.ts";
import type { Orphan } from "../../src/supervisor/leftovers.ts";
import { ManualClock } from "../fakes/manual_clock.ts";
import { MemoryFiles } from "../fakes/memory_files.ts";
import { ScriptedMachine } from "../fakes/scripted_machine.ts";
import { until } from "../real/rekindle.ts";

const OWNER = "/state";
const BOOT = "one boot";
const SELF = 99;
const PREFIX = "rekindle-0123abcd-";

/** A machine on which a daemon was killed, and one that looks for what it left. */
class Aftermath {
  readonly machine = new ScriptedMachine();
  readonly clock = new ManualClock();
  open: OpenGeneration[] = [];

  /** A process that lives; `marked` says whose it is. */
  lives(pid: number, { startTicks = 10 * pid, marked = OWNER, state = "S" } = {}): void {
    const vitals: ProcessVitals = { state, startTicks, cpuMs: 0, tracerPid: 0 };
    this.machine.vitals.set(pid, vitals);
    this.machine.environments.set(pid, [`${OWNER_VARIABLE}=${marked}`]);
  }

  gone(pid: number): void {
    this.machine.vitals.delete(pid);
    this.machine.environments.delete(pid);
  }

  /** A gateway of which the ledger knows the start. */
  recorded(generation: number, pid: number, changes: Partial<OpenGeneration> = {}): void {
    this.open.push({ generation, pid, startTicks: 10 * pid, bootId: BOOT, ...changes });
  }

  begin(): { readonly orphans: Promise<readonly Orphan[]>; readonly isDone: () => boolean } {
    const { machine, clock, open } = this;
    let done = false;
    const orphans = endOrphans({ owner: OWNER, open, machine, clock, selfPid: SELF }).then((found) => {
      done = true;
      return found;
    });
    return { orphans, isDone: () => done };
  }

  /** Lets as much time pass as there is. */
  async end(): Promise<readonly Orphan[]> {
    const { orphans } = this.begin();
    await this.clock.advance(60_000);
    return await orphans;
  }
}

Deno.test("endOrphans() finds nothing and takes no time where nothing is left", async () => {
  const world = new Aftermath();
  world.recorded(1, 7);
  const { orphans } = world.begin();
  assert.deepEqual(await orphans, []);
  assert.equal(world.clock.nowMs(), 0);
});

Deno.test("endOrphans() lets who ends by itself within 5 s end in peace", async () => {
  const world = new Aftermath();
  world.lives(7);
  world.recorded(3, 7);
  const { orphans, isDone } = world.begin();
  await world.clock.advance(4_900);
  assert.equal(isDone(), false);
  world.gone(7);
  await world.clock.advance(50);
  assert.deepEqual(await orphans, [{ pid: 7, generation: 3, how: "ended by itself" }]);
  assert.deepEqual(world.machine.killed, []);
});

Deno.test("endOrphans() kills who is left after 5 s, each once, and waits until it is gone", async () => {
  const world = new Aftermath();
  for (const pid of [7, 8]) world.lives(pid);
  world.recorded(3, 7);
  const { orphans } = world.begin();
  await world.clock.advance(4_999);
  assert.deepEqual(world.machine.killed, []);
  await world.clock.advance(1);
  assert.deepEqual(world.machine.killed, [7, 8]);
  await world.clock.advance(50);
  assert.deepEqual(await orphans, [
    { pid: 7, generation: 3, how: "killed" },
    { pid: 8, generation: null, how: "killed" },
  ]);
});

Deno.test("endOrphans() tells who would not die, after 10 s", async () => {
  const world = new Aftermath();
  for (const pid of [7, 8]) world.lives(pid);
  world.machine.undying.add(8);
  const { orphans, isDone } = world.begin();
  await world.clock.advance(9_999);
  assert.equal(isDone(), false);
  await world.clock.advance(1);
  assert.deepEqual(await orphans, [
    { pid: 7, generation: null, how: "killed" },
    { pid: 8, generation: null, how: "would not die" },
  ]);
});

Deno.test("endOrphans() believes the ledger only with start time and boot, and never a name or a number", async () => {
  const strangers: readonly Partial<OpenGeneration>[] = [
    { startTicks: 71 },
    { startTicks: null },
    { bootId: "another boot" },
    { bootId: null },
  ];
  for (const changes of strangers) {
    const world = new Aftermath();
    world.lives(7, { marked: "/another/state" });
    world.recorded(3, 7, changes);
    assert.deepEqual(await world.end(), []);
    assert.deepEqual(world.machine.killed, []);
  }
  const nameless = new Aftermath();
  nameless.machine.boot = null;
  nameless.lives(7, { marked: "/another/state" });
  nameless.recorded(3, 7, { bootId: null });
  assert.deepEqual(await nameless.end(), []);
  const ours = new Aftermath();
  ours.lives(7, { marked: "/another/state" });
  ours.recorded(3, 7);
  assert.deepEqual(await ours.end(), [{ pid: 7, generation: 3, how: "killed" }]);
});

Deno.test("endOrphans() leaves itself, zombies and the dead alone", async () => {
  const world = new Aftermath();
  world.lives(SELF);
  world.recorded(1, SELF);
  world.lives(7, { state: "Z" });
  world.recorded(2, 7);
  world.lives(8, { state: "X" });
  // Marked, and gone before it could be looked at.
  world.machine.environments.set(9, [`${OWNER_VARIABLE}=${OWNER}`]);
  assert.deepEqual(await world.end(), []);
  assert.deepEqual(world.machine.killed, []);
});

Deno.test("endOrphans() counts a killed process as gone when only its zombie is left", async () => {
  const world = new Aftermath();
  world.lives(7);
  world.machine.undying.add(7);
  const { orphans } = world.begin();
  await world.clock.advance(5_000);
  world.lives(7, { state: "Z" });
  await world.clock.advance(50);
  assert.deepEqual(await orphans, [{ pid: 7, generation: null, how: "killed" }]);
});

Deno.test("endOrphans() never hits a pid that was passed on, at whatever moment that was", async () => {
  const early = new Aftermath();
  early.lives(7);
  early.recorded(3, 7);
  const first = early.begin();
  await early.clock.advance(1_000);
  early.lives(7, { startTicks: 71, marked: "/another/state" });
  await early.clock.advance(50);
  assert.deepEqual(await first.orphans, [{ pid: 7, generation: 3, how: "ended by itself" }]);
  // Between the look at everybody and the last look before the kill.
  for (const successor of [71, null]) {
    const late = new Aftermath();
    late.lives(7);
    late.recorded(3, 7);
    late.machine.undying.add(7);
    const { machine } = late;
    let looksWhenDue = 0;
    const process = machine.process.bind(machine);
    machine.process = (pid) => {
      // Once for the ledger, once for the mark; the third look is the one before the kill.
      if (late.clock.nowMs() >= 5_000 && ++looksWhenDue === 3) {
        if (successor === null) late.gone(7);
        else late.lives(7, { startTicks: successor, marked: "/another/state" });
      }
      return process(pid);
    };
    assert.deepEqual(await late.end(), [{ pid: 7, generation: 3, how: "ended by itself" }]);
    assert.deepEqual(machine.killed, []);
  }
});

Deno.test("endOrphans() does not take a stranger for ours who gets the pid while it is looked at", async () => {
  const world = new Aftermath();
  world.lives(6);
  world.lives(7);
  const { machine, clock } = world;
  const process = machine.process.bind(machine);
  machine.process = (pid) => {
    // The mark was seen on the one before.
    if (pid === 7 && clock.nowMs() === 5_000) world.lives(7, { startTicks: 71, marked: "/another/state" });
    return process(pid);
  };
  const orphans = await world.end();
  assert.deepEqual(orphans.find(({ pid }) => pid === 6)?.how, "killed");
  assert.ok(!machine.killed.includes(7));
});

Deno.test("endOrphans() also ends who is made meanwhile, such as the workers of a worker", async () => {
  const world = new Aftermath();
  world.lives(7);
  world.machine.undying.add(7);
  const { orphans } = world.begin();
  await world.clock.advance(5_000);
  world.lives(8);
  await world.clock.advance(50);
  world.machine.undying.delete(7);
  await world.clock.advance(50);
  assert.deepEqual(world.machine.killed, [7, 7, 7, 8]);
  await world.clock.advance(50);
  assert.deepEqual(await orphans, [
    { pid: 7, generation: null, how: "killed" },
    { pid: 8, generation: null, how: "killed" },
  ]);
});

Deno.test("scratchPrefix() is one for each state folder", async () => {
  // sha256sum of "/state".
  assert.equal(await scratchPrefix("/state"), "rekindle-7ac1387d-");
  assert.notEqual(await scratchPrefix("/state2"), await scratchPrefix("/state"));
  assert.match(await scratchPrefix("/stäte"), /^rekindle-[0-9a-f]{8}-$/);
});

/** Everything a killed daemon can leave in temporary folders, and as much of others. */
const TEMPORARY: Readonly<Record<string, string>> = {
  [`/var/tmp/${PREFIX}a/blockmgr-1/data`]: "much",
  [`/var/tmp/${PREFIX}b/.keep`]: "",
  [`/var/tmp/${PREFIX}file`]: "not a folder",
  "/var/tmp/rekindle-4567abcd-c/.keep": "",
  "/var/tmp/another/.keep": "",
  "/tmp/.java_pid7": "",
  "/tmp/.attach_pid7": "",
  "/tmp/hsperfdata_me/7": "",
  "/tmp/hsperfdata_you/7": "",
  "/tmp/.java_pid8": "",
  "/tmp/hsperfdata_me/8": "",
  "/tmp/.java_pid9": "",
  "/tmp/hsperfdata_me/77": "",
  "/tmp/other/7": "",
};

const REMOVED = [
  `/var/tmp/${PREFIX}a`,
  `/var/tmp/${PREFIX}b`,
  "/tmp/.java_pid7",
  "/tmp/.attach_pid7",
  "/tmp/hsperfdata_me/7",
  "/tmp/hsperfdata_you/7",
  "/tmp/.java_pid9",
];

/** What is left of {@linkcode TEMPORARY} after the removal of some paths. */
function without(paths: readonly string[]): readonly string[] {
  const isGone = (file: string) => paths.some((path) => file === path || file.startsWith(`${path}/`));
  return Object.keys(TEMPORARY).filter((file) => !isGone(file)).sort();
}

/** The same search in every test: 7 is gone, 8 lives, 9 is a zombie. */
function search(files: MemoryFiles): Parameters<typeof removeTraces>[0] {
  const world = new Aftermath();
  world.lives(8);
  world.lives(9, { state: "Z" });
  return { files, machine: world.machine, temp: "/var/tmp", prefix: PREFIX, gone: [7, 8, 9] };
}

function filesOf(files: MemoryFiles): readonly string[] {
  return Object.keys(TEMPORARY).filter((path) => files.text(path) !== null).sort();
}

Deno.test("removeTraces() removes what is left of JVMs that are gone, and nothing of anybody else's", async () => {
  const files = new MemoryFiles(TEMPORARY);
  assert.deepEqual(await removeTraces(search(files)), { removed: REMOVED, failed: [] });
  assert.deepEqual(filesOf(files), without(REMOVED));
  assert.deepEqual(await removeTraces(search(files)), { removed: [], failed: [] });
});

Deno.test("removeTraces() goes on behind what cannot be removed, and tells why", async () => {
  for (const operation of ["remove", "stat"] as const) {
    for (const stuck of REMOVED) {
      const files = new MemoryFiles(TEMPORARY);
      files.disk = (each, path) => {
        if (each === operation && path === stuck) throw new Error("Operation not permitted");
      };
      assert.deepEqual(await removeTraces(search(files)), {
        removed: REMOVED.filter((path) => path !== stuck),
        failed: [{ path: stuck, reason: "Operation not permitted" }],
      });
    }
  }
});

Deno.test("removeTraces() touches no JVM's traces on a machine that tells of no process", async () => {
  const files = new MemoryFiles(TEMPORARY);
  const machine = new ScriptedMachine();
  machine.boot = null;
  const { removed } = await removeTraces({ ...search(files), machine });
  assert.deepEqual(removed, REMOVED.slice(0, 2));
});

Deno.test("removeTraces() refuses to remove the folders of no prefix", async () => {
  const files = new MemoryFiles(TEMPORARY);
  await assert.rejects(removeTraces({ ...search(files), prefix: "" }), RangeError);
  assert.deepEqual(files.changes, []);
});

Deno.test("removeTraces() follows no link out of the temporary folder (real file system)", async () => {
  const folder = await Deno.makeTempDir({ prefix: "rekindle-test-" });
  try {
    const temp = join(folder, "tmp");
    await Deno.mkdir(join(temp, `${PREFIX}a/deep`), { recursive: true });
    await Deno.mkdir(join(folder, "precious"));
    await Deno.writeTextFile(join(folder, "precious/data"), "mine");
    await Deno.symlink(join(folder, "precious"), join(temp, `${PREFIX}a/deep/link`));
    await Deno.symlink(join(folder, "precious"), join(temp, `${PREFIX}link`));
    await Deno.symlink(`${PREFIX}loop`, join(temp, `${PREFIX}loop`));
    const machine = createMachine();
    const { removed } = await removeTraces({ files: realFiles, machine, temp, prefix: PREFIX, gone: [] });
    assert.ok(removed.includes(join(temp, `${PREFIX}a`)));
    assert.equal(await Deno.readTextFile(join(folder, "precious/data")), "mine");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

/** An `exec` that was killed. */
const DEAD_EXEC = `/var/tmp/${EMBEDDED_PREFIX}dead`;

function execFolder(name: string): Readonly<Record<string, string>> {
  return { [`${name}/${EMBEDDED_LOCK}`]: "", [`${name}/scratch/blockmgr-1/data`]: "much" };
}

Deno.test("sweepEmbedded() removes the folder of an exec that is gone, its lock last", async () => {
  const files = new MemoryFiles({ ...execFolder(DEAD_EXEC), "/var/tmp/another/lock": "" });
  const machine = new ScriptedMachine();
  const swept = await sweepEmbedded({ files, machine, temp: "/var/tmp" });
  assert.deepEqual(swept, { removed: [DEAD_EXEC], failed: [] });
  assert.deepEqual(files.tree("/var/tmp"), ["/var/tmp/another", "/var/tmp/another/lock"]);
  assert.deepEqual(files.changes, [`remove ${DEAD_EXEC}/scratch`, `remove ${DEAD_EXEC}`]);
});

Deno.test("sweepEmbedded() leaves alone whose lock is held, missing or refused, and who has living processes", async () => {
  const held = `/var/tmp/${EMBEDDED_PREFIX}held`;
  const refused = `/var/tmp/${EMBEDDED_PREFIX}refused`;
  const orphaned = `/var/tmp/${EMBEDDED_PREFIX}orphaned`;
  const tree = {
    ...execFolder(held),
    ...execFolder(refused),
    ...execFolder(orphaned),
    [`/var/tmp/${EMBEDDED_PREFIX}begun/.keep`]: "",
    [`/var/tmp/${EMBEDDED_PREFIX}file`]: "",
    [`/var/tmp/${EMBEDDED_PREFIX}odd/${EMBEDDED_LOCK}/.keep`]: "a folder in the lock's place",
    "/home/me/lock": "mine",
    [`/var/tmp/${EMBEDDED_PREFIX}evil/${EMBEDDED_LOCK}`]: "-> /home/me/lock",
    [`/var/tmp/${EMBEDDED_PREFIX}link`]: "-> /home/me",
  };
  const files = new MemoryFiles({ ...tree, ...execFolder(DEAD_EXEC) });
  const lock = await files.tryLock(join(held, EMBEDDED_LOCK));
  const tried: string[] = [];
  files.disk = (operation, path) => {
    if (operation === "tryLock") tried.push(path);
    if (operation === "tryLock" && path.startsWith(refused)) throw new Error("Permission denied");
  };
  const machine = new ScriptedMachine();
  machine.environments.set(7, [`${OWNER_VARIABLE}=${orphaned}`]);
  const sweep = () => sweepEmbedded({ files, machine, temp: "/var/tmp" });
  assert.deepEqual(await sweep(), { removed: [DEAD_EXEC], failed: [] });
  assert.deepEqual(machine.killed, []);
  assert.deepEqual(
    Object.keys(tree).filter((path) => [...files.tree("/var"), ...files.tree("/home")].includes(path)),
    Object.keys(tree),
  );
  assert.deepEqual(
    tried.map((path) => basename(join(path, ".."))),
    ["dead", "held", "orphaned", "refused"].map((name) => EMBEDDED_PREFIX + name),
  );
  lock?.release();
  machine.environments.clear();
  assert.deepEqual(await sweep(), { removed: [held, orphaned], failed: [] });
});

Deno.test("sweepEmbedded() tells what cannot be removed, goes on, and can try again", async () => {
  const stuck = `/var/tmp/${EMBEDDED_PREFIX}a`;
  const files = new MemoryFiles({ ...execFolder(stuck), ...execFolder(DEAD_EXEC) });
  const sweep = () => sweepEmbedded({ files, machine: new ScriptedMachine(), temp: "/var/tmp" });
  files.disk = (operation, path) => {
    if (operation === "remove" && path === `${stuck}/scratch`) throw new Error("Operation not permitted");
  };
  assert.deepEqual(await sweep(), {
    removed: [DEAD_EXEC],
    failed: [{ path: `${stuck}/scratch`, reason: "Operation not permitted" }],
  });
  assert.ok(files.text(join(stuck, EMBEDDED_LOCK)) !== null);
  files.disk = () => {};
  assert.deepEqual(await sweep(), { removed: [stuck], failed: [] });
});

Deno.test("sweepEmbedded() on the real file system: a living exec keeps its folder, a dead one loses it", async () => {
  const temp = await Deno.makeTempDir({ prefix: "rekindle-test-" });
  try {
    const [living, dead] = ["living", "dead"].map((name) => join(temp, EMBEDDED_PREFIX + name));
    assert.ok(living !== undefined && dead !== undefined);
    for (const folder of [living, dead]) {
      await Deno.mkdir(join(folder, "scratch"), { recursive: true });
      await Deno.writeTextFile(join(folder, EMBEDDED_LOCK), "");
    }
    const lock = await realFiles.tryLock(join(living, EMBEDDED_LOCK));
    const sweep = () => sweepEmbedded({ files: realFiles, machine: createMachine(), temp });
    assert.deepEqual(await sweep(), { removed: [dead], failed: [] });
    assert.deepEqual(await realFiles.list(temp), [basename(living)]);
    lock?.release();
    assert.deepEqual((await sweep()).removed, [living]);
  } finally {
    await Deno.remove(temp, { recursive: true });
  }
});

const hasProc = Deno.build.os === "linux";

/** Real processes of one test. */
class RealProcesses implements AsyncDisposable {
  readonly #children: ChildHandle[] = [];

  /** Starts a program whose standard input stays open; it has begun when this resolves. */
  async start(program: string, env: Readonly<Record<string, string>>): Promise<ChildHandle> {
    const { PATH = "/usr/bin:/bin" } = Deno.env.toObject();
    const args = ["-c", `echo begun; ${program}`];
    const child = children.spawn({ program: "sh", args, env: { PATH, ...env }, cwd: "/" });
    this.#children.push(child);
    const output = child.stdout.getReader();
    await output.read();
    output.releaseLock();
    return child;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of this.#children) {
      child.signal("SIGKILL");
      await child.exited;
      await Promise.all([child.stdout.cancel(), child.stderr.cancel()]);
    }
  }
}

Deno.test({
  name:
    "endOrphans() of real processes: the marked and the recorded end, strangers of the same name live (needs /proc)",
  ignore: !hasProc,
  async fn() {
    const machine = createMachine();
    const clock = new ManualClock();
    const owner = `/rekindle-test/${crypto.randomUUID()}`;
    await using processes = new RealProcesses();
    const marked = { [OWNER_VARIABLE]: owner };
    // What obeys the end of its standard input, what does not, and what also ignores SIGTERM with a child of its own.
    const reader = await processes.start("exec cat", marked);
    const sleeper = await processes.start("exec sleep 1000", marked);
    const parent = await processes.start("trap '' TERM; sleep 1000 & wait", marked);
    const recorded = await processes.start("exec sleep 1000", {});
    const stranger = await processes.start("exec sleep 1000", { [OWNER_VARIABLE]: `${owner}2` });
    const recycled = await processes.start("exec sleep 1000", {});
    const bootId = await machine.bootId();
    const open: OpenGeneration[] = [];
    for (
      const [generation, { pid }, later] of [[4, recorded, 0], [5, reader, 0], [6, recycled, 1]] as const
    ) {
      const vitals = await machine.process(pid);
      assert.ok(vitals !== null);
      open.push({ generation, pid, startTicks: vitals.startTicks + later, bootId });
    }
    let found: readonly Orphan[] | null = null;
    const search = { owner, open, machine, clock, selfPid: Deno.pid };
    const ending = endOrphans(search).then((orphans) => found = orphans);
    await clock.sleeping();
    await reader.closeStdin();
    await reader.exited;
    await clock.advance(4_999);
    assert.notEqual(await machine.process(sleeper.pid), null);
    await until(async () => {
      await clock.advance(50);
      return found !== null;
    });
    const how = new Map((await ending).map((orphan) => [orphan.pid, orphan]));
    assert.deepEqual(how.get(reader.pid), { pid: reader.pid, generation: 5, how: "ended by itself" });
    assert.deepEqual(how.get(recorded.pid), { pid: recorded.pid, generation: 4, how: "killed" });
    assert.deepEqual(how.get(sleeper.pid), { pid: sleeper.pid, generation: null, how: "killed" });
    assert.deepEqual(how.get(parent.pid), { pid: parent.pid, generation: null, how: "killed" });
    // The child that inherited the mark.
    assert.equal(how.size, 5);
    assert.deepEqual(await machine.processesWith(OWNER_VARIABLE, owner), []);
    for (const { pid } of [stranger, recycled]) assert.equal((await machine.process(pid))?.state, "S");
    assert.deepEqual(await endOrphans({ ...search, clock: new ManualClock() }), []);
  },
});

Deno.test({
  name: "sweepEmbedded() leaves the folder to a real process that still runs (needs /proc)",
  ignore: !hasProc,
  async fn() {
    const temp = await Deno.makeTempDir({ prefix: "rekindle-test-" });
    try {
      const folder = join(temp, `${EMBEDDED_PREFIX}orphaned`);
      await Deno.mkdir(folder);
      await Deno.writeTextFile(join(folder, EMBEDDED_LOCK), "");
      const sweep = () => sweepEmbedded({ files: realFiles, machine: createMachine(), temp });
      {
        await using processes = new RealProcesses();
        await processes.start("exec cat", { [OWNER_VARIABLE]: folder });
        assert.deepEqual(await sweep(), { removed: [], failed: [] });
      }
      assert.deepEqual((await sweep()).removed, [folder]);
    } finally {
      await Deno.remove(temp, { recursive: true });
    }
  },
});
