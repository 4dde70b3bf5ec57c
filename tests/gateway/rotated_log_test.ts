import assert from "node:assert/strict";
import { RotatedLog } from "../../src/gateway/rotated_log.ts";
import { MemoryFiles } from "../fakes/memory_files.ts";

const MIB = 2 ** 20;
const PATH = "/log/gateway.log";
const UTF8 = new TextEncoder();

function make(): { files: MemoryFiles; log: RotatedLog } {
  const files = new MemoryFiles({ "/log/other": "" });
  return { files, log: new RotatedLog(PATH, files) };
}

/** One mebibyte that says which one it is. */
function mebibyte(number: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(MIB).fill(number);
}

/** The sizes of the files there are, in mebibytes, and the first byte of each. */
async function filesOf(files: MemoryFiles): Promise<Record<string, [number, number]>> {
  const names = files.tree("/log").filter((path) => path !== "/log/other");
  const contents = await Promise.all(names.map(async (path) => {
    const bytes = await files.readBytes(path);
    return [path.slice(PATH.length), [bytes.length / MIB, bytes[0] ?? -1]] as const;
  }));
  return Object.fromEntries(contents.map(([name, content]) => [name, [...content]]));
}

Deno.test("RotatedLog writes everything, in order, after what was there", async () => {
  const { files, log } = make();
  files.put(PATH, "before\n");
  for (const word of ["one ", "two ", "three\n"]) log.write(UTF8.encode(word));
  await log.close();
  log.write(UTF8.encode("four\n"));
  await log.close();
  assert.equal(files.text(PATH), "before\none two three\nfour\n");
  assert.equal(log.droppedBytes, 0);
});

Deno.test("RotatedLog makes no file until there is something to write", async () => {
  const { files, log } = make();
  await log.close();
  assert.equal(files.text(PATH), null);
});

Deno.test("RotatedLog puts a full file aside and keeps four old ones, each of ten mebibytes", async () => {
  const { files, log } = make();
  for (let number = 0; number < 65; number++) {
    log.write(mebibyte(number));
    // As slowly as the disk takes it: the queue is no part of this test.
    await log.close();
  }
  assert.deepEqual(await filesOf(files), {
    "": [5, 60],
    ".1": [10, 50],
    ".2": [10, 40],
    ".3": [10, 30],
    ".4": [10, 20],
  });
  assert.equal(log.droppedBytes, 0);
});

Deno.test("RotatedLog counts what a file held before it was opened", async () => {
  const { files, log } = make();
  files.put(PATH, new Uint8Array(10 * MIB));
  log.write(mebibyte(7));
  await log.close();
  assert.deepEqual(await filesOf(files), { "": [1, 7], ".1": [10, 0] });
});

Deno.test("RotatedLog drops a piece larger than its queue, and nothing else", async () => {
  const { files, log } = make();
  log.write(new Uint8Array(11 * MIB));
  log.write(UTF8.encode("after"));
  await log.close();
  assert.equal(files.text(PATH), "after");
  assert.equal(log.droppedBytes, 11 * MIB);
});

Deno.test("RotatedLog keeps no writer waiting for a slow disk, and counts what it drops meanwhile", async () => {
  const { files, log } = make();
  const disk = Promise.withResolvers<void>();
  files.disk = (operation) => operation === "write" ? disk.promise : undefined;
  for (let number = 1; number <= 7; number++) log.write(mebibyte(number));
  // One is being written or four wait: whichever, the rest is lost, and nothing has been written yet.
  const dropped = log.droppedBytes;
  assert.ok(dropped >= 2 * MIB && dropped <= 3 * MIB, String(dropped));
  assert.equal((await files.stat(PATH))?.bytes ?? 0, 0);
  disk.resolve();
  await log.close();
  assert.deepEqual(await filesOf(files), { "": [7 - dropped / MIB, 1] });
  log.write(UTF8.encode("x"));
  await log.close();
  assert.equal(log.droppedBytes, dropped);
});

Deno.test("RotatedLog drops and counts what a full disk refuses, and goes on when there is room", async () => {
  const { files, log } = make();
  let full = false;
  files.disk = (operation) => {
    if (full && operation === "write") throw new Error("No space left on device (os error 28)");
  };
  log.write(UTF8.encode("one\n"));
  await log.close();
  full = true;
  log.write(UTF8.encode("two\n"));
  log.write(UTF8.encode("three\n"));
  await log.close();
  assert.equal(log.droppedBytes, 10);
  full = false;
  log.write(UTF8.encode("four\n"));
  await log.close();
  assert.equal(files.text(PATH), "one\nfour\n");
  assert.equal(log.droppedBytes, 10);
});

Deno.test("RotatedLog survives a folder that is gone, and uses it when it is back", async () => {
  const { files, log } = make();
  await files.remove("/log");
  log.write(UTF8.encode("lost"));
  await log.close();
  await files.makeDir("/log");
  log.write(UTF8.encode("kept"));
  await log.close();
  assert.deepEqual([files.text(PATH), log.droppedBytes], ["kept", 4]);
});

Deno.test("RotatedLog loses nothing but the piece at hand when a file cannot be put aside", async () => {
  const { files, log } = make();
  files.put(PATH, new Uint8Array(10 * MIB));
  let refused = 1;
  files.disk = (operation) => {
    if (operation === "rename" && refused-- > 0) throw new Error("Permission denied (os error 13)");
  };
  log.write(UTF8.encode("lost"));
  log.write(UTF8.encode("kept"));
  await log.close();
  assert.deepEqual([files.text(PATH), log.droppedBytes], ["kept", 4]);
  assert.equal((await files.stat(`${PATH}.1`))?.bytes, 10 * MIB);
});
