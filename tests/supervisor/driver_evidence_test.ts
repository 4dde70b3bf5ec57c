import assert from "node:assert/strict";
import type { ExitStatus } from "../../src/core/verdict.ts";
import { PLAN } from "../fakes/gateway_world.ts";
import { ENVIRONMENT, EXIT, makeServer, PERIOD_MS } from "./drive.ts";
import { collecting, Witnessed } from "./witnessed.ts";

const KILLED: ExitStatus = { code: 137, signal: "SIGKILL" };
const HS_ERR = "/log/hs_err_g1_1001.log";
const MISSING = { hs_err: "hs_err.log missing", history: "history.jsonl missing" };

Deno.test("one incident has what a JVM told before its end, what it wrote, and what it left", async () => {
  await using server = makeServer();
  await using drive = new Witnessed({ perfDataPath: (pid) => `/tmp/hsperfdata_me/${pid}` });
  const { files, machine } = drive.world;
  drive.jvm.answer = "0\ntold";
  machine.memoryGroupReport = () => Promise.resolve("counted\n");
  await drive.ready(server);
  await drive.inputs.first("looked");
  await drive.inspect();
  files.put("/proc/meminfo", "MemTotal: 1 kB\n");
  files.put("/run/g1/gc.log", "[0.1s] Pause Young\n");
  files.put("/tmp/hsperfdata_me/1001", "data");
  files.put(HS_ERR, "# a report\n");
  drive.world.child.write("stderr", "last words\n");
  await drive.collect(1, KILLED);
  const { evidence } = await drive.inputs.first("collected");
  assert.deepEqual(evidence.hsErr[0], { number: 1, text: "# a report" });
  await drive.record();
  assert.deepEqual(
    drive.artifacts,
    [
      ...["stdout.txt", "stderr.txt", "threads-1.txt", "heap.txt", "histogram.txt", "threads-2.txt"],
      ...["hs_err.log", "hsperfdata", "gc.log", "command.txt", "history.jsonl", "machine.txt"],
      "cgroup.txt",
    ].map((name) => `${name} saved`).concat("heap.hprof.gz skipped", "kernel.txt saved"),
  );
  for (
    const [name, content] of [
      ["stderr.txt", /^last words\n$/],
      ["threads-2.txt", /^told$/],
      ["hs_err.log", /^# a report\n$/],
      ["gc.log", /Pause Young/],
      ["hsperfdata", /^data$/],
      ["command.txt", /^\/opt\/jdk\/bin\/java\n[^]*-XX:ErrorFile=\/log\/hs_err_g1_%p\.log\n/],
      ["machine.txt", /MemTotal/],
      ["cgroup.txt", /^counted\n$/],
      ["kernel.txt", /Killed process 1001/],
    ] as const
  ) assert.match(drive.text(name) ?? "", content, name);
  const [looked] = (drive.text("history.jsonl") ?? "").split("\n");
  assert.match(looked ?? "", /^\{"at":"2026-01-01T00:00:00\.020Z","heartbeatMs":/);
  await drive.driver.settled();
  assert.deepEqual([drive.errors, drive.world.clock.pendingMs], [[], []]);
  for (const left of ["/run/g1", "/tmp/.java_pid1001", HS_ERR]) {
    assert.equal(await files.stat(left), null, left);
  }
});

Deno.test("the error report stays in the logs until an incident has it", async () => {
  for (const lost of ["written", "skipped", "unsaved"] as const) {
    await using server = makeServer();
    await using drive = new Witnessed();
    const { files } = drive.world;
    await drive.ready(server);
    files.put(HS_ERR, "# a report\n");
    await drive.collect();
    await drive.inputs.first("collected");
    assert.equal(files.text(HS_ERR), "# a report\n");
    if (lost === "skipped") files.room = { freeBytes: 0, totalBytes: 2 ** 41 };
    files.disk = (operation, path) => {
      const fails = lost === "written" ? path.endsWith("/hs_err.log") : lost === "unsaved";
      if (operation === "writeAtomic" && fails) throw new Error("No space left on device");
    };
    await drive.record();
    await drive.driver.settled();
    assert.equal(files.text(HS_ERR), "# a report\n", lost);
    assert.equal(drive.errors.length, lost === "unsaved" ? 1 : 0);
  }
});

Deno.test("the last sixty looks are kept, and no more", async () => {
  await using server = makeServer();
  await using drive = new Witnessed();
  await drive.ready(server);
  await drive.inputs.first("looked");
  for (let looks = 2; looks <= 70; looks++) {
    await drive.world.clock.advance(PERIOD_MS);
    await drive.inputs.nth("looked", looks);
  }
  await drive.collect();
  await drive.inputs.first("collected");
  await drive.record();
  const looks = (drive.text("history.jsonl") ?? "").trimEnd().split("\n").map((line) => JSON.parse(line));
  assert.equal(looks.length, 60);
  assert.deepEqual([looks[0].at, looks.at(-1).at], ["2026-01-01T00:00:10.020Z", "2026-01-01T00:01:09.020Z"]);
});

Deno.test("nothing of one generation is taken for that of the next", async () => {
  await using server = makeServer();
  await using drive = new Witnessed();
  const { files } = drive.world;
  drive.jvm.answer = "0\ntold";
  await drive.ready(server);
  await drive.inputs.first("looked");
  await drive.inspect();
  drive.world.child.write("stderr", "last words of the first\n");
  await drive.collect();
  await drive.inputs.first("collected");
  // Nobody makes an incident of it: its report stays.
  files.put(HS_ERR, "# a report\n");
  await drive.greet(server, 2);
  assert.equal(drive.driver.latencyMs(2), null);
  await drive.collect(2);
  await drive.inputs.nth("collected", 2);
  await drive.record(2);
  assert.deepEqual(drive.artifacts.slice(0, 3), ["stdout.txt saved", "stderr.txt saved", MISSING.hs_err]);
  assert.ok(drive.artifacts.includes(MISSING.history));
  assert.ok(!drive.artifacts.some((each) => each.startsWith("threads")));
  assert.equal(drive.text("stderr.txt"), "");
  assert.match(drive.text("command.txt") ?? "", /hs_err_g2_%p/);
  assert.equal(files.text(HS_ERR), "# a report\n");
});

Deno.test("what was gathered too late belongs to no other generation", async () => {
  for (const stuck of [ENVIRONMENT, "/run/g1"]) {
    await using server = makeServer();
    await using drive = new Witnessed();
    const disk = Promise.withResolvers<void>();
    drive.jvm.answer = async (conn) => void await conn.read(new Uint8Array(1));
    await drive.ready(server);
    drive.perform({ kind: "end-heartbeat", generation: 1 });
    drive.perform({ kind: "end-step", generation: 1, step: "inspect" });
    await drive.until(() => drive.jvm.requests.length === 1);
    let isStuck = false;
    drive.world.files.disk = (operation, path) => {
      if (operation !== "remove" || path !== stuck) return;
      isStuck = true;
      return disk.promise;
    };
    drive.world.child.write("stderr", "last words of the first\n");
    await drive.collect();
    await drive.until(() => isStuck);
    drive.perform({ kind: "launch", generation: 2, plan: PLAN, isAwaited: true });
    await drive.inputs.nth("spawned", 2);
    disk.resolve();
    const { generation, evidence } = await drive.inputs.first("collected");
    assert.deepEqual([generation, evidence.stderr[0]?.text], [1, "last words of the first"]);
    await drive.world.clock.advance(3_000);
    await drive.inputs.first("inspected");
    await drive.record(2);
    assert.deepEqual(drive.artifacts, [], stuck);
    drive.world.child.exit(EXIT);
    await drive.driver.settled();
    assert.deepEqual(drive.errors, []);
  }
});

Deno.test("a JVM that falls silent while it is asked is let go after three seconds", async () => {
  await using server = makeServer();
  await using drive = new Witnessed();
  drive.jvm.answer = async (conn) => {
    if (drive.jvm.requests.length > 1) await conn.read(new Uint8Array(1));
    else await conn.write(new TextEncoder().encode("0\ntold"));
  };
  await drive.ready(server);
  drive.perform({ kind: "end-heartbeat", generation: 1 });
  await drive.driver.settled();
  drive.perform({ kind: "end-step", generation: 1, step: "inspect" });
  await drive.until(() => drive.jvm.requests.length === 2);
  await drive.world.clock.advance(2_999);
  assert.ok(!drive.inputs.kinds.includes("inspected"));
  await drive.world.clock.advance(1);
  await drive.inputs.first("inspected");
  await drive.collect();
  await drive.inputs.first("collected");
  await drive.record();
  assert.deepEqual(drive.artifacts.slice(2, 6), [
    ...["threads-1.txt saved", "heap.txt missing", "histogram.txt missing", "threads-2.txt missing"],
  ]);
});

Deno.test("what fails or hangs while evidence is gathered costs only itself, and three seconds", async () => {
  await using server = makeServer();
  await using drive = new Witnessed({ perfDataPath: () => "/tmp/hsperfdata_me/1001" });
  const { files, clock, machine } = drive.world;
  await drive.ready(server);
  drive.perform({ kind: "end-heartbeat", generation: 1 });
  await drive.driver.settled();
  files.put(HS_ERR, "# a report\n");
  files.put("/run/g1/gc.log", "log");
  files.put("/tmp/hsperfdata_me/1001", "data");
  files.disk = (operation, path) => {
    if (operation !== "readBytes") return;
    if (path === "/tmp/hsperfdata_me/1001") return new Promise(() => {});
    if (path === "/run/g1/gc.log") throw new Error("Input/output error");
  };
  machine.memoryGroupReport = () => Promise.reject(new Error("no such device"));
  await drive.collect(1, KILLED);
  await clock.advance(2_999);
  assert.ok(!drive.inputs.kinds.includes("collected"));
  await clock.advance(1);
  const { evidence } = await drive.inputs.first("collected");
  assert.equal(evidence.hsErr[0]?.text, "# a report");
  await drive.record();
  assert.deepEqual(drive.artifacts.slice(2).filter((each) => !each.endsWith(" saved")), [
    ...["hsperfdata missing", "gc.log missing", "machine.txt missing", "cgroup.txt missing"],
    "heap.hprof.gz skipped",
  ]);
  const { artifacts } = JSON.parse(drive.text("manifest.json") ?? "");
  const reasons = artifacts.map(({ reason }: { reason: string | null }) => reason);
  for (const reason of ["it took longer than 3 s", "Input/output error", "no such device"]) {
    assert.ok(reasons.includes(reason), reason);
  }
  await drive.driver.settled();
  assert.deepEqual([drive.errors, clock.pendingMs], [[], []]);
});

Deno.test("an incident without a gateway to look at has what was written, and no more", async () => {
  await using drive = new Witnessed();
  drive.world.launcher.onRun = () => ({ exit: { code: 127, signal: null }, stderr: "no such java\n" });
  drive.perform({ kind: "launch", generation: 1, plan: PLAN, isAwaited: true });
  await drive.inputs.first("exited");
  drive.perform({ kind: "end-step", generation: 1, step: "inspect" });
  await drive.inputs.first("inspected");
  drive.perform(collecting(1, { code: 127, signal: null }));
  await drive.inputs.first("collected");
  await drive.record();
  assert.equal(drive.text("stderr.txt"), "no such java\n");
  assert.ok(!drive.artifacts.some((each) => each.startsWith("threads")));
  assert.ok(drive.artifacts.includes("hsperfdata missing"));
  assert.deepEqual(drive.jvm.requests, []);
});
