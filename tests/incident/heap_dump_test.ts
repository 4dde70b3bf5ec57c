import assert from "node:assert/strict";
import { heapDumpMs, memoryCauseOf } from "../../src/incident/heap_dump.ts";
import type { HeapDump } from "../../src/incident/heap_dump.ts";
import { HeapDumps } from "../../src/incident/heap_dumps.ts";
import type { HeapDumpOptions } from "../../src/incident/heap_dumps.ts";
import { SPACE_FLOOR } from "../../src/incident/room.ts";
import { IncidentStore } from "../../src/incident/store.ts";
import { ManualClock } from "../fakes/manual_clock.ts";
import { MemoryFiles } from "../fakes/memory_files.ts";
import { FakeAttachJvm } from "./fake_attach_jvm.ts";
import { found, incident } from "./samples.ts";

const GIB = 2 ** 30;
const DAY_MS = 86_400_000;
const CREATED = "Heap dump file created [9 bytes in 0.1 secs]";

/** A daemon's heap dumps, in a world of their own. */
class Place {
  readonly files = new MemoryFiles({ "/state/.keep": "" });
  readonly clock = new ManualClock();
  readonly store = new IncidentStore("/state/incidents", this.files);
  readonly dumps: HeapDumps;

  constructor(changes: Partial<HeapDumpOptions> = {}) {
    const { files, clock, store } = this;
    const folder = "/state/dumps";
    this.dumps = new HeapDumps({ wanted: true, gzips: true, folder, files, clock, store, ...changes });
  }

  /** Keeps an incident with a heap dump, of so long ago. */
  async keepDump(agoMs: number, cause: "heap-oom" | "gc-overhead" = "heap-oom"): Promise<string> {
    const at = new Date(this.clock.date().getTime() - agoMs);
    return await this.store.save(incident(1, cause), [found("heap.hprof.gz", "old")], at);
  }
}

function refusalOf(dump: HeapDump): Promise<string | null> {
  return dump.finding({ argv: [], heapDumpLine: null }).then(({ status, reason }) => {
    return status === "skipped" ? reason : null;
  });
}

Deno.test("begin() refuses what nobody wants, and touches no disk for it", async () => {
  const { dumps, files } = new Place({ wanted: false });
  const dump = await dumps.begin(1, GIB);
  assert.equal(dump.target, null);
  assert.deepEqual(await dump.finding({ argv: ["java"], heapDumpLine: null }), {
    name: "heap.hprof.gz",
    status: "skipped",
    reason: "heap dumps are off (--heap-dump)",
    content: null,
  });
  await dumps.close();
  assert.deepEqual(files.changes, []);
});

Deno.test("begin() names a file that only this generation of this daemon has, compressed where Java can", async () => {
  const { dumps, files } = new Place();
  assert.equal((await dumps.begin(1, GIB)).target, "/state/dumps/1/g1.hprof.gz");
  assert.equal((await dumps.begin(2, GIB)).target, "/state/dumps/1/g2.hprof.gz");
  const old = new HeapDumps({
    ...{ wanted: true, gzips: false, folder: "/state/dumps", files, clock: new ManualClock() },
    store: new IncidentStore("/state/incidents", files),
  });
  const dump = await old.begin(1, GIB);
  assert.equal(dump.target, "/state/dumps/2/g1.hprof");
  assert.equal((await dump.finding({ argv: [], heapDumpLine: null })).name, "heap.hprof");
});

Deno.test("begin() asks for room for twice the heap beyond the floor", async () => {
  for (
    const [spareBytes, reason] of [
      [2 * GIB, null],
      [2 * GIB - 1, "the disk has 2 GiB to spare, and the dump of a heap of 1 GiB may need 2 GiB"],
      [-GIB / 8, "the disk has 0 bytes to spare, and the dump of a heap of 1 GiB may need 2 GiB"],
    ] as const
  ) {
    const { dumps, files } = new Place();
    files.room = { freeBytes: SPACE_FLOOR.bytes + spareBytes, totalBytes: GIB };
    const dump = await dumps.begin(1, GIB);
    assert.equal(dump.target === null, reason !== null);
    assert.equal(await refusalOf(dump), reason);
  }
});

Deno.test("begin() refuses a second dump for want of heap within a day, and no other", async () => {
  const place = new Place();
  await place.keepDump(DAY_MS + 1_000);
  await place.keepDump(1_000, "gc-overhead");
  assert.equal(await refusalOf(await place.dumps.begin(1, GIB)), null);
  const id = await place.keepDump(DAY_MS - 1_000);
  const dump = await place.dumps.begin(2, GIB);
  assert.equal(dump.target, null);
  assert.equal(await refusalOf(dump), `one of the same cause and day is kept in ${id}`);
});

Deno.test("begin() never fails: without a folder there is no dump, and the next start tries again", async () => {
  const { dumps, files } = new Place();
  files.disk = (operation) => {
    if (operation === "makeDir") throw new Error("Read-only file system");
  };
  const dump = await dumps.begin(1, GIB);
  assert.equal(await refusalOf(dump), "there is no folder to write it to: Read-only file system");
  files.disk = () => {};
  assert.notEqual((await dumps.begin(2, GIB)).target, null);
});

Deno.test("finding() believes a dump whole only by the JVM's own word, and removes what is not", async () => {
  for (
    const [line, status, reason] of [
      [CREATED, "saved", null],
      ["Dumping heap to /state/dumps/1/g1.hprof.gz ...", "missing", "the JVM was ended while it wrote it"],
      [
        "Dump file is incomplete: No space left on device",
        "missing",
        "the JVM could not write it: Dump file is incomplete: No space left on device",
      ],
      [null, "missing", "the JVM wrote none: it did not run out of heap"],
    ] as const
  ) {
    const { dumps, files } = new Place();
    const dump = await dumps.begin(1, GIB);
    const path = dump.target ?? "";
    files.put(path, "dump");
    files.put(`${path}.p0`, "part");
    files.put("/state/dumps/1/g12.hprof.gz", "another generation's");
    const finding = await dump.finding({ argv: ["java", `-XX:HeapDumpPath=${path}`], heapDumpLine: line });
    const content = status === "saved" ? { path } : null;
    assert.deepEqual(finding, { name: "heap.hprof.gz", status, reason, content });
    assert.equal(files.text(path), status === "saved" ? "dump" : null);
    await dump.discard();
    assert.deepEqual(await files.list("/state/dumps/1"), ["g12.hprof.gz"]);
  }
});

Deno.test("finding() says when the gateway's own options decided, and when the file is gone", async () => {
  const { dumps } = new Place();
  const dump = await dumps.begin(1, GIB);
  const own = { argv: ["java", "-XX:HeapDumpPath=/mine"], heapDumpLine: CREATED };
  const { status, reason } = await dump.finding(own);
  assert.deepEqual([status, reason], ["skipped", "the gateway's own Java options decide on its heap dumps"]);
  const gone = await dump.finding({ argv: [`-XX:HeapDumpPath=${dump.target}`], heapDumpLine: CREATED });
  assert.deepEqual([gone.status, gone.reason], ["missing", "its file is gone"]);
});

Deno.test("ask() has a living JVM dump its heap, unless it has told of a dump before", async () => {
  await using jvm = new FakeAttachJvm();
  jvm.serve();
  jvm.answer = `0\n${CREATED}\n`;
  const place = new Place();
  const asked = { target: { pid: 4711, startedMs: -1e6 }, context: jvm.context };
  const dump = await place.dumps.begin(1, GIB);
  const path = dump.target ?? "";
  await dump.ask("gc-overhead", asked, "Heap dump file created [1 bytes in 1 secs]");
  assert.deepEqual(jvm.requests, []);
  place.files.put(path, "dump");
  await dump.ask("gc-overhead", asked, null);
  assert.deepEqual(jvm.requests, [`1\0dumpheap\0${path}\0-live\0${1}\0`]);
  const { status, content } = await dump.finding({ argv: [], heapDumpLine: null });
  assert.deepEqual([status, content], ["saved", { path }]);
});

Deno.test("ask() asks for none where one of the day is kept, and takes no failure for a dump", async () => {
  await using jvm = new FakeAttachJvm();
  jvm.serve();
  jvm.answer = "1\nno such thing\n";
  const place = new Place();
  const asked = { target: { pid: 4711, startedMs: -1e6 }, context: jvm.context };
  const refused = await place.dumps.begin(1, GIB);
  place.files.put(refused.target ?? "", "half");
  await refused.ask("gc-overhead", asked, null);
  const failed = await refused.finding({ argv: [], heapDumpLine: null });
  assert.deepEqual([failed.status, /refused "dumpheap/.test(failed.reason ?? "")], ["missing", true]);
  assert.equal(place.files.text(refused.target ?? ""), null);
  const id = await place.keepDump(1_000, "gc-overhead");
  const second = await place.dumps.begin(2, GIB);
  await second.ask("gc-overhead", asked, null);
  assert.equal(jvm.requests.length, 1);
  assert.equal(await refusalOf(second), `one of the same cause and day is kept in ${id}`);
});

Deno.test("ask() gives a JVM up that does not come to an end with it", async () => {
  await using jvm = new FakeAttachJvm();
  jvm.serve();
  jvm.answer = async (conn) => void await conn.read(new Uint8Array(1));
  const { dumps } = new Place();
  const dump = await dumps.begin(1, 8 * GIB);
  const asking = dump.ask(
    "gc-overhead",
    { target: { pid: 4711, startedMs: -1e6 }, context: jvm.context },
    null,
  );
  for (let turn = 0; jvm.requests.length === 0; turn++) {
    assert.ok(turn < 300_000);
    await jvm.clock.advance(0);
  }
  await jvm.clock.advance(heapDumpMs(8 * GIB));
  await asking;
  const { status, reason } = await dump.finding({ argv: [], heapDumpLine: null });
  assert.equal(status, "missing");
  assert.match(reason ?? "", /did not answer "dumpheap .*" within 240 s/);
});

Deno.test("sweep() removes what a killed daemon has left, and nothing of one that lives", async () => {
  const { dumps, files } = new Place();
  await dumps.begin(1, GIB);
  files.put("/state/dumps/dead/g7.hprof.gz", "half");
  files.put("/state/dumps/dead/lock", "");
  files.put("/state/dumps/1/g1.hprof.gz", "being written");
  await new Place({ files }).dumps.sweep();
  assert.deepEqual(await files.list("/state/dumps"), ["1"]);
  await dumps.close();
  assert.deepEqual(await files.list("/state/dumps"), []);
});

Deno.test("memoryCauseOf() names a memory death before it happens, and no other", () => {
  const unfit = (kind: "gc-spiral" | "poisoned" | "deadlock" | "silent", text: string | null) =>
    memoryCauseOf({
      kind: "unfit",
      condition: { kind, sinceMs: 0, reason: "it is so", evidence: [] },
      survived: text === null ? null : { source: "stderr", line: 1, text },
    });
  const metaspace = 'Exception in thread "x" java.lang.OutOfMemoryError: Metaspace';
  assert.equal(unfit("gc-spiral", null), "gc-overhead");
  assert.equal(unfit("poisoned", null), "heap-oom");
  assert.equal(unfit("poisoned", metaspace), "metaspace-oom");
  for (const kind of ["deadlock", "silent"] as const) assert.equal(unfit(kind, metaspace), null);
  assert.equal(memoryCauseOf(null), null);
  assert.equal(memoryCauseOf({ kind: "stop", by: "me" }), null);
});
