import assert from "node:assert/strict";
import { join } from "@std/path";
import type { Finding } from "../../src/incident/finding.ts";
import { IncidentStore } from "../../src/incident/store.ts";
import { files as realFiles } from "../../src/runtime/files.ts";
import { MemoryFiles } from "../fakes/memory_files.ts";
import { AT, found, incident } from "./samples.ts";

const FOLDER = "/state/incidents";
const LEFT = "/state/dumps/1/g7.hprof.gz";
const NAME = "heap.hprof.gz";
const DAY_MS = 86_400_000;
const DUMP: Finding = { name: NAME, status: "saved", reason: null, content: { path: LEFT } };

function place(): { readonly files: MemoryFiles; readonly store: IncidentStore } {
  const files = new MemoryFiles();
  files.put(LEFT, "dump");
  return { files, store: new IncidentStore(FOLDER, files) };
}

/** What an incident says of its heap dump. */
async function saidOf(store: IncidentStore, id: string): Promise<string> {
  const read = await store.read(id);
  const { status, bytes, reason } = read?.artifacts.find(({ name }) => name === NAME) ?? {};
  return [status, bytes, reason].filter((each) => each !== null).join(" ");
}

Deno.test("save() moves a heap dump into the incident without reading it", async () => {
  const { files, store } = place();
  files.disk = (operation) => assert.ok(operation !== "readBytes" && operation !== "readStream");
  const id = await store.save(incident(7), [DUMP, found("stdout.txt", "x")], AT);
  assert.equal(files.text(join(FOLDER, id, NAME)), "dump");
  assert.equal(files.text(LEFT), null);
  files.disk = () => {};
  assert.equal(await saidOf(store, id), "saved 4");
});

Deno.test("save() copies a heap dump from another file system, and leaves none behind", async () => {
  const { files, store } = place();
  files.disk = (operation) => {
    if (operation === "rename") throw new Error("Invalid cross-device link (os error 18)");
  };
  const id = await store.save(incident(7), [DUMP], AT);
  assert.equal(files.text(join(FOLDER, id, NAME)), "dump");
  assert.equal(files.text(LEFT), null);
});

Deno.test("save() loses a heap dump that cannot be moved, and never the verdict", async () => {
  const { files, store } = place();
  files.disk = (operation) => {
    if (operation === "rename") throw new Error("Invalid cross-device link (os error 18)");
    if (operation === "write") throw new Error("No space left on device");
  };
  const id = await store.save(incident(7), [DUMP], AT);
  assert.equal(await saidOf(store, id), "missing 0 could not be moved: No space left on device");
  assert.deepEqual(await files.list(join(FOLDER, id)), ["manifest.json"]);
  assert.equal(files.text(LEFT), null);
});

Deno.test("save() gives a heap dump up that has filled the disk, before anything else", async () => {
  const { files, store } = place();
  files.disk = (operation, path) => {
    const left = files.text(LEFT) !== null;
    files.room = { freeBytes: left ? 0 : 2 ** 40, totalBytes: 2 ** 41 };
    if (operation === "writeAtomic" && left) throw new Error(`No space left on device: ${path}`);
  };
  const id = await store.save(incident(7), [found("stdout.txt", "x"), DUMP], AT);
  assert.equal(await saidOf(store, id), "skipped 0 removed, because it had nearly filled the disk");
  assert.deepEqual(await files.list(join(FOLDER, id)), ["manifest.json", "stdout.txt"]);
});

Deno.test("save() keeps one heap dump of a cause and a day", async () => {
  const { files, store } = place();
  const save = async (cause: "heap-oom" | "metaspace-oom", laterMs: number) => {
    files.put(LEFT, "dump");
    const id = await store.save(incident(7, cause), [DUMP], new Date(AT.getTime() + laterMs));
    assert.equal(files.text(LEFT), null);
    return id;
  };
  const first = await save("heap-oom", 0);
  const second = await save("heap-oom", DAY_MS - 1_000);
  assert.equal(await saidOf(store, second), `skipped 0 one of the same cause and day is kept in ${first}`);
  // One that was skipped holds up no other.
  assert.equal(await saidOf(store, await save("heap-oom", DAY_MS + 1_000)), "saved 4");
  assert.equal(await saidOf(store, await save("metaspace-oom", 1_000)), "saved 4");
});

Deno.test("save() keeps the three newest heap dumps, and the older incidents say so", async () => {
  const { files, store } = place();
  const ids: string[] = [];
  for (let day = 0; day < 4; day++) {
    files.put(LEFT, "dump");
    ids.push(await store.save(incident(7), [DUMP], new Date(AT.getTime() + 2 * day * DAY_MS)));
  }
  const [oldest = "", ...rest] = ids;
  for (const id of rest) assert.equal(await saidOf(store, id), "saved 4");
  const gone = "missing 0 it was kept and is gone: only the newest 3 heap dumps stay";
  assert.equal(await saidOf(store, oldest), gone);
  const read = await store.read(oldest);
  assert.ok(read?.kind === "whole");
  const { artifacts } = read.document as { artifacts: readonly { status: string }[] };
  assert.deepEqual([artifacts[0]?.status, read.manifest.artifacts?.[0]?.status], ["missing", "missing"]);
});

Deno.test("save() does not count heap dumps into the budget of everything else", async () => {
  const { files, store } = place();
  files.put(LEFT, new Uint8Array(2 ** 28 + 1));
  const first = await store.save(incident(7), [DUMP], AT);
  const second = await store.save(incident(8, "unknown"), [], new Date(AT.getTime() + 1_000));
  assert.deepEqual(await files.list(FOLDER), [first, second]);
});

Deno.test("save() makes a heap dump private that its JVM did not", async () => {
  const root = await Deno.makeTempDir({ prefix: "rekindle-test-" });
  try {
    const path = join(root, "g1.hprof.gz");
    await Deno.writeTextFile(path, "dump", { mode: 0o644 });
    const store = new IncidentStore(join(root, "incidents"), realFiles);
    const id = await store.save(incident(7), [{ ...DUMP, content: { path } }], AT);
    assert.equal((await Deno.stat(join(store.folderOf(id), NAME))).mode, 0o100600);
    assert.equal(await Deno.readTextFile(join(store.folderOf(id), NAME)), "dump");
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});
