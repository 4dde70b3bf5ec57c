import assert from "node:assert/strict";
import fc from "fast-check";
import {
  gcVitalsOf,
  parsePerfData,
  type PerfData,
  perfDataPaths,
  PerfDataReader,
} from "../../src/incident/hsperfdata.ts";
import { files } from "../../src/runtime/files.ts";
import { MemoryFiles } from "../fakes/memory_files.ts";
import { JavaGateway } from "./java_gateway.ts";
import { entriesOf, type EntryPart, perfDataFile, type Prologue } from "./perf_data_file.ts";

const isLinux = Deno.build.os === "linux";
const NUMBER_ENTRY = { name: "sun.number", value: 4711 };
const TEXT_ENTRY = { name: "sun.text", value: "No GC" };

Deno.test("parsePerfData() reads every number and text, in both byte orders", () => {
  const entries: readonly EntryPart[] = [
    NUMBER_ENTRY,
    { name: "n", value: -1 },
    { name: "large", value: 2n ** 53n },
    TEXT_ENTRY,
    { name: "empty", value: "" },
    // Texts have room for longer ones behind their end.
    { name: "room", value: "short\0left over" },
    { name: "a text without its end", value: "abc", elements: 3 },
    { name: "of another type", value: 1, type: "I" },
    { name: "an array of numbers", value: 1, elements: 1 },
  ];
  const expected = [
    ["sun.number", 4711],
    ["n", -1],
    ["large", 2 ** 53],
    ["sun.text", "No GC"],
    ["empty", ""],
    ["room", "short"],
  ];
  for (const little of [true, false]) {
    const file = perfDataFile(entries, { little });
    assert.deepEqual([...parsePerfData(file) ?? []], expected);
    // A view into a larger buffer, as a read into one gives.
    const shifted = new Uint8Array(file.length + 3);
    shifted.set(file, 3);
    assert.deepEqual([...parsePerfData(shifted.subarray(3)) ?? []], expected);
  }
});

Deno.test("parsePerfData() refuses a prologue that is none", () => {
  const valid: Prologue = {};
  assert.equal(parsePerfData(perfDataFile([NUMBER_ENTRY], { prologue: valid }))?.size, 1);
  for (
    const prologue of [
      { magic: 0xc0c0feca },
      { majorVersion: 1 },
      { majorVersion: 3 },
      { isComplete: 0 },
      { firstEntry: 0 },
      { firstEntry: 31 },
      { firstEntry: -1 },
      { firstEntry: 2 ** 31 - 1 },
      { entries: 3 },
      { entries: 2 ** 31 - 1 },
    ] satisfies Prologue[]
  ) {
    const file = perfDataFile([NUMBER_ENTRY], { prologue });
    assert.equal(parsePerfData(file), null, JSON.stringify(prologue));
  }
});

Deno.test("parsePerfData() refuses an entry that points out of itself", () => {
  for (
    const wrong of [
      { ...NUMBER_ENTRY, bytes: 0 },
      { ...NUMBER_ENTRY, bytes: -1 },
      { ...NUMBER_ENTRY, bytes: 39 },
      { ...NUMBER_ENTRY, bytes: 2 ** 31 - 1 },
      { ...NUMBER_ENTRY, nameAt: 19 },
      { ...NUMBER_ENTRY, nameAt: -1 },
      { ...NUMBER_ENTRY, nameAt: 40 },
      { ...NUMBER_ENTRY, nameAt: 2 ** 31 - 1 },
      { ...NUMBER_ENTRY, dataAt: 19 },
      { ...NUMBER_ENTRY, dataAt: 33 },
      { ...NUMBER_ENTRY, dataAt: -8 },
      { ...TEXT_ENTRY, elements: -1 },
      { ...TEXT_ENTRY, elements: 9 },
      // A name without its end: it stands where the text does, which fills the entry.
      { name: "x".repeat(11), value: "y".repeat(8), nameAt: 32, elements: 8, bytes: 40 },
    ]
  ) {
    assert.equal(parsePerfData(perfDataFile([wrong])), null, JSON.stringify(wrong));
  }
});

Deno.test("parsePerfData() refuses every part of a file that lacks some of its entries", () => {
  const file = perfDataFile([NUMBER_ENTRY, TEXT_ENTRY]);
  const whole = file.length - 64;
  assert.equal(parsePerfData(file.subarray(0, whole))?.size, 2);
  for (let length = 0; length < whole; length++) assert.equal(parsePerfData(file.subarray(0, length)), null);
});

Deno.test("parsePerfData() and gcVitalsOf() take any bytes", () => {
  const beginning = perfDataFile([]).subarray(0, 24);
  fc.assert(fc.property(fc.boolean(), fc.uint8Array({ maxLength: 400 }), (startsWell, bytes) => {
    judge(startsWell ? new Uint8Array([...beginning, ...bytes]) : bytes);
  }));
});

Deno.test("gcVitalsOf() adds the pauses of all collectors up", () => {
  assert.deepEqual(gcVitalsOf(dataOf()), {
    pausedMs: 2000,
    collections: 9,
    cause: null,
    oldUsedBytes: 300,
    oldMaxBytes: 400,
    heapCommittedBytes: 0,
    metaspaceBytes: null,
  });
  const more = dataOf({ "sun.gc.collector.2.time": 1000, "sun.gc.collector.2.invocations": 1 });
  assert.equal(gcVitalsOf(more)?.pausedMs, 2001);
  assert.equal(gcVitalsOf(more)?.collections, 10);
  assert.equal(gcVitalsOf(dataOf({ "sun.gc.cause": "Ergonomics" }))?.cause, "Ergonomics");
  // Of a damaged file: nothing is counted down.
  const damaged = dataOf({ "sun.gc.collector.1.time": -5_000_000, "sun.gc.collector.1.invocations": -3 });
  assert.equal(gcVitalsOf(damaged)?.pausedMs, 1500);
  assert.equal(gcVitalsOf(damaged)?.collections, 7);
});

Deno.test("gcVitalsOf() says nothing of a JVM that measures something else", () => {
  const collector0 = { "sun.gc.collector.0.time": null, "sun.gc.collector.0.invocations": null };
  for (
    const [jvm, changes] of [
      ["Shenandoah", { "sun.gc.generation.1.name": "Heap" }],
      ["ZGC without generations", { "sun.gc.generation.0.name": null, ...collector0 }],
      ["Epsilon", { "sun.gc.generation.0.name": null, "sun.gc.generation.1.name": "Heap" }],
      ["a clock without a frequency", { "sun.os.hrt.frequency": null }],
      ["a clock that stands still", { "sun.os.hrt.frequency": 0 }],
      ["no cause", { "sun.gc.cause": null }],
      ["a cause that is a number", { "sun.gc.cause": 1 }],
      ["no size", { "sun.gc.generation.1.space.0.used": null }],
      ["a size below nothing", { "sun.gc.generation.1.space.0.used": -1 }],
      ["no greatest size", { "sun.gc.generation.1.space.0.maxCapacity": 0 }],
    ] as const
  ) assert.equal(gcVitalsOf(dataOf(changes)), null, jvm);
});

Deno.test("perfDataPaths() finds the files of a pid, whoever's they are", async () => {
  const tree = new MemoryFiles({
    "/tmp/hsperfdata_ann/4711": "",
    "/tmp/hsperfdata_ann/47": "",
    "/tmp/hsperfdata_bob/4711": "",
    "/tmp/hsperfdata_carol/4711/x": "",
    "/tmp/hsperf/4711": "",
    "/tmp/4711": "",
  });
  assert.deepEqual(await perfDataPaths(4711, tree), ["/tmp/hsperfdata_ann/4711", "/tmp/hsperfdata_bob/4711"]);
  assert.deepEqual(await perfDataPaths(4712, tree), []);
  assert.deepEqual(await perfDataPaths(4711, new MemoryFiles()), []);
});

const MAPS = [
  "7fbf64000000-7fbf64008000 r--s 00000000 fe:00 11                         /tmp/hsperfdata_ann/4711",
  "7fbf64008000-7fbf64010000 rw-s 00000000 fe:00 12                         /tmp/hsperfdata_ann/99",
  "7fbf64240000-7fbf64248000 rw-s 00000000 fe:00 13                         /tmp/hsperfdata_bob jr/4711",
  "7fbf64300000-7fbf64308000 rw-p 00000000 fe:00 14                         /usr/lib/libc.so.6",
  "7fbf64400000-7fbf64408000 rw-p 00000000 00:00 0 ",
  "",
].join("\n");

Deno.test("PerfDataReader reads the file that the process itself keeps", async () => {
  const fake = perfDataFile(entriesOf({ "sun.gc.collector.0.invocations": 999 }));
  const tree = new MemoryFiles({ "/proc/4711/maps": MAPS });
  tree.put("/tmp/hsperfdata_ann/4711", fake);
  tree.put("/tmp/hsperfdata_bob jr/4711", perfDataFile(entriesOf()));
  const reader = new PerfDataReader(4711, tree);
  assert.equal(reader.path, null);
  assert.equal((await reader.read())?.collections, 9);
  assert.equal(reader.path, "/tmp/hsperfdata_bob jr/4711");
  // Looked for once.
  await tree.remove("/proc/4711/maps");
  tree.put("/tmp/hsperfdata_bob jr/4711", perfDataFile(entriesOf({ "sun.gc.collector.0.invocations": 8 })));
  assert.equal((await reader.read())?.collections, 10);
});

Deno.test("PerfDataReader has nothing where there is no file, and looks again", async () => {
  const tree = new MemoryFiles();
  const reader = new PerfDataReader(4711, tree);
  assert.equal(await reader.read(), null);
  const path = "/tmp/hsperfdata_bob jr/4711";
  // Removed while the process lives: what has that name now is another's.
  tree.put("/proc/4711/maps", MAPS.replaceAll("4711", "4711 (deleted)"));
  tree.put(path, perfDataFile(entriesOf()));
  assert.equal(await reader.read(), null);
  assert.equal(reader.path, null);
  await tree.remove(path);
  tree.put("/proc/4711/maps", MAPS);
  assert.equal(await reader.read(), null);
  tree.put(path, new Uint8Array());
  assert.equal(await reader.read(), null);
  tree.put(path, perfDataFile(entriesOf()));
  assert.equal((await reader.read())?.collections, 9);
  await tree.remove(path);
  assert.equal(await reader.read(), null);
  assert.equal(reader.path, null);
});

for (const collector of ["Serial", "Parallel", "G1"]) {
  Deno.test({
    name: `PerfDataReader tells what a JVM with ${collector} tells of itself (needs /proc)`,
    ignore: !isLinux,
    async fn() {
      await using jvm = await JavaGateway.start(["-Xmx64m", `-XX:+Use${collector}GC`]);
      const reader = new PerfDataReader(jvm.pid, files);
      const before = await reader.read();
      assert.ok(before !== null);
      await jvm.collect();
      await jvm.collect();
      const after = await reader.read();
      assert.ok(after !== null);
      assert.equal(after.cause, null);
      assert.ok(after.collections >= before.collections + 2 && after.pausedMs > before.pausedMs);
      assert.equal(after.collections, await jvm.collections());
      const { usedBytes, maxBytes } = await jvm.oldGeneration();
      // G1 of JDK 17 and before adds 8 bytes to each.
      assert.ok(Math.abs(after.oldMaxBytes - maxBytes) <= 8, `${after.oldMaxBytes} is not ${maxBytes}`);
      assert.ok(Math.abs(after.oldUsedBytes - usedBytes) <= 8, `${after.oldUsedBytes} is not ${usedBytes}`);
    },
  });
}

Deno.test({
  name: "the file of a killed JVM tells its last words until it is removed (needs /proc)",
  ignore: !isLinux,
  async fn() {
    await using jvm = await JavaGateway.start(["-Xmx64m"]);
    const reader = new PerfDataReader(jvm.pid, files);
    assert.ok(await reader.read() !== null);
    const bytes = await files.readBytes(reader.path ?? "");
    await jvm.kill();
    assert.ok(await reader.read() !== null);
    assert.deepEqual(await perfDataPaths(jvm.pid, files), [reader.path]);
    await files.remove(reader.path ?? "");
    assert.equal(await reader.read(), null);
    assert.deepEqual(await perfDataPaths(jvm.pid, files), []);
    // Real bytes with real structure, each with a few of them changed.
    const change = fc.tuple(fc.nat({ max: bytes.length - 1 }), fc.nat({ max: 255 }));
    fc.assert(
      fc.property(fc.array(change, { maxLength: 9 }), fc.nat({ max: bytes.length }), (changes, length) => {
        const mutated = bytes.slice();
        for (const [at, byte] of changes) mutated[at] = byte;
        judge(mutated);
        judge(mutated.subarray(0, length));
      }),
    );
  },
});

Deno.test({
  name: "PerfDataReader has nothing of a JVM that keeps no such file (needs /proc)",
  ignore: !isLinux,
  async fn() {
    await using jvm = await JavaGateway.start(["-Xmx64m", "-XX:-UsePerfData"]);
    assert.equal(await new PerfDataReader(jvm.pid, files).read(), null);
    assert.deepEqual(await perfDataPaths(jvm.pid, files), []);
  },
});

function dataOf(changes: Parameters<typeof entriesOf>[0] = {}): PerfData {
  const data = parsePerfData(perfDataFile(entriesOf(changes)));
  assert.ok(data !== null);
  return data;
}

/** Whatever the bytes are: no exception, and nothing but what the types promise. */
function judge(bytes: Uint8Array): void {
  const data = parsePerfData(bytes);
  if (data === null) return;
  assert.ok(data.size <= bytes.length / 20);
  const vitals = gcVitalsOf(data);
  if (vitals !== null) assert.ok(vitals.oldUsedBytes >= 0 && vitals.oldMaxBytes > 0);
}
