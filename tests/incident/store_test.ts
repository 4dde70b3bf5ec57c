import assert from "node:assert/strict";
import { join } from "@std/path";
import { outputFindings } from "../../src/incident/finding.ts";
import type { Finding } from "../../src/incident/finding.ts";
import { SPACE_FLOOR } from "../../src/incident/room.ts";
import { IncidentStore, UNFINISHED_MS } from "../../src/incident/store.ts";
import { files as realFiles } from "../../src/runtime/files.ts";
import { MemoryFiles } from "../fakes/memory_files.ts";
import { AT, found, incident } from "./samples.ts";

const FOLDER = "/state/incidents";
const ID = "20260304T050607Z-g7-heap-oom";
const FOUND: readonly Finding[] = [found("stdout.txt", "wörds\n"), found("raw.bin", Uint8Array.of(0, 255))];

function place(): { readonly files: MemoryFiles; readonly store: IncidentStore } {
  const files = new MemoryFiles();
  return { files, store: new IncidentStore(FOLDER, files) };
}

function manifestIn(files: MemoryFiles, id: string): Record<string, unknown> {
  return JSON.parse(files.text(join(FOLDER, id, "manifest.json")) ?? "null");
}

function later(ms: number): Date {
  return new Date(AT.getTime() + ms);
}

Deno.test("outputFindings() gives both outputs, and says where one begins in its middle", () => {
  const evidence = {
    stdout: [{ number: 41, text: "last" }, { number: 42, text: "wörds" }],
    stderr: [{ number: 1, text: "" }],
  };
  assert.deepEqual(outputFindings(evidence), [
    {
      name: "stdout.txt",
      status: "truncated",
      reason: "it begins with line 41 of the output",
      content: "last\nwörds\n",
    },
    { name: "stderr.txt", status: "saved", reason: null, content: "\n" },
  ]);
  assert.equal(outputFindings({ ...evidence, stdout: [] })[0]?.content, "");
});

Deno.test("save() keeps what was found and everything known of the incident", async () => {
  const { files, store } = place();
  const lost: Finding = {
    name: "hs_err.log",
    status: "missing",
    reason: "the JVM wrote none",
    content: null,
  };
  const part: Finding = { name: "gc.log", status: "truncated", reason: "its last 2 bytes", content: "ab" };
  const left: Finding = { name: "heap.hprof", status: "skipped", reason: "too large", content: "never" };
  assert.equal(await store.save(incident(7), [...FOUND, lost, part, left], AT, { heapBytes: 1 }), ID);
  assert.deepEqual(await files.list(join(FOLDER, ID)), ["gc.log", "manifest.json", "raw.bin", "stdout.txt"]);
  assert.equal(files.text(join(FOLDER, ID, "stdout.txt")), "wörds\n");
  assert.deepEqual([...await files.readBytes(join(FOLDER, ID, "raw.bin"))], [0, 255]);
  assert.deepEqual(manifestIn(files, ID), {
    id: ID,
    at: AT.toISOString(),
    ...incident(7),
    artifacts: [
      { name: "stdout.txt", status: "saved", bytes: 7, reason: null },
      { name: "raw.bin", status: "saved", bytes: 2, reason: null },
      { name: "hs_err.log", status: "missing", bytes: 0, reason: "the JVM wrote none" },
      { name: "gc.log", status: "truncated", bytes: 2, reason: "its last 2 bytes" },
      { name: "heap.hprof", status: "skipped", bytes: 0, reason: "too large" },
    ],
    facts: { heapBytes: 1 },
  });
});

Deno.test("save() writes the manifest last: a folder that has one is complete", async () => {
  const { files, store } = place();
  await store.save(incident(1), FOUND, AT);
  assert.equal(files.changes.at(-1)?.split("/").at(-1), "manifest.json");
});

Deno.test("save() never puts two incidents of one second into one folder", async () => {
  const { files, store } = place();
  const ids = [];
  for (const text of ["first", "second", "third"]) {
    ids.push(await store.save(incident(7), [found("stdout.txt", text)], AT));
  }
  assert.deepEqual(ids, [ID, `${ID}-2`, `${ID}-3`]);
  assert.deepEqual(ids.map((id) => files.text(join(FOLDER, id, "stdout.txt"))), ["first", "second", "third"]);
  assert.deepEqual((await store.list()).map(({ id }) => id), ids.toReversed());
});

Deno.test("save() takes no name that leads out of the folder, or to another file in it", async () => {
  const { files, store } = place();
  const names = ["../x", "a/b", "", ".", "..", ".hidden", "manifest.json", "a\0b", "x".repeat(101), "-rf"];
  const id = await store.save(incident(1), [...names, "same", "same"].map((name) => found(name, name)), AT);
  assert.deepEqual(await files.list(join(FOLDER, id)), ["manifest.json", "same"]);
  const { artifacts } = manifestIn(files, id) as { artifacts: { status: string; reason: string }[] };
  const refused = artifacts.filter(({ status }) => status === "missing");
  assert.equal(refused.length, names.length + 1);
  assert.ok(refused.every(({ reason }) => reason === "its name cannot be used for a file"));
});

Deno.test("save() keeps the verdict when a disk takes no evidence, and says what became of it", async () => {
  const { files, store } = place();
  files.disk = (operation, path) => {
    if (operation === "writeAtomic" && path.endsWith("raw.bin")) throw new Error("No space left on device");
  };
  const id = await store.save(incident(7), FOUND, AT);
  assert.deepEqual(manifestIn(files, id).artifacts, [
    { name: "stdout.txt", status: "saved", bytes: 7, reason: null },
    { name: "raw.bin", status: "missing", bytes: 0, reason: "could not be written: No space left on device" },
  ]);
});

Deno.test("save() gives up the evidence when it leaves no room for the verdict", async () => {
  const { files, store } = place();
  files.disk = (operation, path) => {
    const isFull = files.tree(FOLDER).some((each) => each.endsWith("raw.bin"));
    if (operation === "writeAtomic" && path.endsWith("manifest.json") && isFull) throw new Error("disk full");
  };
  const id = await store.save(incident(7), FOUND, AT);
  assert.deepEqual(await files.list(join(FOLDER, id)), ["manifest.json"]);
  const reason = "removed, because the manifest could not be written beside it: disk full";
  assert.deepEqual(manifestIn(files, id).artifacts, [
    { name: "stdout.txt", status: "missing", bytes: 0, reason },
    { name: "raw.bin", status: "missing", bytes: 0, reason },
  ]);
});

Deno.test("save() throws when not even the verdict can be kept, and leaves no half incident", async () => {
  const { files, store } = place();
  files.disk = (operation, path) => {
    if (operation === "writeAtomic" && path.endsWith("manifest.json")) {
      throw new Error("Read-only file system");
    }
  };
  await assert.rejects(store.save(incident(1), FOUND, AT), /Read-only file system/);
  assert.deepEqual(files.tree(FOLDER), []);
});

Deno.test("save() writes nothing but the manifest where the disk is nearly full", async () => {
  const GIB = 2 ** 30;
  const skipped = "left out, because the disk is nearly full";
  for (
    const [freeBytes, totalBytes, kept] of [
      [SPACE_FLOOR.bytes + 9, GIB, ["saved", "saved"]],
      [SPACE_FLOOR.bytes + 8, GIB, ["saved", "skipped"]],
      [SPACE_FLOOR.bytes, GIB, ["skipped", "skipped"]],
      [2 * GIB + 9, 100 * GIB, ["saved", "saved"]],
      [2 * GIB - 1, 100 * GIB, ["skipped", "skipped"]],
      [5 * GIB + 9, 10_000 * GIB, ["saved", "saved"]],
      [5 * GIB, 10_000 * GIB, ["skipped", "skipped"]],
      [0, GIB, ["skipped", "skipped"]],
    ] as const
  ) {
    const { files, store } = place();
    files.room = { freeBytes, totalBytes };
    const id = await store.save(incident(1), FOUND, AT);
    const { artifacts } = manifestIn(files, id) as { artifacts: { status: string; reason: string | null }[] };
    assert.deepEqual(artifacts.map(({ status }) => status), kept, `${freeBytes} of ${totalBytes}`);
    assert.ok(artifacts.every(({ status, reason }) => reason === (status === "saved" ? null : skipped)));
  }
});

Deno.test("save() keeps everything where the room on the disk is not known", async () => {
  const { files, store } = place();
  files.room = null;
  const id = await store.save(incident(1), FOUND, AT);
  assert.deepEqual(await files.list(join(FOLDER, id)), ["manifest.json", "raw.bin", "stdout.txt"]);
});

Deno.test("save() keeps fifty incidents, whatever day they are of", async () => {
  const { files, store } = place();
  const ids: string[] = [];
  for (let hour = 0; hour < 53; hour++) {
    const cause = hour % 2 === 0 ? "heap-oom" : "unresponsive";
    ids.push(await store.save(incident(60 - hour, cause), FOUND, later(hour * 3_600_000)));
    assert.equal((await files.list(FOLDER)).length, Math.min(hour + 1, 50));
  }
  assert.deepEqual(await files.list(FOLDER), ids.slice(-50));
});

Deno.test("save() keeps the incident it has just saved, even when the clock was set back", async () => {
  const { files, store } = place();
  for (let hour = 0; hour < 50; hour++) await store.save(incident(hour + 1), [], later(hour * 3_600_000));
  const id = await store.save(incident(51), [], later(-86_400_000));
  assert.ok((await files.list(FOLDER)).includes(id));
  assert.equal((await files.list(FOLDER)).length, 50);
});

Deno.test("save() removes what a killed daemon left half saved, once nobody can be at it", async () => {
  const { files, store } = place();
  const old = "20260304T040607Z-g1-unknown";
  const young = "20260304T040608Z-g2-unknown";
  for (const id of [old, young]) files.put(join(FOLDER, id, "stdout.txt"), "x");
  files.put(join(FOLDER, "notes", "mine.txt"), "not an incident");
  const id = await store.save(incident(3), [], later(UNFINISHED_MS - 3_600_000));
  assert.deepEqual(await files.list(FOLDER), [young, id, "notes"]);
});

Deno.test("save() does not fail for what it cannot remove", async () => {
  const { files, store } = place();
  const old = "20260101T000000Z-g1-unknown";
  files.put(join(FOLDER, old, "manifest.json"), "{}");
  files.disk = (operation) => {
    if (operation === "remove") throw new Error("Operation not permitted");
  };
  const id = await store.save(incident(3), [], AT);
  assert.deepEqual(await files.list(FOLDER), [old, id]);
});

Deno.test("save() makes folders and files that only their user can read", async () => {
  const root = await Deno.makeTempDir({ prefix: "rekindle-test-" });
  try {
    const id = await new IncidentStore(join(root, "incidents"), realFiles).save(incident(7), FOUND, AT);
    const folder = join(root, "incidents", id);
    assert.equal((await Deno.stat(join(root, "incidents"))).mode, 0o40700);
    assert.equal((await Deno.stat(folder)).mode, 0o40700);
    for (const name of ["manifest.json", "stdout.txt", "raw.bin"]) {
      assert.equal((await Deno.stat(join(folder, name))).mode, 0o100600, name);
    }
    assert.deepEqual([...await Deno.readFile(join(folder, "raw.bin"))], [0, 255]);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});
