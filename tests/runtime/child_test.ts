import assert from "node:assert/strict";
import type { ChildSpec } from "../../src/ports.ts";
import { children } from "../../src/runtime/child.ts";
import { parseStat } from "../../src/runtime/procfs.ts";
import { sendSignal } from "../../src/runtime/signal.ts";
import { SpawnFailure } from "../../src/runtime/spawn.ts";

const PATH = Deno.env.get("PATH") ?? "/usr/bin:/bin";
const NO_DEADLINE_MS = 3_600_000;
const hasProc = await Deno.stat("/proc/self/stat").then(() => true, () => false);

Deno.test("spawn() gives the environment, folder and arguments it is told and nothing else", async () => {
  const spec = { ...shell('env; pwd; echo "$1"', "a b"), env: { PATH, ONLY: "this" }, cwd: "/" };
  const child = children.spawn(spec);
  const [output] = await Promise.all([textOf(child.stdout), child.stderr.cancel()]);
  assert.deepEqual(await child.exited, { code: 0, signal: null });
  const lines = output.trim().split("\n");
  // The shell itself adds PWD and its like.
  const given = lines.filter((line) => !/^(PWD|OLDPWD|SHLVL|_)=/.test(line));
  assert.deepEqual(given.sort(), ["/", "ONLY=this", `PATH=${PATH}`, "a b"].sort());
});

Deno.test({
  name: "spawn() makes the child the leader of a session (needs /proc)",
  ignore: !hasProc,
  async fn() {
    const child = children.spawn(program("cat"));
    const stat = parseStat(await Deno.readTextFile(`/proc/${child.pid}/stat`));
    assert.equal(stat?.session, child.pid);
    await Promise.all([child.closeStdin(), child.exited, child.stdout.cancel(), child.stderr.cancel()]);
  },
});

Deno.test("an exit status tells code and signal of every kind of end", async () => {
  for (
    const [script, expected] of [
      ["exit 7", { code: 7, signal: null }],
      ["kill -9 $$", { code: 137, signal: "SIGKILL" }],
      ["kill -6 $$", { code: 134, signal: "SIGABRT" }],
      ["sh -c 'kill -9 $$'; exit $?", { code: 137, signal: null }],
    ] as const
  ) assert.deepEqual((await children.run(shell(script), NO_DEADLINE_MS)).exit, expected, script);
});

Deno.test({
  name: "an exit status tells a realtime signal by its number (needs Linux)",
  ignore: Deno.build.os !== "linux",
  // Deno itself keeps its record of a child whose status it could not tell.
  sanitizeResources: false,
  async fn() {
    const { exit } = await children.run(shell("kill -34 $$"), NO_DEADLINE_MS);
    assert.deepEqual(exit, { code: 162, signal: "SIG34" });
  },
});

Deno.test("closeStdin() is the end of the child's input, and harmless again and afterwards", async () => {
  const child = children.spawn(program("cat"));
  await Promise.all([child.closeStdin(), child.closeStdin()]);
  assert.deepEqual(await child.exited, { code: 0, signal: null });
  await child.closeStdin();
  await Promise.all([child.stdout.cancel(), child.stderr.cancel()]);
});

Deno.test("signal() reaches the child and the processes of its group", async () => {
  const child = children.spawn(shell("sleep 1000 & echo ready; wait"));
  const lines = child.stdout.getReader();
  await lines.read();
  assert.equal(child.signal("SIGTERM"), true);
  assert.deepEqual(await child.exited, { code: 143, signal: "SIGTERM" });
  // The background process held the pipe: its end is that process's end.
  assert.equal((await lines.read()).done, true);
  await child.stderr.cancel();
});

Deno.test("signal() reaches what a dead leader left in its group, and then nobody", async () => {
  const child = children.spawn(shell("sleep 1000 & echo ready"));
  const lines = child.stdout.getReader();
  await lines.read();
  await child.exited;
  assert.equal(child.signal("SIGKILL"), true);
  assert.equal((await lines.read()).done, true);
  await child.stderr.cancel();
});

Deno.test("signal() tells when nobody is there", async () => {
  const child = children.spawn(program("true"));
  await Promise.all([child.exited, child.stdout.cancel(), child.stderr.cancel()]);
  assert.equal(child.signal("SIGTERM"), false);
});

Deno.test("a program that cannot be started is told apart by its reason", async () => {
  const folder = await Deno.makeTempDir({ prefix: "rekindle-child-" });
  const plain = `${folder}/plain`;
  const lost = `${folder}/lost`;
  await Deno.writeTextFile(plain, "text", { mode: 0o600 });
  await Deno.writeTextFile(lost, "#!/nowhere/interpreter\n", { mode: 0o700 });
  for (
    const [spec, kind, message] of [
      [program("/nowhere/java"), "notFound", /^Could not start \/nowhere\/java: there is no such program/],
      [{ ...program("sh"), env: { PATH: folder } }, "notFound", /^Could not start sh: /],
      [program(lost), "notFound", /interpreter/],
      [program(plain), "notExecutable", /^Could not start .*plain: it is not a program/],
      [program(folder), "notExecutable", /not a program/],
      [{ ...program("sh"), cwd: "/nowhere" }, "badFolder", /its working folder \/nowhere is not a folder/],
      [{ ...program("sh"), cwd: plain }, "badFolder", /plain is not a folder/],
      [program("sh", "a\0b"), "other", /nul byte/],
    ] as const
  ) {
    assert.throws(() => children.spawn(spec), (error) => {
      assert.ok(error instanceof SpawnFailure);
      assert.equal(error.kind, kind);
      assert.match(error.message, message);
      return true;
    });
    await assert.rejects(children.run(spec, NO_DEADLINE_MS), SpawnFailure);
  }
  await Deno.remove(folder, { recursive: true });
});

Deno.test("run() returns what a program wrote and how it ended; its input is empty", async () => {
  const result = await children.run(shell("cat; echo out; echo err >&2; exit 3"), NO_DEADLINE_MS);
  assert.deepEqual(result, {
    exit: { code: 3, signal: null },
    stdout: new TextEncoder().encode("out\n"),
    stderr: "err\n",
    timedOut: false,
  });
});

Deno.test("run() keeps the beginning of a long output and the end of long errors", async () => {
  const script =
    'echo first; head -c 5000000 /dev/zero; head -c 300000 /dev/zero | tr "\\0" x >&2; echo last >&2';
  const { exit, stdout, stderr } = await children.run(shell(script), NO_DEADLINE_MS);
  assert.equal(exit.code, 0);
  assert.equal(stdout.length, 4 * 2 ** 20);
  assert.equal(new TextDecoder().decode(stdout.subarray(0, 6)), "first\n");
  assert.equal(stderr.length, 64 * 2 ** 10);
  assert.ok(stderr.endsWith("xlast\n"));
});

Deno.test("run() waits for what a program left writing in the background", async () => {
  const fifo = `${await Deno.makeTempDir({ prefix: "rekindle-child-" })}/fifo`;
  // The background process blocks on the pipe until its parent is gone and the second program has opened it.
  await children.run(program("mkfifo", fifo), NO_DEADLINE_MS);
  const first = children.run(shell('{ cat "$1"; } &', fifo), NO_DEADLINE_MS);
  await children.run(shell('echo late > "$1"', fifo), NO_DEADLINE_MS);
  assert.equal(new TextDecoder().decode((await first).stdout), "late\n");
  await Deno.remove(fifo.replace(/\/fifo$/, ""), { recursive: true });
});

Deno.test("run() ends its group at the deadline, though another process holds the outputs", async () => {
  const folder = await Deno.makeTempDir({ prefix: "rekindle-child-" });
  const fifo = `${folder}/fifo`;
  await children.run(program("mkfifo", fifo), NO_DEADLINE_MS);
  const escape = "import os,time; os.setsid(); print(os.getpid(), flush=True); time.sleep(1000)";
  const script = 'sleep 1000 > "$2" & python3 -c "$1" & sleep 1000';
  const running = children.run(shell(script, escape, fifo), 1500);
  // Opens when the process in the group does, and ends when that process does.
  const inGroup = await Deno.open(fifo);
  const result = await running;
  const escaped = Number(new TextDecoder().decode(result.stdout));
  assert.equal(sendSignal(escaped, "SIGKILL"), true);
  assert.equal(await inGroup.read(new Uint8Array(1)), null);
  inGroup.close();
  assert.equal(result.timedOut, true);
  assert.deepEqual(result.exit, { code: 137, signal: "SIGKILL" });
  await Deno.remove(folder, { recursive: true });
});

function shell(script: string, ...args: string[]): ChildSpec {
  return program("sh", "-c", script, "sh", ...args);
}

function program(name: string, ...args: string[]): ChildSpec {
  return { program: name, args, env: { PATH }, cwd: "/" };
}

function textOf(stream: ReadableStream<Uint8Array>): Promise<string> {
  return new Response(stream as ReadableStream<Uint8Array<ArrayBuffer>>).text();
}
