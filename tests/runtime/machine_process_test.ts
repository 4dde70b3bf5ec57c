import assert from "node:assert/strict";
import { join } from "@std/path";
import type { ChildHandle } from "../../src/ports.ts";
import { children } from "../../src/runtime/child.ts";
import { createMachine } from "../../src/runtime/machine.ts";
import { until } from "../real/rekindle.ts";

const machine = createMachine();
const PATH = Deno.env.get("PATH") ?? "/usr/bin:/bin";
const isLinux = Deno.build.os === "linux";
/** Beyond the highest pid there can be. */
const NOBODY = 2 ** 22 + 1;
const V1_FREEZER = "/sys/fs/cgroup/freezer";
/** Prints the pid of a child that has ended, and for which nobody waits. */
const LEAVE_A_ZOMBIE = `import os, sys
child = os.fork()
if child == 0: os._exit(0)
print(child, flush=True)
sys.stdin.read()`;
/** Asks to be traced by its parent and tells whether it may: containers can forbid it. */
const BE_TRACED = "import ctypes; refused = ctypes.CDLL(None).ptrace(0, 0, 0, 0)";
const mayTrace = isLinux && runs("python3", "-c", `${BE_TRACED}; raise SystemExit(refused)`);

Deno.test({
  name: "process() tells what a process does (needs /proc)",
  ignore: !isLinux,
  async fn() {
    await using busy = await Script.start("echo; while :; do :; done");
    await using idle = await Script.start("echo; exec cat");
    await until(async () => await stateOf(busy.pid) === "R");
    await until(async () => await stateOf(idle.pid) === "S");
    Deno.kill(idle.pid, "SIGSTOP");
    await until(async () => await stateOf(idle.pid) === "T");
    assert.equal((await machine.process(idle.pid))?.tracerPid, 0);
    Deno.kill(idle.pid, "SIGCONT");
    await until(async () => await stateOf(idle.pid) === "S");
    await using parent = await Script.start('exec python3 -c "$1"', LEAVE_A_ZOMBIE);
    await until(async () => await stateOf(Number(parent.firstLine)) === "Z");
  },
});

Deno.test({
  name: "process() tells who traces a process (needs /proc, and leave to trace)",
  ignore: !mayTrace,
  async fn() {
    const stopped = `${BE_TRACED}; import os; os.kill(os.getpid(), 19)`;
    const trace = `import os, sys, time
if os.fork() == 0: exec("${stopped}")
print(os.waitpid(-1, os.WUNTRACED)[0], flush=True)
sys.stdin.read()`;
    await using tracer = await Script.start('exec python3 -c "$1"', trace);
    const traced = await machine.process(Number(tracer.firstLine));
    assert.equal(traced?.state, "t");
    assert.equal(traced.tracerPid, tracer.pid);
  },
});

Deno.test("process() puts the kernel's texts together", async () => {
  const fields = "t 1 1 1 0 -1 0 0 0 0 0 250 3 0 0 20 0 1 0 9000 0";
  for (
    const [status, tracerPid] of [
      ["Name:\tjava\nTracerPid:\t4711\n", 4711],
      ["Name:\tjava\nTracerPid:\t0\n", 0],
      // Gone between the two.
      [null, 0],
    ] as const
  ) {
    const texts = { "/proc/7/stat": `7 (java) ${fields}\n`, "/proc/7/status": status };
    const read = (path: string) => new Map(Object.entries(texts)).get(path) ?? null;
    const expected = { state: "t", startTicks: 9000, cpuMs: 2530, tracerPid, residentBytes: null };
    assert.deepEqual(await createMachine(read).process(7), expected);
  }
});

Deno.test({
  name: "process() names a process by its start, and counts its processor time (needs /proc)",
  ignore: !isLinux,
  async fn() {
    const own = await machine.process(Deno.pid);
    await using busy = await Script.start("echo; while :; do :; done");
    const first = await machine.process(busy.pid);
    assert.ok(own !== null && first !== null && own.startTicks < first.startTicks);
    const later = await until(async () => {
      const now = await machine.process(busy.pid);
      return now !== null && now.cpuMs > first.cpuMs && now;
    });
    assert.equal(later.startTicks, first.startTicks);
    await busy.end();
    assert.equal(await machine.process(busy.pid), null);
  },
});

Deno.test({
  name: "bootId() is the kernel's (needs /proc)",
  ignore: !isLinux,
  async fn() {
    const id = await machine.bootId();
    assert.match(String(id), /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    assert.equal(await createMachine().bootId(), id);
  },
});

Deno.test({
  name: "openFiles() lists files and neither sockets nor pipes (needs /proc)",
  ignore: !isLinux,
  async fn() {
    const folder = await Deno.makeTempDir();
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    assert.equal(listener.addr.transport, "tcp");
    const path = join(folder, "a b.hprof");
    const file = await Deno.open(path, { write: true, create: true });
    const before = await machine.openFiles(Deno.pid);
    assert.ok(before.includes(path));
    assert.deepEqual(before.filter((each) => !each.startsWith("/")), []);
    file.close();
    assert.ok(!(await machine.openFiles(Deno.pid)).includes(path));
    // Of another process; its pipes are not listed.
    await using script = await Script.start('exec 0<"$1" 2>&1; echo; exec sleep 1000', path);
    const files = (await machine.openFiles(script.pid)).filter((each) => !each.startsWith("/dev/"));
    assert.deepEqual(files, [path]);
    await Deno.remove(folder, { recursive: true });
  },
});

Deno.test({
  name: "threadsInDiskSleep() counts threads (needs /proc)",
  ignore: !isLinux,
  async fn() {
    const threads =
      "import sys, threading; threading.Thread(target=sys.stdin.read).start(); print(flush=True)";
    await using python = await Script.start('exec python3 -c "$1"', threads);
    assert.equal(await machine.threadsInDiskSleep(python.pid), 0);
    const task = `/proc/${python.pid}/task`;
    const names = [...Deno.readDirSync(task)].map(({ name }) => name);
    assert.equal(names.length, 2);
    for (const waiting of [[], names.slice(0, 1), names]) {
      const read = (path: string) => {
        const [, thread = ""] = new RegExp(`^${task}/(\\d+)/stat$`).exec(path) ?? [];
        const state = waiting.includes(thread) ? "D" : "S";
        return thread === "" ? null : `1 (D) ${state} 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 100`;
      };
      assert.equal(await createMachine(read).threadsInDiskSleep(python.pid), waiting.length);
    }
  },
});

Deno.test({
  name: "threadsInDiskSleep() counts the frozen (needs root and a version 1 freezer)",
  ignore: !canMakeGroup(V1_FREEZER),
  async fn() {
    const group = `${V1_FREEZER}/rekindle-test-${Deno.pid}`;
    await Deno.mkdir(group);
    const script = await Script.start('echo $$ > "$1/cgroup.procs"; echo; exec cat', group);
    const freezer = `${group}/freezer.state`;
    try {
      await Deno.writeTextFile(freezer, "FROZEN");
      await until(async () => (await Deno.readTextFile(freezer)).trim() === "FROZEN");
      assert.equal(await machine.threadsInDiskSleep(script.pid), 1);
      assert.equal(await stateOf(script.pid), "D");
    } finally {
      await Deno.writeTextFile(freezer, "THAWED");
      await script.end();
      await Deno.remove(group);
    }
  },
});

Deno.test({
  name: "processesWith() finds exactly the living that were started with a variable (needs /proc)",
  ignore: !isLinux,
  async fn() {
    const name = "REKINDLE_TEST_MARK";
    const value = crypto.randomUUID();
    await using other = await Script.start("echo; exec cat", "", { [name]: `${value}x` });
    await using named = await Script.start("echo; exec cat", "", { [`${name}2`]: value });
    assert.deepEqual(await machine.processesWith(name, value), []);
    assert.deepEqual(await machine.processesWith(name, `${value}x`), [other.pid]);
    assert.deepEqual(await machine.processesWith(`${name}2`, value), [named.pid]);
    // Its child lives no more.
    await using marked = await Script.start('exec python3 -c "$1"', LEAVE_A_ZOMBIE, { [name]: value });
    await until(async () => await stateOf(Number(marked.firstLine)) === "Z");
    assert.deepEqual(await machine.processesWith(name, value), [marked.pid]);
    await marked.end();
    assert.deepEqual(await machine.processesWith(name, value), []);
  },
});

Deno.test("of a process that is not there nothing is told", async () => {
  assert.equal(await machine.process(NOBODY), null);
  assert.deepEqual(await machine.openFiles(NOBODY), []);
  assert.equal(await machine.threadsInDiskSleep(NOBODY), 0);
});

/** A running shell script; it has begun when it has printed its first line. */
class Script implements AsyncDisposable {
  readonly #child: ChildHandle;
  readonly firstLine: string;

  private constructor(child: ChildHandle, firstLine: string) {
    this.#child = child;
    this.firstLine = firstLine;
  }

  static async start(script: string, argument = "", env: Record<string, string> = {}): Promise<Script> {
    const args = ["-c", script, "sh", argument];
    const child = children.spawn({ program: "sh", args, env: { PATH, ...env }, cwd: "/" });
    const output = child.stdout.getReader();
    let printed = "";
    while (!printed.includes("\n")) {
      const { value, done } = await output.read();
      assert.ok(!done, "the script ended");
      printed += new TextDecoder().decode(value);
    }
    output.releaseLock();
    return new Script(child, printed.trim());
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** Kills it and what it started; harmless when done before. */
  async end(): Promise<void> {
    this.#child.signal("SIGKILL");
    await this.#child.exited;
    await Promise.all([this.#child.closeStdin(), this.#child.stdout.cancel(), this.#child.stderr.cancel()]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end();
  }
}

async function stateOf(pid: number): Promise<string | undefined> {
  return (await machine.process(pid))?.state;
}

function runs(program: string, ...args: readonly string[]): boolean {
  try {
    return new Deno.Command(program, { args: [...args] }).outputSync().success;
  } catch {
    return false;
  }
}

function canMakeGroup(parent: string): boolean {
  const probe = `${parent}/rekindle-probe-${Deno.pid}`;
  try {
    Deno.mkdirSync(probe);
    Deno.removeSync(probe);
    return true;
  } catch {
    return false;
  }
}
