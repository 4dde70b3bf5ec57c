import assert from "node:assert/strict";
import { createMachine } from "../../src/runtime/machine.ts";
import { until } from "../real/rekindle.ts";

const machine = createMachine();
const isLinux = Deno.build.os === "linux";
const PATH = Deno.env.get("PATH") ?? "/usr/bin:/bin";

Deno.test({
  name: "a connection of this process leads to it, and one that is not there to nobody (needs /proc)",
  ignore: !isLinux,
  async fn() {
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const to = listener.addr.port;
    using caller = await Deno.connect({ hostname: "127.0.0.1", port: to });
    using _answer = await listener.accept();
    const from = caller.localAddr.port;
    assert.equal(await machine.callerOf({ from, to }), Deno.uid());
    assert.equal(await machine.callerOf({ from, to: from }), null);
    const startTicks = (await machine.process(Deno.pid))?.startTicks;
    assert.deepEqual(await machine.processBehind({ from, to }), { pid: Deno.pid, startTicks });
    assert.equal(await machine.processBehind({ from, to: from }), null);
  },
});

Deno.test({
  name: "each of many connections is found, wherever in the table it is (needs /proc)",
  ignore: !isLinux,
  async fn() {
    using stack = new DisposableStack();
    const listener = stack.use(Deno.listen({ hostname: "127.0.0.1", port: 0 }));
    const to = listener.addr.port;
    const callers = [];
    // Two rows of 150 bytes each: several times what is read at once.
    for (let each = 0; each < 200; each++) {
      callers.push(stack.use(await Deno.connect({ hostname: "127.0.0.1", port: to })));
      stack.use(await listener.accept());
    }
    for (const { localAddr: { port: from } } of callers) {
      assert.equal(await machine.callerOf({ from, to }), Deno.uid());
    }
  },
});

/**
 * Connects, waits until the kernel counts a later time, forks, tells the child's pid, and hangs up when its input ends.
 * The child lives as long as the program.
 */
const FORKER = `
import os, signal, socket, sys, time
held = socket.create_connection((sys.argv[1], int(sys.argv[2])))
own, ticks = os.times().elapsed, 2 / os.sysconf("SC_CLK_TCK")
while os.times().elapsed - own < ticks: time.sleep(ticks)
child_input, leash = os.pipe()
child = os.fork()
if child == 0:
    os.close(leash)
    os.read(child_input, 1)
    os._exit(0)
print(child, flush=True)
sys.stdin.read()
held.close()
print("hung up", flush=True)
signal.pause()
`;

// The second is a socket of IPv6, which is in a table of its own.
for (const hostname of ["127.0.0.1", "::ffff:127.0.0.1"]) {
  Deno.test({
    name: `processBehind() finds the program and not its fork, on ${hostname} (needs /proc)`,
    ignore: !isLinux,
    async fn() {
      using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
      const to = listener.addr.port;
      await using program = new Forker(hostname, to);
      using answer = await listener.accept();
      const from = answer.remoteAddr.port;
      const child = Number(await program.line());
      const fork = { pid: child, startTicks: (await machine.process(child))?.startTicks };
      const { pid } = program;
      const startTicks = (await machine.process(pid))?.startTicks;
      assert.deepEqual(await machine.processBehind({ from, to }), { pid, startTicks });

      // The connection outlives the program's own end of it.
      await program.hangUp();
      assert.deepEqual(await machine.processBehind({ from, to }), fork);
      await program.end();
      await until(async () => await machine.processBehind({ from, to }) === null);
    },
  });
}

/** A program that is connected, and forks. */
class Forker implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #output: ReadableStreamDefaultReader<string>;

  constructor(hostname: string, port: number) {
    this.#child = new Deno.Command("python3", {
      args: ["-c", FORKER, hostname, String(port)],
      env: { PATH },
      clearEnv: true,
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    this.#output = this.#child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** What it writes next. */
  async line(): Promise<string> {
    const { value, done } = await this.#output.read();
    assert.equal(done, false, "the program ended early");
    return value ?? "";
  }

  async hangUp(): Promise<void> {
    await this.#child.stdin.close();
    assert.equal((await this.line()).trim(), "hung up");
  }

  /** Ends it, and so the pipe that its fork waits for. */
  async end(): Promise<void> {
    await this.#child.stdin.close().catch(() => {});
    try {
      this.#child.kill("SIGKILL");
    } catch {
      // It has ended.
    }
    await this.#output.cancel();
    await this.#child.status;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.end();
  }
}
