import assert from "node:assert/strict";
import { join } from "@std/path";
import fc from "fast-check";
import { gzip, tar } from "../../src/incident/tar.ts";
import { unpack, untar } from "./archive.ts";

const AT = new Date("2026-03-04T05:06:07.890Z");
const OPTIONS = { folder: "20260304T050607Z-g7-heap-oom", at: AT };

Deno.test("tar() makes an archive that the tar program reads", async () => {
  const root = await Deno.makeTempDir({ prefix: "rekindle-test-" });
  try {
    const long = "n".repeat(100);
    const contents: Readonly<Record<string, string>> = {
      "a.txt": "wörds\n",
      "empty": "",
      "block": "x".repeat(512),
      "more": "y".repeat(513),
      [long]: "z",
    };
    const files = Object.entries(contents).map(([name, text]) => ({
      name,
      bytes: new TextEncoder().encode(text),
    }));
    await Deno.writeFile(join(root, "x.tar.gz"), await gzip(tar(files, OPTIONS)));
    const { success, stderr } = await new Deno.Command("tar", { args: ["-xzf", "x.tar.gz"], cwd: root })
      .output();
    assert.deepEqual([success, new TextDecoder().decode(stderr)], [true, ""]);
    for (const [name, text] of Object.entries(contents)) {
      const path = join(root, OPTIONS.folder, name);
      assert.equal(await Deno.readTextFile(path), text, name);
      const { mode, mtime } = await Deno.stat(path);
      assert.deepEqual([mode, mtime?.toISOString()], [0o100600, "2026-03-04T05:06:07.000Z"], name);
    }
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

Deno.test("tar() keeps every byte of every file, and gzip() of every archive", async () => {
  const file = fc.record({
    name: fc.stringMatching(/^[a-z]{1,100}$/),
    bytes: fc.uint8Array({ maxLength: 2_000 }),
  });
  const files = fc.uniqueArray(file, { selector: ({ name }) => name, maxLength: 5 });
  await fc.assert(fc.asyncProperty(files, async (files) => {
    const archive = tar(files, OPTIONS);
    assert.equal(archive.length % 512, 0);
    assert.ok(archive.subarray(-1024).every((byte) => byte === 0));
    for (const read of [untar(archive), await unpack(await gzip(archive))]) {
      assert.deepEqual(
        [...read].map(([path, bytes]) => [path, [...bytes]]),
        files.map(({ name, bytes }) => [`${OPTIONS.folder}/${name}`, [...bytes]]),
      );
    }
  }));
});

Deno.test("tar() cuts no name short", () => {
  const bytes = new Uint8Array();
  assert.throws(() => tar([{ name: "n".repeat(101), bytes }], OPTIONS), RangeError);
  assert.throws(() => tar([{ name: "ü".repeat(51), bytes }], OPTIONS), RangeError);
  assert.throws(() => tar([{ name: "n", bytes }], { folder: "f".repeat(156), at: AT }), RangeError);
});
