import assert from "node:assert/strict";
import { join } from "@std/path";
import type { Files } from "../../src/ports.ts";
import { files as realFiles } from "../../src/runtime/files.ts";
import { MemoryFiles } from "./memory_files.ts";

/** What the code under test relies on; run on the fake and on the real file system. */
const AGREEMENTS: Readonly<Record<string, (files: Files, root: string) => Promise<void>>> = {
  "what was written is read back, in a folder that was made with its parents": async (files, root) => {
    await files.makeDir(join(root, "a/b"));
    await files.writeAtomic(join(root, "a/b/c"), "old");
    await files.writeAtomic(join(root, "a/b/c"), "néw");
    assert.equal(await files.readText(join(root, "a/b/c")), "néw");
    assert.deepEqual(await files.list(join(root, "a")), ["b"]);
    const { modifiedMs: _, ...stat } = await files.stat(join(root, "a/b/c")) ?? { modifiedMs: 0 };
    assert.deepEqual(stat, { isFile: true, isDirectory: false, bytes: 4 });
    assert.equal((await files.stat(join(root, "a")))?.isDirectory, true);
  },
  "bytes are written as they are, and the room is that of the folder": async (files, root) => {
    await files.writeAtomic(join(root, "raw"), Uint8Array.of(0, 255, 10));
    assert.deepEqual([...await files.readBytes(join(root, "raw"))], [0, 255, 10]);
    const room = await files.space(root);
    assert.ok(room !== null && room.freeBytes <= room.totalBytes && room.totalBytes > 0);
    assert.equal(await files.space(join(root, "no")), null);
  },
  "what is not there is nothing, except to a reader": async (files, root) => {
    assert.equal(await files.stat(join(root, "no")), null);
    assert.equal(await files.realPath(join(root, "no")), null);
    assert.deepEqual(await files.list(join(root, "no")), []);
    await files.remove(join(root, "no"));
    await assert.rejects(files.readText(join(root, "no")));
    await assert.rejects(files.rename(join(root, "no"), join(root, "other")));
    await assert.rejects(files.writeAtomic(join(root, "no/file"), ""));
    await assert.rejects(files.append(join(root, "no/file")));
    await assert.rejects(files.makeTempDir(join(root, "no"), "x"));
  },
  "an appended file grows, and keeps growing for its writer when renamed": async (files, root) => {
    const first = await files.append(join(root, "log"));
    await first.write(Uint8Array.of(97));
    await files.rename(join(root, "log"), join(root, "log.1"));
    await first.write(Uint8Array.of(98));
    first.close();
    const second = await files.append(join(root, "log.1"));
    await second.write(Uint8Array.of(99));
    second.close();
    assert.equal(await files.readText(join(root, "log.1")), "abc");
    assert.equal(await files.stat(join(root, "log")), null);
  },
  "an open file is read anywhere, stays itself when renamed, and a link or a folder is none": async (
    files,
    root,
  ) => {
    const path = join(root, "log");
    const writer = await files.append(path);
    await writer.write(new TextEncoder().encode("0123456789"));
    const file = await files.open(path);
    assert.ok(file !== null);
    const text = async (from: number, bytes: number) =>
      new TextDecoder().decode(await file.read(from, bytes));
    assert.deepEqual([file.bytes, await text(2, 3), await text(8, 9), await text(20, 1)], [
      10,
      "234",
      "89",
      "",
    ]);
    await files.rename(path, `${path}.1`);
    await writer.write(new TextEncoder().encode("ab"));
    writer.close();
    await files.writeAtomic(path, "new");
    assert.deepEqual([await text(9, 9), file.bytes], ["9ab", 10]);
    const [old, other] = [await files.open(`${path}.1`), await files.open(path)];
    assert.equal(old?.identity, file.identity);
    assert.notEqual(other?.identity, file.identity);
    for (const each of [file, old, other]) await each?.close();
    await file.close();
    for (const name of ["", "no", "log/x"]) assert.equal(await files.open(join(root, name)), null, name);
  },
  "a folder is removed with what is in it, and only that": async (files, root) => {
    const folder = await files.makeTempDir(root, "x-");
    assert.notEqual(await files.makeTempDir(root, "x-"), folder);
    await files.writeAtomic(join(folder, "file"), "");
    await files.writeAtomic(`${folder}y`, "");
    await files.remove(folder);
    assert.equal(await files.stat(join(folder, "file")), null);
    assert.notEqual(await files.stat(`${folder}y`), null);
  },
  "a lock is held by one, until it is released": async (files, root) => {
    const lock = await files.tryLock(join(root, "lock"));
    assert.ok(lock !== null);
    assert.equal(await files.tryLock(join(root, "lock")), null);
    lock.release();
    (await files.tryLock(join(root, "lock")))?.release();
  },
};

for (const [name, agree] of Object.entries(AGREEMENTS)) {
  Deno.test(`real files and those in memory agree: ${name}`, async () => {
    const root = await Deno.makeTempDir({ prefix: "rekindle-test-" });
    try {
      await agree(realFiles, root);
    } finally {
      await Deno.remove(root, { recursive: true });
    }
    const memory = new MemoryFiles();
    await memory.makeDir(root);
    await agree(memory, root);
  });
}

Deno.test("MemoryFiles follows links to files and folders, and knows a broken one", async () => {
  const files = new MemoryFiles({
    "/jdk/bin/java": "java",
    "/usr/java": "-> /jdk",
    "/usr/bin/java": "-> ../java/bin/java",
    "/usr/broken": "-> /gone",
    "/usr/round": "-> /usr/round",
  });
  assert.equal(await files.realPath("/usr/bin/java"), "/jdk/bin/java");
  assert.equal(await files.readText("/usr/bin/java"), "java");
  assert.deepEqual(await files.list("/usr/java"), ["bin"]);
  assert.deepEqual(await files.list("/usr"), ["bin", "broken", "java", "round"]);
  for (const lost of ["/usr/broken", "/usr/round"]) {
    assert.equal(await files.realPath(lost), null);
    assert.equal(await files.stat(lost), null);
  }
});
