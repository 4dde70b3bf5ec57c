import assert from "node:assert/strict";
import type { Intent } from "../../src/core/diagnosis/exit_cause.ts";
import { EXIT, makeServer } from "./drive.ts";
import { Witnessed } from "./witnessed.ts";

const NAME = "heap.hprof.gz";
const SPIRAL: Intent = {
  kind: "unfit",
  condition: { kind: "gc-spiral", sinceMs: 0, reason: "it collects", evidence: [] },
  survived: null,
};

/** Where the newest process was told to dump its heap, or `null`. */
function targetOf(drive: Witnessed): string | null {
  const words = drive.world.launcher.spawned.at(-1)?.args ?? [];
  return words.map((word) => /^-XX:HeapDumpPath=(.+)$/.exec(word)?.[1]).find((path) => path) ?? null;
}

/** What the newest incident says of its heap dump. */
function said(drive: Witnessed): string {
  const { artifacts } = JSON.parse(drive.text("manifest.json") ?? "");
  const { status, reason } = artifacts.find(({ name }: { readonly name: string }) => name === NAME);
  return reason === null ? status : `${status}: ${reason}`;
}

Deno.test("a JVM dumps its heap when it runs out of it, once a day", async () => {
  await using server = makeServer();
  await using drive = new Witnessed({ wantsHeapDumps: true });
  const { files } = drive.world;
  await drive.ready(server);
  const path = targetOf(drive);
  assert.equal(path, "/dumps/1/g1.hprof.gz");
  drive.world.child.write("stdout", `Dumping heap to ${path} ...\n`);
  await drive.inputs.first("patience");
  files.put(path, "dump");
  drive.world.child.write("stdout", "Heap dump file created [4 bytes in 0.1 secs]\n");
  drive.perform({ kind: "end-heartbeat", generation: 1 });
  await drive.driver.settled();
  await drive.collect();
  await drive.inputs.first("collected");
  await drive.record();
  assert.deepEqual([said(drive), drive.text(NAME)], ["saved", "dump"]);
  const first = drive.saved[0];
  await drive.greet(server, 2);
  assert.equal(targetOf(drive), null);
  await drive.collect(2);
  await drive.inputs.nth("collected", 2);
  await drive.record(2);
  assert.equal(said(drive), `skipped: one of the same cause and day is kept in ${first}`);
  assert.deepEqual(await files.list("/dumps/1"), []);
  await drive.driver.settled();
  assert.deepEqual(drive.errors, []);
});

Deno.test("a JVM that is ended for its memory is asked for its heap, and no other is", async () => {
  for (const [intent, asks] of [[SPIRAL, true], [{ kind: "stop", by: "me" } as const, false]] as const) {
    await using server = makeServer();
    await using drive = new Witnessed({ wantsHeapDumps: true, intent: () => intent });
    drive.jvm.answer = "0\nHeap dump file created\n";
    await drive.ready(server);
    drive.world.files.put(targetOf(drive) ?? "", "dump");
    await drive.inspect();
    const dumps = drive.jvm.requests.filter((request) => request.includes("dumpheap"));
    assert.equal(dumps.length, asks ? 1 : 0);
    await drive.collect();
    await drive.inputs.first("collected");
    await drive.record();
    assert.equal(said(drive), asks ? "saved" : "missing: the JVM wrote none: it did not run out of heap");
    assert.deepEqual(await drive.world.files.list("/dumps/1"), []);
  }
});

Deno.test("of an end that makes no incident no dump is left", async () => {
  await using server = makeServer();
  await using drive = new Witnessed({ wantsHeapDumps: true });
  await drive.ready(server);
  const path = targetOf(drive) ?? "";
  drive.world.files.put(path, "dump");
  drive.world.child.write("stdout", "Heap dump file created [4 bytes in 0.1 secs]\n");
  drive.world.child.exit({ code: 0, signal: null });
  await drive.inputs.first("exited");
  drive.perform({
    ...{ kind: "collect", generation: 1, exit: EXIT, wasReady: true },
    intent: { kind: "restart", by: "me" },
  });
  await drive.inputs.first("collected");
  assert.equal(drive.world.files.text(path), null);
});

Deno.test("a heap dump that was written while a verdict could not be kept is not left either", async () => {
  await using server = makeServer();
  await using drive = new Witnessed({ wantsHeapDumps: true });
  await drive.ready(server);
  const path = targetOf(drive) ?? "";
  drive.world.files.put(path, "dump");
  drive.world.child.write("stdout", "Heap dump file created [4 bytes in 0.1 secs]\n");
  await drive.collect();
  await drive.inputs.first("collected");
  drive.world.files.disk = (operation) => {
    if (operation === "writeAtomic") throw new Error("No space left on device");
  };
  await drive.record();
  await drive.driver.settled();
  assert.equal(drive.errors.length, 1);
  assert.deepEqual(await drive.world.files.list("/dumps/1"), []);
});
