import assert from "node:assert/strict";
import { join } from "@std/path";
import { files } from "../../src/runtime/files.ts";

const isRoot = Deno.uid() === 0;
const hasFlock = await programExists("flock");

Deno.test("readStream() reads a file piece by piece, and fails for what is missing or no file", () =>
  inFolder(async (folder) => {
    const path = join(folder, "log");
    const text = "a line\n".repeat(100_000);
    await Deno.writeTextFile(path, text);
    assert.equal(await new Response(await files.readStream(path)).text(), text);
    await (await files.readStream(path)).cancel();
    await assert.rejects(files.readStream(join(folder, "none")), /No such file/);
    await assert.rejects(files.readStream(folder), /it is a folder/);
  }));

Deno.test("open() opens no link, device or pipe, and waits for nobody", () =>
  inFolder(async (folder) => {
    const path = join(folder, "file");
    await Deno.writeTextFile(path, "text");
    await Deno.symlink(path, join(folder, "link"));
    await new Deno.Command("mkfifo", { args: [join(folder, "pipe")] }).output();
    for (const name of ["link", "pipe"]) assert.equal(await files.open(join(folder, name)), null, name);
    assert.equal(await files.open("/dev/null"), null);
    const file = await files.open(path);
    assert.equal(file?.bytes, 4);
    await file?.close();
  }));

Deno.test("writeAtomic() replaces the whole text and leaves nothing else", () =>
  inFolder(async (folder) => {
    const path = join(folder, "plan.json");
    await files.writeAtomic(path, "a long first text");
    await files.writeAtomic(path, "später");
    assert.equal(await files.readText(path), "später");
    assert.deepEqual(await files.list(folder), ["plan.json"]);
  }));

Deno.test("writeAtomic() never touches the file that readers have open", () =>
  inFolder(async (folder) => {
    const path = join(folder, "plan.json");
    await files.writeAtomic(path, "old");
    using reader = await Deno.open(path);
    await files.writeAtomic(path, "new and longer");
    assert.equal(await new Response(reader.readable).text(), "old");
  }));

Deno.test("writeAtomic() leaves one whole text when several are written at once", () =>
  inFolder(async (folder) => {
    const path = join(folder, "plan.json");
    const texts = Array.from({ length: 16 }, (_, i) => String(i).repeat(50_000));
    await Promise.all(texts.map((text) => files.writeAtomic(path, text)));
    assert.ok(texts.includes(await files.readText(path)));
    assert.deepEqual(await files.list(folder), ["plan.json"]);
  }));

Deno.test("writeAtomic() removes its temporary file when it fails", () =>
  inFolder(async (folder) => {
    const taken = join(folder, "taken");
    await Deno.mkdir(taken);
    await assert.rejects(files.writeAtomic(taken, "text"));
    assert.deepEqual(await files.list(folder), ["taken"]);
    await assert.rejects(
      files.writeAtomic(join(folder, "missing", "plan.json"), "text"),
      Deno.errors.NotFound,
    );
  }));

Deno.test("writeAtomic() takes the longest name a file can have", () =>
  inFolder(async (folder) => {
    const name = "n".repeat(255);
    await files.writeAtomic(join(folder, name), "text");
    assert.deepEqual(await files.list(folder), [name]);
  }));

Deno.test("space() says what df says of the file system", () =>
  inFolder(async (folder) => {
    const room = await files.space(folder);
    assert.ok(room !== null);
    const args = ["--output=size", "--block-size=1", folder];
    const { stdout } = await new Deno.Command("df", { args }).output();
    assert.equal(room.totalBytes, Number(new TextDecoder().decode(stdout).split("\n")[1]));
    assert.ok(room.freeBytes > 0 && room.freeBytes < room.totalBytes);
  }));

Deno.test("space() of a file system without a size is not known", async () => {
  if (Deno.build.os === "linux") assert.equal(await files.space("/proc"), null);
});

for (const umask of [0o000, 0o022, 0o777]) {
  const shown = umask.toString(8).padStart(3, "0");
  Deno.test(`folders are 0700 and files 0600 under umask ${shown}`, () =>
    inFolder(async (folder) => {
      const before = Deno.umask(umask);
      try {
        await files.makeDir(join(folder, "a", "b"));
        const temporary = await files.makeTempDir(join(folder, "a"), "g7-");
        await files.writeAtomic(join(folder, "a", "b", "plan"), "text");
        (await files.append(join(folder, "a", "b", "log"))).close();
        (await files.tryLock(join(folder, "a", "b", "lock")))?.release();
        const modes = ["a", "a/b", "a/b/plan", "a/b/log", "a/b/lock"].map((path) =>
          modeOf(join(folder, path))
        );
        assert.deepEqual(modes, [0o700, 0o700, 0o600, 0o600, 0o600]);
        assert.equal(modeOf(temporary), 0o700);
      } finally {
        Deno.umask(before);
      }
    }));
}

Deno.test("files that were open to others are closed to them, devices and folders are not", () =>
  inFolder(async (folder) => {
    for (const name of ["plan", "log", "lock"]) {
      await Deno.writeTextFile(join(folder, name), "old");
      await Deno.chmod(join(folder, name), 0o664);
    }
    await Deno.chmod(folder, 0o755);
    const device = modeOf("/dev/null");
    await files.writeAtomic(join(folder, "plan"), "text");
    for (const path of [join(folder, "log"), "/dev/null"]) (await files.append(path)).close();
    (await files.tryLock(join(folder, "lock")))?.release();
    await files.makeDir(folder);
    assert.deepEqual(["plan", "log", "lock"].map((name) => modeOf(join(folder, name))), [
      0o600,
      0o600,
      0o600,
    ]);
    assert.equal(modeOf(folder), 0o755);
    assert.equal(modeOf("/dev/null"), device);
  }));

Deno.test("append() adds to what is there, and is closed twice without harm", () =>
  inFolder(async (folder) => {
    const path = join(folder, "log");
    for (const text of ["one\n", "two\n"]) {
      const appender = await files.append(path);
      await appender.write(new TextEncoder().encode(text));
      appender.close();
      appender.close();
    }
    assert.equal(await files.readText(path), "one\ntwo\n");
    assert.deepEqual(await files.readBytes(path), new TextEncoder().encode("one\ntwo\n"));
  }));

Deno.test("makeDir() makes parents, accepts a folder that is there, and refuses a file in its place", () =>
  inFolder(async (folder) => {
    await Promise.all([files.makeDir(join(folder, "a/b/c")), files.makeDir(join(folder, "a/b/d"))]);
    await files.makeDir(join(folder, "a/b/c"));
    assert.deepEqual(await files.list(join(folder, "a/b")), ["c", "d"]);
    await files.writeAtomic(join(folder, "file"), "");
    await assert.rejects(files.makeDir(join(folder, "file")), Deno.errors.AlreadyExists);
    await assert.rejects(files.makeDir(join(folder, "file", "below")));
  }));

Deno.test("makeTempDir() makes another folder each time", () =>
  inFolder(async (folder) => {
    const made = [await files.makeTempDir(folder, "g1-"), await files.makeTempDir(folder, "g1-")];
    assert.deepEqual(await files.list(folder), made.map((path) => path.slice(folder.length + 1)).sort());
    assert.ok(made.every((path) => path.startsWith(join(folder, "g1-"))));
  }));

Deno.test("remove() takes whole folders, nothing, and a link but not what it leads to", () =>
  inFolder(async (folder) => {
    await files.makeDir(join(folder, "a/b"));
    await files.writeAtomic(join(folder, "kept"), "text");
    await Deno.symlink(join(folder, "kept"), join(folder, "a", "link"));
    await files.remove(join(folder, "a"));
    await files.remove(join(folder, "a"));
    await files.remove(join(folder, "kept", "below a file"));
    assert.deepEqual(await files.list(folder), ["kept"]);
  }));

Deno.test("rename() moves", () =>
  inFolder(async (folder) => {
    await files.writeAtomic(join(folder, "a"), "text");
    await files.rename(join(folder, "a"), join(folder, "b"));
    assert.deepEqual(await files.list(folder), ["b"]);
  }));

Deno.test("stat(), list() and realPath() tell what is there", () =>
  inFolder(async (folder) => {
    const real = await Deno.realPath(folder);
    await files.writeAtomic(join(folder, "B"), "four");
    await files.writeAtomic(join(folder, "a"), "");
    await Deno.symlink("B", join(folder, "link"));
    await Deno.utime(join(folder, "B"), 0, 1234);
    assert.deepEqual(await files.list(folder), ["B", "a", "link"]);
    assert.deepEqual(await files.stat(join(folder, "link")), {
      isFile: true,
      isDirectory: false,
      bytes: 4,
      modifiedMs: 1_234_000,
    });
    assert.equal((await files.stat(folder))?.isDirectory, true);
    assert.equal(await files.realPath(join(folder, "link")), join(real, "B"));
  }));

Deno.test("stat(), list() and realPath() answer nothing for what is not there", () =>
  inFolder(async (folder) => {
    await files.writeAtomic(join(folder, "file"), "");
    for (const path of [join(folder, "missing"), join(folder, "file", "below")]) {
      assert.equal(await files.stat(path), null);
      assert.deepEqual(await files.list(path), []);
      assert.equal(await files.realPath(path), null);
    }
    assert.deepEqual(await files.list(join(folder, "file")), []);
  }));

Deno.test({
  name: "stat(), list() and realPath() answer nothing for what may not be looked at (not as root)",
  ignore: isRoot,
  fn: () =>
    inFolder(async (folder) => {
      const closed = join(folder, "closed");
      await files.makeDir(closed);
      await Deno.chmod(closed, 0o000);
      assert.equal(await files.stat(join(closed, "x")), null);
      assert.deepEqual(await files.list(closed), []);
      assert.equal(await files.realPath(join(closed, "x")), null);
      await Deno.chmod(closed, 0o700);
    }),
});

Deno.test("stat(), list() and realPath() throw what is a fault", () =>
  inFolder(async (folder) => {
    await Deno.symlink("loop", join(folder, "loop"));
    for (const path of [join(folder, "loop"), join(folder, "n".repeat(256))]) {
      await assert.rejects(files.stat(path));
      await assert.rejects(files.list(path));
      await assert.rejects(files.realPath(path));
    }
  }));

Deno.test("tryLock() gives a lock to one at a time, and the file stays", () =>
  inFolder(async (folder) => {
    const path = join(folder, "lock");
    const first = await files.tryLock(path);
    assert.ok(first);
    assert.equal(await files.tryLock(path), null);
    first.release();
    first.release();
    const second = await files.tryLock(path);
    assert.ok(second);
    second.release();
    assert.deepEqual(await files.list(folder), ["lock"]);
  }));

Deno.test({
  name: "tryLock() and flock(1) respect each other, and the end of a process releases its lock (needs flock)",
  ignore: !hasFlock,
  fn: () =>
    inFolder(async (folder) => {
      const path = join(folder, "lock");
      const mine = await files.tryLock(path);
      const refused = await new Deno.Command("flock", { args: ["-n", path, "true"] }).output();
      assert.equal(refused.code, 1);
      mine?.release();
      const holder = new Deno.Command("flock", {
        args: ["-n", "-o", path, "sh", "-c", "echo held; exec cat"],
        stdin: "piped",
        stdout: "piped",
      }).spawn();
      const output = holder.stdout.getReader();
      await output.read();
      assert.equal(await files.tryLock(path), null);
      await holder.stdin.close();
      await holder.status;
      await output.cancel();
      const again = await files.tryLock(path);
      assert.ok(again);
      again.release();
    }),
});

async function inFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "rekindle-files-" });
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function modeOf(path: string): number {
  return (Deno.statSync(path).mode ?? 0) & 0o777;
}

async function programExists(program: string): Promise<boolean> {
  const { success } = await new Deno.Command("sh", { args: ["-c", `command -v ${program}`], stdout: "null" })
    .output();
  return success;
}
