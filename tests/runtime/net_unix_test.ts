import assert from "node:assert/strict";
import { join } from "@std/path";
import { dialer } from "../../src/runtime/net.ts";

const NEVER = new AbortController().signal;

async function withFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "rekindle-test-" });
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("dialUnix() carries bytes both ways to the end of the stream", () =>
  withFolder(async (folder) => {
    const path = join(folder, "socket");
    using listener = Deno.listen({ transport: "unix", path });
    const accepting = listener.accept();
    const mine = await dialer.dialUnix(path, NEVER);
    const peer = await accepting;
    const buffer = new Uint8Array(100);
    await mine.write(new TextEncoder().encode("question"));
    assert.equal(await peer.read(buffer), 8);
    await peer.write(new TextEncoder().encode("answer"));
    peer.close();
    assert.equal(await mine.read(buffer), 6);
    assert.equal(await mine.read(buffer), null);
    mine.close();
    mine.close();
  }));

Deno.test("dialUnix() says what is wrong with a path", () =>
  withFolder(async (folder) => {
    const path = join(folder, "socket");
    await assert.rejects(dialer.dialUnix(path, NEVER), /^Error: Could not connect to .*socket: No such file/);
    await Deno.writeTextFile(path, "");
    await assert.rejects(
      dialer.dialUnix(path, NEVER),
      /^Error: Could not connect to .*socket: it is no socket\.$/,
    );
    await Deno.remove(path);
    // Deno removes what stands under the path it listened on.
    const listener = Deno.listen({ transport: "unix", path: `${path}.first` });
    await Deno.rename(`${path}.first`, path);
    listener.close();
    await assert.rejects(dialer.dialUnix(path, NEVER), /Connection refused/);
    await assert.rejects(dialer.dialUnix(path, AbortSignal.abort()), Error);
    // A link to a socket is not the socket.
    await Deno.symlink(path, join(folder, "link"));
    await assert.rejects(dialer.dialUnix(join(folder, "link"), NEVER), /it is no socket/);
  }));

Deno.test({
  name: "dialUnix() takes no other user's socket",
  ignore: Deno.uid() !== 0,
  fn: () =>
    withFolder(async (folder) => {
      const path = join(folder, "socket");
      using _listener = Deno.listen({ transport: "unix", path });
      await Deno.chown(path, 12345, null);
      await assert.rejects(dialer.dialUnix(path, NEVER), /it belongs to another user/);
    }),
});
