import assert from "node:assert/strict";
import { attachPaths } from "../../src/incident/attach.ts";
import type { Finding } from "../../src/incident/finding.ts";
import { inspect, INSPECTION_MS } from "../../src/incident/inspect.ts";
import { clock } from "../../src/runtime/clock.ts";
import { files } from "../../src/runtime/files.ts";
import { createMachine } from "../../src/runtime/machine.ts";
import { dialer } from "../../src/runtime/net.ts";
import { AttachableJvm, javaHomes } from "./attachable_jvm.ts";
import { FakeAttachJvm, STATUS } from "./fake_attach_jvm.ts";

/** Started long ago. */
const TARGET = { pid: 4711, startedMs: -1e6 };
const NAMES = ["threads-1.txt", "heap.txt", "histogram.txt", "threads-2.txt"];
/** Turns of the event loop after which something that should come is taken for lost. */
const PATIENCE = 300_000;

/** Lets everything under way go on, but no time pass, until something is so. */
async function until(jvm: FakeAttachJvm, reached: () => boolean): Promise<void> {
  for (let turn = 0; !reached(); turn++) {
    assert.ok(turn < PATIENCE, `waited in vain at ${jvm.clock.nowMs()} ms: ${jvm.clock.pendingMs}`);
    await jvm.clock.advance(0);
  }
}

/** What a JVM says to each question in turn; it does not say `null` before the asker hangs up. */
function answers(jvm: FakeAttachJvm, said: readonly (string | null | Promise<string>)[]): void {
  jvm.answer = async (conn) => {
    const text = await said[jvm.requests.length - 1];
    if (typeof text === "string") await conn.write(new TextEncoder().encode(text));
    else await conn.read(new Uint8Array(1));
  };
}

function saved(name: string, content: string): Finding {
  return { name, status: "saved", reason: null, content };
}

function missing(name: string, reason: string): Finding {
  return { name, status: "missing", reason, content: null };
}

Deno.test("inspect() asks for threads, heap and classes, and half a second later for threads again", async () => {
  await using jvm = new FakeAttachJvm();
  answers(jvm, ["0\nfirst", "0\nheap", "0\nclasses", "0\nsecond"]);
  const inspecting = inspect({ target: TARGET, context: jvm.context });
  await until(jvm, () => jvm.clock.pendingMs.includes(500));
  assert.equal(jvm.requests.length, 3);
  await jvm.clock.advance(499);
  assert.equal(jvm.requests.length, 3);
  await jvm.clock.advance(1);
  assert.deepEqual(await inspecting, [
    saved("threads-1.txt", "first"),
    saved("heap.txt", "heap"),
    saved("histogram.txt", "classes"),
    saved("threads-2.txt", "second"),
  ]);
  assert.deepEqual(jvm.requests.map((request) => request.split("\0").slice(1, 3)), [
    ["threaddump", ""],
    ["jcmd", "GC.heap_info"],
    ["jcmd", "GC.class_histogram -all"],
    ["threaddump", ""],
  ]);
  assert.equal(jvm.quits, 1);
  assert.deepEqual(jvm.clock.pendingMs, []);
});

Deno.test("inspect() names one reason for everything of a JVM that cannot be asked", async () => {
  for (
    const [status, startedMs, reason] of [
      [null, -1e6, /^JVM 4711 has ended, or this machine tells nothing of it\.$/],
      [STATUS.replace("S (sleeping)", "T (stopped)"), -1e6, /^JVM 4711 is stopped and answers nobody\.$/],
      [STATUS.replace("5ccf", "5ccb"), -1e6, /^JVM 4711 does not handle SIGQUIT/],
      [STATUS, -999, /^JVM 4711 was started less than a second ago/],
    ] as const
  ) {
    await using jvm = new FakeAttachJvm();
    jvm.status = status;
    const found = await inspect({ target: { pid: 4711, startedMs }, context: jvm.context });
    assert.match(found[0]?.reason ?? "", reason);
    assert.deepEqual(found, NAMES.map((name) => missing(name, found[0]?.reason ?? "")));
    assert.deepEqual([jvm.quits, jvm.left, jvm.clock.pendingMs], [0, [], []]);
  }
});

Deno.test("inspect() keeps what a JVM said before it fell silent", async () => {
  await using jvm = new FakeAttachJvm();
  answers(jvm, ["0\nfirst", null]);
  const inspecting = inspect({ target: TARGET, context: jvm.context });
  await until(jvm, () => jvm.requests.length === 2);
  await jvm.clock.advance(INSPECTION_MS);
  const reason = 'JVM 4711 did not answer "jcmd GC.heap_info" before it was given up.';
  assert.deepEqual(await inspecting, [
    saved("threads-1.txt", "first"),
    ...NAMES.slice(1).map((name) => missing(name, reason)),
  ]);
  assert.equal(jvm.requests.length, 2);
  assert.deepEqual(jvm.clock.pendingMs, []);
});

Deno.test("inspect() waits three seconds for a JVM that does not open its socket, and leaves nothing", async () => {
  await using jvm = new FakeAttachJvm();
  jvm.onQuit = () => true;
  let ended = false;
  const inspecting = inspect({ target: TARGET, context: jvm.context }).finally(() => ended = true);
  await until(jvm, () => jvm.clock.pendingMs.includes(10));
  await jvm.clock.advance(INSPECTION_MS - 1);
  assert.equal(ended, false);
  await jvm.clock.advance(1);
  const reason = "JVM 4711 had not opened its socket when it was given up.";
  assert.deepEqual(await inspecting, NAMES.map((name) => missing(name, reason)));
  assert.deepEqual([jvm.quits, jvm.left, jvm.clock.pendingMs], [1, [], []]);
});

Deno.test("inspect() does without the second dump when there is no time for it", async () => {
  await using jvm = new FakeAttachJvm();
  const { promise, resolve } = Promise.withResolvers<string>();
  answers(jvm, ["0\nfirst", "0\nheap", promise]);
  const inspecting = inspect({ target: TARGET, context: jvm.context });
  await until(jvm, () => jvm.requests.length === 3);
  await jvm.clock.advance(INSPECTION_MS - 200);
  resolve("0\nclasses");
  await until(jvm, () => jvm.clock.pendingMs.includes(500));
  await jvm.clock.advance(200);
  assert.deepEqual((await inspecting).slice(2), [
    saved("histogram.txt", "classes"),
    missing("threads-2.txt", "the 3 s for asking were over"),
  ]);
  assert.equal(jvm.requests.length, 3);
  assert.deepEqual(jvm.clock.pendingMs, []);
});

Deno.test("inspect() goes on asking a JVM that refuses a question", async () => {
  await using jvm = new FakeAttachJvm();
  answers(jvm, ["0\nfirst", "1\nUnknown diagnostic command", "0\nclasses", "0\nsecond"]);
  const inspecting = inspect({ target: TARGET, context: jvm.context });
  await until(jvm, () => jvm.clock.pendingMs.includes(500));
  await jvm.clock.advance(500);
  assert.deepEqual(await inspecting, [
    saved("threads-1.txt", "first"),
    missing("heap.txt", 'JVM 4711 refused "jcmd GC.heap_info": Unknown diagnostic command'),
    saved("histogram.txt", "classes"),
    saved("threads-2.txt", "second"),
  ]);
});

Deno.test("inspect() asks a JVM no more that has ended meanwhile", async () => {
  await using jvm = new FakeAttachJvm();
  answers(jvm, ["0\nfirst"]);
  const { answer } = jvm;
  jvm.answer = async (conn) => {
    if (typeof answer === "function") await answer(conn);
    jvm.status = null;
  };
  const [first, ...rest] = await inspect({ target: TARGET, context: jvm.context });
  assert.equal(first?.status, "saved");
  const reason = "JVM 4711 has ended, or this machine tells nothing of it.";
  assert.deepEqual(rest, NAMES.slice(1).map((name) => missing(name, reason)));
  assert.deepEqual(jvm.clock.pendingMs, []);
});

Deno.test({
  name: "inspect() has everything of a real JVM (needs /proc)",
  ignore: Deno.build.os !== "linux",
  async fn() {
    await using jvm = await AttachableJvm.start(javaHomes()[0] ?? "");
    const { quit } = createMachine();
    const found = await inspect({
      target: { pid: jvm.pid, startedMs: clock.nowMs() - 1e6 },
      context: { files, clock, dialer, quit },
    });
    assert.deepEqual(found.map(({ name, status, reason }) => [name, status, reason]), [
      ...NAMES.map((name) => [name, "saved", null]),
    ]);
    const [first, heap, classes, second] = found.map(({ content }) => String(content));
    for (const threads of [first, second]) {
      assert.match(threads ?? "", /Full thread dump [^]*GatewayServer\.run/);
    }
    assert.match(heap ?? "", /eden space/);
    assert.match(classes ?? "", /#instances [^]*java\.lang\.String/);
    const [trigger = ""] = attachPaths(jvm.pid);
    assert.equal(await files.stat(trigger), null);
  },
});
