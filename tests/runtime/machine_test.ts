import assert from "node:assert/strict";
import type { ChildHandle } from "../../src/ports.ts";
import { memoryGroupOf, memoryLimitOf } from "../../src/runtime/cgroup.ts";
import { children } from "../../src/runtime/child.ts";
import { createMachine } from "../../src/runtime/machine.ts";
import { DOCKER_PRIVATE, HYBRID, readerOf, SYSTEMD_HOST } from "./cgroup_trees.ts";

const machine = createMachine();
const PATH = Deno.env.get("PATH") ?? "/usr/bin:/bin";
const MIB = 2 ** 20;
const isLinux = Deno.build.os === "linux";
const V1_ROOT = "/sys/fs/cgroup/memory";
const hasWritableV1 = canMakeV1Group();

Deno.test("memoryLimit() is the least of the machine's memory and the control group's limit", async () => {
  for (
    const [tree, memTotalKiB, expected] of [
      [DOCKER_PRIVATE, 16 * MIB, { bytes: 512 * MIB, source: "container" }],
      [DOCKER_PRIVATE, 256 * 1024, { bytes: 256 * MIB, source: "machine" }],
      [SYSTEMD_HOST, 4 * MIB, { bytes: 4096 * MIB, source: "machine" }],
      [{}, 4 * MIB, { bytes: 4096 * MIB, source: "machine" }],
    ] as const
  ) {
    const read = readerOf({ ...tree, "/proc/meminfo": `MemTotal:  ${memTotalKiB} kB\nMemFree: 1 kB\n` });
    assert.deepEqual(await createMachine(read).memoryLimit(), expected);
  }
});

Deno.test("oomKills() counts in the process's group and on the machine", async () => {
  const read = readerOf({ ...HYBRID, "/proc/vmstat": "oom_kill_x 7\noom_kill 54\n" });
  assert.deepEqual(await createMachine(read).oomKills(78), { group: 1, machine: 54 });
  assert.deepEqual(await createMachine(read).oomKills(4711), { group: 2, machine: 54 });
});

Deno.test("memoryGroupReport() is that of this process's own group", async () => {
  const report = await createMachine(readerOf(HYBRID)).memoryGroupReport();
  assert.match(
    report ?? "",
    /^==> \/sys\/fs\/cgroup\/memory\/system\.slice\/rekindle\.service\/memory\.limit_in_bytes\n/,
  );
  assert.match(report ?? "", /\noom_kill 2\n/);
});

Deno.test("without /proc the machine knows its memory and nothing else", async () => {
  const blind = createMachine(() => null);
  const { bytes, source } = await blind.memoryLimit();
  assert.ok(bytes > 64 * MIB && Number.isInteger(bytes));
  assert.equal(source, "machine");
  assert.deepEqual(await blind.oomKills(Deno.pid), { group: null, machine: null });
  assert.equal(await blind.memoryGroupReport(), null);
  assert.equal(await blind.residentBytes(Deno.pid), null);
  assert.deepEqual(await blind.sessionMembers(1), []);
  assert.equal(await blind.process(Deno.pid), null);
  assert.equal(await blind.bootId(), null);
  assert.equal(await blind.threadsInDiskSleep(Deno.pid), 0);
  assert.deepEqual(await blind.processesWith("PATH", PATH), []);
  await blind.preferAsVictim(Deno.pid);
});

Deno.test({
  name: "residentBytes() is what a process has in memory (needs /proc)",
  ignore: !isLinux,
  fn: resident,
});

async function resident(): Promise<void> {
  const bytes = await machine.residentBytes(Deno.pid);
  assert.ok(bytes !== null && bytes > 16 * MIB && bytes < 16 * 1024 * MIB);
  assert.equal(await machine.residentBytes(2 ** 22 + 1), null);
}

Deno.test("sessionMembers() leaves out zombies, the leader and other sessions", async () => {
  for (
    const [session, line, expected] of [
      [42, "S 1 7 42", [Deno.pid]],
      [42, "Z 1 7 42", []],
      [42, "X 1 7 42", []],
      [42, "S 1 42 7", []],
      [Deno.pid, `S 1 7 ${Deno.pid}`, []],
    ] as const
  ) {
    const rest = "0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 100";
    const read = readerOf({ [`/proc/${Deno.pid}/stat`]: `${Deno.pid} (a) b) ${line} ${rest}\n` });
    assert.deepEqual(await createMachine(read).sessionMembers(session), isLinux ? expected : []);
  }
});

Deno.test({
  name: "sessionMembers() finds whom a dead leader left, also outside its group (needs /proc)",
  ignore: !isLinux,
  async fn() {
    const python = (call: string) =>
      `python3 -c 'import os,time; os.${call}; print("${call}", os.getpid(), flush=1); time.sleep(1000)' &`;
    const leader = children.spawn(
      shell(`${python("getpid()")} ${python("setpgid(0,0)")} ${python("setsid()")} exec sleep 1000`),
    );
    const output = linesOf(leader.stdout);
    const pids = new Map<string, number>();
    while (pids.size < 3) {
      const line = await output.next();
      assert.ok(!line.done, "a process could not be started");
      const [call = "", pid] = line.value.split(" ");
      pids.set(call, Number(pid));
    }
    const expected = [pids.get("getpid()"), pids.get("setpgid(0,0)")].sort();
    assert.deepEqual([...await machine.sessionMembers(leader.pid)].sort(), expected);
    machine.kill(leader.pid);
    await leader.exited;
    assert.deepEqual([...await machine.sessionMembers(leader.pid)].sort(), expected);
    for (const pid of pids.values()) machine.kill(pid);
    // Every one of them held the pipe: its end is theirs.
    assert.equal((await output.next()).done, true);
    await leader.stderr.cancel();
  },
});

Deno.test({
  name: "quit() reaches one process and not its group (needs /proc)",
  ignore: !isLinux,
  async fn() {
    // Whoever is told counts as 3, whoever only hears of it afterwards as 7: 3 is taken first when both are there.
    const script = "import os, signal\n" +
      "signal.signal(signal.SIGTERM, lambda *_: os._exit(7))\n" +
      "child = os.fork()\n" +
      "if child == 0:\n" +
      "    signal.signal(signal.SIGQUIT, lambda *_: os._exit(3))\n" +
      "    os.write(1, b'ready\\n')\n" +
      "    while True: signal.pause()\n" +
      "def asked(*_):\n" +
      "    os.kill(child, signal.SIGTERM)\n" +
      "    os.write(1, b'child %d\\n' % os.WEXITSTATUS(os.waitpid(child, 0)[1]))\n" +
      "    os._exit(0)\n" +
      "signal.signal(signal.SIGQUIT, asked)\n" +
      "os.write(1, b'ready\\n')\n" +
      "while True: signal.pause()\n";
    const leader = children.spawn({ program: "python3", args: ["-c", script], env: { PATH }, cwd: "/" });
    const output = linesOf(leader.stdout);
    for (let ready = 0; ready < 2; ready++) assert.equal((await output.next()).value, "ready");
    assert.equal(machine.quit(leader.pid), true);
    assert.equal((await output.next()).value, "child 7");
    await leader.exited;
    assert.equal(machine.quit(leader.pid), false);
    assert.equal((await output.next()).done, true);
    await leader.stderr.cancel();
  },
});

Deno.test({
  name: "preferAsVictim() raises a process above this one, and never lowers it (needs /proc)",
  ignore: !isLinux,
  async fn() {
    const child = children.spawn(shell("exec cat"));
    const path = `/proc/${child.pid}/oom_score_adj`;
    const own = Number(await Deno.readTextFile("/proc/self/oom_score_adj"));
    await machine.preferAsVictim(child.pid);
    assert.equal(Number(await Deno.readTextFile(path)), Math.min(Math.max(own, 0) + 100, 1000));
    await Deno.writeTextFile(path, String(Math.max(own, 0)));
    const protectedMachine = createMachine((file) =>
      file === "/proc/self/oom_score_adj" ? "-250\n" : Deno.readTextFileSync(file)
    );
    await protectedMachine.preferAsVictim(child.pid);
    assert.ok(Number(await Deno.readTextFile(path)) >= 100);
    await Deno.writeTextFile(path, "990");
    await machine.preferAsVictim(child.pid);
    assert.equal(Number(await Deno.readTextFile(path)), 990);
    await finish(child);
    await machine.preferAsVictim(child.pid);
  },
});

Deno.test({
  name: "limits and kills of a real version 1 group are seen (needs root and a version 1 memory controller)",
  ignore: !hasWritableV1,
  async fn() {
    const group = `${V1_ROOT}/rekindle-test-${Deno.pid}`;
    const leaf = `${group}/leaf`;
    await Deno.mkdir(leaf, { recursive: true });
    await Deno.writeTextFile(`${group}/memory.limit_in_bytes`, String(32 * MIB));
    const join = 'echo $$ > "$1/cgroup.procs" && echo joined &&';
    const resting = children.spawn(shell(`${join} exec cat`, leaf));
    try {
      const output = resting.stdout.getReader();
      await output.read();
      output.releaseLock();
      const found = memoryGroupOf(resting.pid, readOrNull);
      assert.deepEqual(found, { version: 1, folder: leaf, mountPoint: V1_ROOT });
      // The leaf itself is unlimited.
      assert.equal(memoryLimitOf({ version: 1, folder: leaf, mountPoint: V1_ROOT }, readOrNull), 32 * MIB);
      const before = await machine.oomKills(resting.pid);
      assert.equal(before.group, 0);
      const greedy = "echo 1000 > /proc/$$/oom_score_adj; exec dd if=/dev/zero of=/dev/null bs=256M count=1";
      const { exit } = await children.run(shell(`${join} ${greedy}`, leaf), 60_000);
      assert.equal(exit.signal, "SIGKILL");
      const after = await machine.oomKills(resting.pid);
      assert.equal(after.group, 1);
      assert.ok(after.machine !== null && before.machine !== null && after.machine > before.machine);
    } finally {
      await finish(resting);
      await Deno.remove(leaf);
      await Deno.remove(group);
    }
  },
});

function shell(script: string, ...args: string[]) {
  return { program: "sh", args: ["-c", script, "sh", ...args], env: { PATH }, cwd: "/" };
}

async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string, void> {
  let rest = "";
  const decoder = new TextDecoder();
  for await (const chunk of stream) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
}

async function finish(child: ChildHandle): Promise<void> {
  await Promise.all([child.closeStdin(), child.exited, child.stdout.cancel(), child.stderr.cancel()]);
}

function readOrNull(path: string): string | null {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return null;
  }
}

function canMakeV1Group(): boolean {
  const probe = `${V1_ROOT}/rekindle-probe-${Deno.pid}`;
  try {
    Deno.mkdirSync(probe);
    Deno.statSync(`${probe}/memory.limit_in_bytes`);
    Deno.removeSync(probe);
    return true;
  } catch {
    return false;
  }
}
