import assert from "node:assert/strict";
import { parseStat } from "../../src/runtime/procfs.ts";
import { spawnProgram } from "../../src/runtime/program.ts";

const PATH = Deno.env.get("PATH") ?? "/usr/bin:/bin";
const isLinux = Deno.build.os === "linux";

Deno.test("spawnProgram() runs a command in a folder and environment and tells its exit", async () => {
  const folder = await Deno.makeTempDir({ prefix: "rekindle-program-" });
  try {
    const script = "env > env.txt; exit 7";
    const { exited } = spawnProgram({
      program: "sh",
      args: ["-c", script],
      env: { PATH, ONLY: "this" },
      cwd: folder,
    });
    assert.deepEqual(await exited, { code: 7, signal: null });
    const given = (await Deno.readTextFile(`${folder}/env.txt`)).trim().split("\n");
    const own = given.filter((line) => !/^(PWD|OLDPWD|SHLVL|_)=/.test(line)).sort();
    assert.deepEqual(own, ["ONLY=this", `PATH=${PATH}`]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("signal() reaches the command while it runs, and nobody afterwards", async () => {
  const running = spawnProgram({ program: "sleep", args: ["1000"], env: { PATH }, cwd: "/" });
  assert.equal(running.signal("SIGTERM"), true);
  assert.deepEqual(await running.exited, { code: 143, signal: "SIGTERM" });
  assert.equal(running.signal("SIGTERM"), false);
});

Deno.test({
  name: "spawnProgram() stays in this process's session and group (needs /proc)",
  ignore: !isLinux,
  async fn() {
    const running = spawnProgram({ program: "sleep", args: ["1000"], env: { PATH }, cwd: "/" });
    const [mine, theirs] = await Promise.all(
      ["self", running.pid].map((pid) => Deno.readTextFile(`/proc/${pid}/stat`)),
    );
    running.signal("SIGKILL");
    await running.exited;
    assert.ok(mine && theirs);
    assert.equal(parseStat(theirs)?.session, parseStat(mine)?.session);
    assert.equal(groupOf(theirs), groupOf(mine));
  },
});

Deno.test("spawnProgram() tells what a shell exits 127 for from what it exits 126 for", () => {
  const spec = { args: [], env: { PATH }, cwd: "/" };
  assert.throws(() => spawnProgram({ program: "no-such-program", ...spec }), { kind: "notFound" });
  assert.throws(() => spawnProgram({ program: "/etc/passwd", ...spec }), { kind: "notExecutable" });
});

function groupOf(stat: string): string | undefined {
  return stat.slice(stat.lastIndexOf(")")).split(" ")[3];
}
