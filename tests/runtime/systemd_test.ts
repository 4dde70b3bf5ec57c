import assert from "node:assert/strict";
import { fromFileUrl } from "@std/path";
import { leadsToJournal, openNotifier } from "../../src/runtime/systemd.ts";

const MODULE = new URL("../../src/runtime/systemd.ts", import.meta.url).href;

/** What a listener at this address receives while `use` runs. */
async function received(address: string, use: () => void): Promise<string> {
  const path = address.replace(/^@/, "\0");
  const listener = Deno.listenDatagram({ transport: "unixpacket", path });
  try {
    use();
    const [bytes] = await listener.receive();
    return new TextDecoder().decode(bytes);
  } finally {
    listener.close();
  }
}

Deno.test({
  name: "openNotifier() reaches a socket in the file system and an abstract one (needs Linux)",
  ignore: Deno.build.os !== "linux",
  async fn() {
    const folder = await Deno.makeTempDir();
    for (const address of [`${folder}/notify`, `@rekindle-test-${crypto.randomUUID()}`]) {
      const notifier = openNotifier(address);
      assert.ok(notifier !== null);
      const text = await received(address, () => notifier.send(["READY=1", "STATUS=ä word"]));
      assert.equal(text, "READY=1\nSTATUS=ä word");
      // Nobody listens any more.
      notifier.send(["WATCHDOG=1"]);
      notifier.close();
    }
    await Deno.remove(folder, { recursive: true });
  },
});

Deno.test("openNotifier() knows no other kind of address", () => {
  for (const address of ["", "@", "/", "vsock:2:1234", "relative"]) assert.equal(openNotifier(address), null);
});

Deno.test({
  name: "leadsToJournal() compares the stream itself with what the variable names (needs /proc)",
  ignore: Deno.build.os !== "linux",
  async fn() {
    const script = `
      import { leadsToJournal } from ${JSON.stringify(MODULE)};
      console.log(leadsToJournal("stderr", Deno.env.toObject()));`;
    const asked = async (redirection: string) => {
      const { stdout } = await new Deno.Command("sh", {
        args: [
          "-c",
          `export JOURNAL_STREAM=$(stat -L -c '%d:%i' /proc/self/fd/2); exec "$0" eval --no-config "$1" ${redirection}`,
          Deno.execPath(),
          script,
        ],
        cwd: fromFileUrl(new URL("../..", import.meta.url)),
        env: { NO_COLOR: "1" },
        stderr: "piped",
      }).output();
      return new TextDecoder().decode(stdout).trim();
    };
    assert.equal(await asked(""), "true");
    assert.equal(await asked("2>/dev/null"), "false");
    assert.equal(leadsToJournal("stderr", {}), false);
    assert.equal(leadsToJournal("stderr", { JOURNAL_STREAM: "" }), false);
  },
});
