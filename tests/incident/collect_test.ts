import assert from "node:assert/strict";
import { join } from "@std/path";
import { parseHsErr } from "../../src/core/hs_err/hs_err.ts";
import { collect, collectLate, ERROR_REPORT, removeReport } from "../../src/incident/collect.ts";
import type { DeathScene } from "../../src/incident/collect.ts";
import { denoRuntime } from "../../src/runtime/deno.ts";
import { report, texts } from "../core/hs_err/hs_err_fixtures.ts";
import { KILLED, missing, named, saved, SCENE, Scene } from "./death_scene.ts";

const REPORT = `${texts(report("native-library-17.log")).join("\n")}\n`;
const MIB = 2 ** 20;

/** How HotSpot tells where its report is, below other lines. */
function announcing(path: string): DeathScene["stdout"] {
  return [
    "Setting default log level",
    "# A fatal error has been detected by the Java Runtime Environment:",
    "# An error report file with more information is saved as:",
    `# ${path}`,
    "#",
  ].map((text, index) => ({ number: index + 90, text }));
}

Deno.test("collect() finds the error report where the JVM said it has put it", async () => {
  const scene = new Scene();
  scene.files.put("/tmp/hs_err_pid4711.log", REPORT);
  scene.files.put("/log/hs_err_g7_4711.log", "another");
  const collection = await scene.collect({ stdout: announcing("/tmp/hs_err_pid4711.log") });
  assert.deepEqual(named(collection, ERROR_REPORT), saved(ERROR_REPORT, REPORT));
  assert.deepEqual(parseHsErr(collection.hsErr), parseHsErr(report("native-library-17.log")));
  assert.deepEqual(collection.hsErr.slice(0, 2), [
    { number: 1, text: "#" },
    { number: 2, text: "# A fatal error has been detected by the Java Runtime Environment:" },
  ]);
});

Deno.test("collect() finds the error report of its own generation in the logs, and removes nothing", async () => {
  const scene = new Scene();
  for (const id of ["g6_4711", "g70_4711", "g77_4711", "g7_4711"]) {
    scene.files.put(`/log/hs_err_${id}.log`, `report of ${id}`);
  }
  assert.deepEqual(await scene.find(ERROR_REPORT), saved(ERROR_REPORT, "report of g7_4711"));
  assert.deepEqual(scene.files.changes, []);
  assert.deepEqual(
    await scene.find(ERROR_REPORT, { generation: 8 }),
    missing(ERROR_REPORT, "the JVM wrote none"),
  );
});

Deno.test("collect() takes an empty error report for what a full disk has left", async () => {
  const scene = new Scene();
  scene.files.put("/log/hs_err_g7_4711.log", "");
  const collection = await scene.collect();
  const reason = "its file is empty: the disk was full";
  assert.deepEqual(named(collection, ERROR_REPORT), missing(ERROR_REPORT, reason));
  assert.deepEqual(collection.hsErr, []);
});

Deno.test("collect() says so when the error report is not where the JVM said, or is no file", async () => {
  const scene = new Scene();
  const of = (path: string) => scene.find(ERROR_REPORT, { stdout: announcing(path) });
  assert.equal((await of("/gone")).reason, "/gone is gone or was never written");
  assert.equal((await of("/log")).reason, "/log is no file");
  // Announced, but the line with the path was lost.
  const { reason } = await scene.find(ERROR_REPORT, { stdout: announcing("/x").slice(0, 3) });
  assert.equal(reason, "the JVM wrote none");
});

Deno.test("collect() keeps the end of a text that is longer than 4 MiB", async () => {
  for (const [extra, status] of [[0, "saved"], [1, "truncated"]] as const) {
    const scene = new Scene();
    const text = `${"x".repeat(extra)}${"-".repeat(4 * MIB - 4)}end\n`;
    scene.files.put("/log/hs_err_g7_4711.log", text);
    scene.files.put("/run/g7/gc.log", text);
    const collection = await scene.collect();
    for (const name of [ERROR_REPORT, "gc.log"]) {
      const found = named(collection, name);
      assert.deepEqual([found.status, found.reason], [
        status,
        extra === 0 ? null : "only its end was kept",
      ]);
      assert.ok(found.content === text.slice(extra), name);
    }
  }
});

Deno.test("collect() copies the performance data byte for byte, however long", async () => {
  const scene = new Scene();
  const bytes = Uint8Array.from({ length: 5 * MIB }, (_, index) => index * 7);
  scene.files.put("/tmp/hsperfdata_me/4711", bytes);
  const { status, content } = await scene.find("hsperfdata");
  assert.equal(status, "saved");
  assert.ok(content instanceof Uint8Array && content.every((byte, index) => byte === bytes[index]));
  assert.equal(content.length, bytes.length);
  const unseen = await scene.find("hsperfdata", { perfData: null });
  assert.deepEqual(
    [unseen.status, (unseen.content as Uint8Array).length],
    ["saved", bytes.length],
    "found by its pid",
  );
  await scene.files.remove("/tmp/hsperfdata_me/4711");
  const none = missing("hsperfdata", "the JVM published none");
  assert.deepEqual(await scene.find("hsperfdata", { perfData: null }), none);
});

Deno.test("collect() keeps the log of collections, the command and the last looks", async () => {
  const scene = new Scene();
  scene.files.put("/run/g7/gc.log", "[0.1s] Pause Young\n");
  const collection = await scene.collect();
  assert.deepEqual(named(collection, "gc.log"), saved("gc.log", "[0.1s] Pause Young\n"));
  const command = saved("command.txt", "/opt/jdk/bin/java\n-Xmx1g\ntwo words\n");
  assert.deepEqual(named(collection, "command.txt"), command);
  assert.deepEqual(
    named(collection, "history.jsonl"),
    saved("history.jsonl", '{"at":"one"}\n{"at":"two"}\n'),
  );
  const without = await scene.collect({ gcLog: null, history: [] });
  assert.deepEqual(named(without, "gc.log"), missing("gc.log", "the JVM was not told to write one"));
  assert.deepEqual(named(without, "history.jsonl"), missing("history.jsonl", "it was never looked at"));
});

Deno.test("collect() tells of the machine what its kernel tells", async () => {
  const scene = new Scene();
  assert.deepEqual(await scene.find("machine.txt"), missing("machine.txt", "this machine has no /proc"));
  scene.files.put("/proc/pressure/memory", "some avg10=99.00\n");
  scene.files.put("/proc/meminfo", "MemTotal: 1 kB\n");
  assert.deepEqual(
    await scene.find("machine.txt"),
    saved(
      "machine.txt",
      "==> /proc/meminfo\nMemTotal: 1 kB\n\n==> /proc/pressure/memory\nsome avg10=99.00\n",
    ),
  );
});

Deno.test("collect() tells of the memory group what it counts", async () => {
  const scene = new Scene();
  const none = missing("cgroup.txt", "no control group counts this process's memory");
  for (const [told, found] of [[null, none], ["", none], ["counted\n", saved("cgroup.txt", "counted\n")]]) {
    scene.machine.memoryGroupReport = () => Promise.resolve(told as string | null);
    assert.deepEqual(await scene.find("cgroup.txt"), found);
  }
});

Deno.test("collect() waits three seconds for what hangs, and loses nothing else by it", async () => {
  for (
    const [hangs, stuck] of [
      ["hs_err.log", "/log"],
      ["hsperfdata", "/tmp/hsperfdata_me/4711"],
      ["gc.log", "/run/g7/gc.log"],
      ["machine.txt", "/proc/meminfo"],
      ["cgroup.txt", null],
    ] as const
  ) {
    const scene = new Scene();
    const { files, machine, clock } = scene;
    const never = new Promise<never>(() => {});
    for (const path of [SCENE.gcLog, SCENE.perfData, "/log/hs_err_g7_4711.log", "/proc/meminfo"]) {
      files.put(path ?? "", "found");
    }
    files.disk = (_, path) => path === stuck ? never : undefined;
    machine.memoryGroupReport = () => stuck === null ? never : Promise.resolve("found");
    let ended = false;
    const collecting = scene.collect(KILLED).finally(() => ended = true);
    await clock.advance(2_999);
    assert.equal(ended, false);
    await clock.advance(1);
    for (const { name, ...found } of (await collecting).findings) {
      if (name === hangs) {
        assert.deepEqual({ name, ...found }, missing(name, "it took longer than 3 s"));
      } else assert.equal(found.status, "saved", name);
    }
  }
});

Deno.test("collect() names what a failing disk says, and has the rest", async () => {
  const scene = new Scene();
  scene.files.put("/run/g7/gc.log", "log");
  scene.files.put("/log/hs_err_g7_4711.log", REPORT);
  scene.files.disk = (operation, path) => {
    if (operation === "readBytes" && path === SCENE.gcLog) throw new Error("Input/output error");
  };
  const collection = await scene.collect();
  assert.deepEqual(named(collection, "gc.log"), missing("gc.log", "Input/output error"));
  assert.equal(named(collection, ERROR_REPORT).status, "saved");
});

Deno.test("removeReport() removes the report of one generation", async () => {
  const { files } = new Scene();
  files.put("/log/hs_err_g7_1.log", "");
  files.put("/log/hs_err_g70_1.log", "");
  await removeReport(SCENE, files);
  assert.deepEqual(files.tree("/log"), ["/log/gateway.stdout.log", "/log/hs_err_g70_1.log"]);
  await removeReport(SCENE, files);
});

Deno.test({
  name: "collect() finds everything on a real machine (needs /proc)",
  ignore: Deno.build.os !== "linux",
  async fn() {
    const folder = await Deno.makeTempDir({ prefix: "rekindle-test-" });
    try {
      const bytes = Uint8Array.of(0xca, 0xfe, 0xc0, 0xc0, 0, 0xff);
      await Deno.writeTextFile(join(folder, "hs_err_g7_4711.log"), REPORT);
      await Deno.writeTextFile(join(folder, "gc.log"), "[0.1s] Pause Young\n");
      await Deno.writeFile(join(folder, "4711"), bytes);
      const gcLog = join(folder, "gc.log");
      // No process has this number: whether the kernel's log may be read or not, it says nothing.
      const pid = 2 ** 22 + 1;
      const scene = { ...SCENE, ...KILLED, pid, logs: folder, gcLog, perfData: join(folder, "4711") };
      const collection = await collect(scene, denoRuntime());
      assert.equal(named(collection, ERROR_REPORT).content, REPORT);
      assert.equal(named(collection, "gc.log").content, "[0.1s] Pause Young\n");
      assert.deepEqual(new Uint8Array(named(collection, "hsperfdata").content as Uint8Array), bytes);
      assert.match(
        String(named(collection, "machine.txt").content),
        /^==> \/proc\/meminfo\nMemTotal: +\d+ kB\n/,
      );
      assert.ok(["saved", "missing"].includes(named(collection, "cgroup.txt").status));
      const { name, status, reason } = await collectLate(scene, denoRuntime());
      assert.equal(name, "kernel.txt");
      assert.ok(status === "missing" && reason !== null && reason !== "");
      assert.ok(collection.hsErr.length > 20);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
