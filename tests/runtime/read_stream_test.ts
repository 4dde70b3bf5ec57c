import assert from "node:assert/strict";
import { join } from "@std/path";
import { readStream } from "../../src/runtime/read_stream.ts";

async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "read-stream-" });
  try {
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function makePipe(path: string): Promise<void> {
  assert.ok((await new Deno.Command("mkfifo", { args: [path] }).output()).success);
}

Deno.test("readStream() refuses what is no file or has no end, each with its reason", () =>
  inFolder(async (folder) => {
    const at = (name: string) => join(folder, name);
    await Deno.symlink("nowhere", at("dangling"));
    await Deno.symlink("loop", at("loop"));
    using _socket = Deno.listen({ transport: "unix", path: at("socket") });
    const refused: Readonly<Record<string, RegExp>> = {
      [folder]: /it is a folder/,
      [at("none")]: /No such file/,
      [at("dangling")]: /No such file/,
      [at("loop")]: /Too many levels of symbolic links/,
      [at("socket")]: /it is a socket/,
      "/dev/zero": /it is a device/,
      "/dev/null": /it is a device/,
      "/proc/self/status": /the kernel makes it up/,
    };
    for (const [path, reason] of Object.entries(refused)) {
      await assert.rejects(readStream(path), reason, path);
    }
  }));

Deno.test({
  name: "readStream() says that a file may not be read",
  ignore: Deno.uid() === 0,
  fn: () =>
    inFolder(async (folder) => {
      await Deno.writeTextFile(join(folder, "secret"), "x", { mode: 0 });
      await assert.rejects(readStream(join(folder, "secret")), /Permission denied/);
    }),
});

Deno.test("readStream() ends where the file ended when it was opened", () =>
  inFolder(async (folder) => {
    const path = join(folder, "log");
    await Deno.writeTextFile(path, "a".repeat(100_000));
    const reader = (await readStream(path)).getReader();
    let bytes = 0;
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      bytes += next.value.length;
      await Deno.writeTextFile(path, "b".repeat(100_000), { append: true });
    }
    assert.equal(bytes, 100_000);
  }));

Deno.test("readStream() ends where a file ends that was cut meanwhile, and reads an empty one", () =>
  inFolder(async (folder) => {
    const path = join(folder, "log");
    await Deno.writeTextFile(path, "a".repeat(200_000));
    const stream = await readStream(path);
    await Deno.truncate(path, 70_000);
    assert.equal((await new Response(stream).bytes()).length, 70_000);
    await Deno.truncate(path, 0);
    assert.equal((await new Response(await readStream(path)).bytes()).length, 0);
  }));

Deno.test("readStream() reads a pipe to the end of its writer", () =>
  inFolder(async (folder) => {
    const path = join(folder, "pipe");
    await makePipe(path);
    const child = new Deno.Command("sh", { args: ["-c", 'printf "one\\ntwo\\n" > "$0"', path] }).spawn();
    assert.equal(await new Response(await readStream(path)).text(), "one\ntwo\n");
    assert.ok((await child.status).success);
  }));

Deno.test("readStream() gives up a pipe that nobody writes to, and leaves nothing waiting", () =>
  inFolder(async (folder) => {
    const path = join(folder, "pipe");
    await makePipe(path);
    await assert.rejects(readStream(path, 0), /nobody has opened this pipe/);
  }));
