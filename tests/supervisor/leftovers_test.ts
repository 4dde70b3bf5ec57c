import assert from "node:assert/strict";
import { basename, join } from "@std/path";
import { OWNER_VARIABLE } from "../../src/gateway/start.ts";
import { files as realFiles } from "../../src/runtime/files.ts";
import { createMachine } from "../../src/runtime/machine.ts";
import {
  EMBEDDED_LOCK,
  EMBEDDED_PREFIX,
  removeTraces,
  scratchPrefix,
  sweepEmbedded,
} from "../../src/supervisor/leftovers.ts";
import { MemoryFiles } from "../fakes/memory_files.ts";
import { ScriptedMachine } from "../fakes/scripted_machine.ts";

const PREFIX = "rekindle-0123abcd-";

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
  const machine = new ScriptedMachine();
  const vitals = { state: "S", startTicks: 7, cpuMs: 0, tracerPid: 0, residentBytes: 2 ** 27 };
  machine.vitals.set(8, vitals);
  machine.vitals.set(9, { ...vitals, state: "Z" });
  return { files, machine, temp: "/var/tmp", prefix: PREFIX, gone: [7, 8, 9] };
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
