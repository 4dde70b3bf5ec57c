import assert from "node:assert/strict";
import { join } from "@std/path";
import type { AttachProblem } from "../../src/incident/attach_protocol.ts";
import { type Answer, FakeAttachJvm, STATUS } from "./fake_attach_jvm.ts";

const NEVER = new AbortController().signal;
const SOCKET = ".java_pid4711";
const TRIGGER = ".attach_pid4711";
const MIB = 2 ** 20;

/** What opening fails with, once it has failed. */
async function problemOf(opening: Promise<unknown>): Promise<AttachProblem> {
  const error = await opening.then(() => assert.fail("It was opened."), (reason) => reason);
  assert.equal(error.name, "AttachError");
  assert.match(error.message, /^JVM 4711 .*\.$/);
  return error.problem;
}

/** Lets time pass until something has settled. */
async function pass<T>(jvm: FakeAttachJvm, work: Promise<T>): Promise<T> {
  let settled = false;
  const end = work.then(() => {}, () => {}).then(() => {
    settled = true;
  });
  while (!settled) {
    await Promise.race([jvm.clock.sleeping(), end]);
    await jvm.clock.advance(100);
  }
  return await work;
}

/** What a JVM's answer is read as. */
async function answered(answer: Answer): Promise<string> {
  await using jvm = new FakeAttachJvm();
  jvm.answer = answer;
  const client = await pass(jvm, jvm.open());
  return await client.run("jcmd", ["VM.uptime"], NEVER);
}

Deno.test("open() asks with a file and one SIGQUIT, and leaves nothing but the JVM's socket", async () => {
  await using jvm = new FakeAttachJvm();
  await pass(jvm, jvm.open());
  assert.equal(jvm.quits, 1);
  assert.deepEqual(jvm.left, [SOCKET]);
});

Deno.test("open() waits for a JVM that takes its time", async () => {
  await using jvm = new FakeAttachJvm();
  jvm.onQuit = () => true;
  const opening = jvm.open();
  await jvm.clock.sleeping();
  await jvm.clock.advance(3000);
  assert.deepEqual(jvm.left, [TRIGGER]);
  jvm.serve();
  await pass(jvm, opening);
  assert.equal(jvm.quits, 1);
  assert.deepEqual(jvm.left, [SOCKET]);
});

Deno.test("open() sends no signal to a JVM that listens already, however young", async () => {
  await using jvm = new FakeAttachJvm();
  jvm.serve();
  await jvm.open(NEVER, 0);
  assert.equal(jvm.quits, 0);
  assert.deepEqual(jvm.left, [SOCKET]);
});

Deno.test("open() does not take the socket of a dead JVM for this one's", async () => {
  await using jvm = new FakeAttachJvm();
  jvm.serve();
  jvm.die();
  assert.deepEqual(jvm.left, [SOCKET]);
  await pass(jvm, jvm.open());
  assert.equal(jvm.quits, 1);
});

Deno.test("open() sends no signal to what must not get one", async () => {
  for (
    const [status, problem] of [
      [null, "gone"],
      [STATUS.replace("S (sleeping)", "Z (zombie)"), "gone"],
      [STATUS.replace("S (sleeping)", "T (stopped)"), "stopped"],
      [STATUS.replace("S (sleeping)", "t (tracing stop)"), "stopped"],
      [STATUS.replace(/Uid:.*/, "Uid:\t1000\t1001\t1000\t1000"), "not-ours"],
      // Everything but signal 3.
      [STATUS.replace("5ccf", "5ccb"), "deaf"],
      ["", "not-ours"],
    ] as const
  ) {
    await using jvm = new FakeAttachJvm();
    jvm.status = status;
    assert.equal(await problemOf(jvm.open()), problem);
    assert.equal(jvm.quits, 0);
    assert.deepEqual(jvm.left, []);
  }
});

Deno.test("open() asks a JVM at once that is known to run Java code", async () => {
  await using jvm = new FakeAttachJvm();
  await pass(jvm, jvm.open(NEVER, 0, true));
  assert.equal(jvm.quits, 1);
});

Deno.test("open() asks no other JVM in its first second", async () => {
  await using jvm = new FakeAttachJvm();
  await jvm.clock.advance(5000);
  assert.equal(await problemOf(jvm.open(NEVER, 4001)), "too-young");
  assert.deepEqual([jvm.quits, jvm.left], [0, []]);
  await pass(jvm, jvm.open(NEVER, 4000));
  assert.equal(jvm.quits, 1);
});

Deno.test("open() gives up a JVM that does not listen, and leaves nothing", async () => {
  await using jvm = new FakeAttachJvm();
  jvm.onQuit = () => true;
  const opening = jvm.open();
  assert.equal(await problemOf(pass(jvm, opening)), "silent");
  await assert.rejects(
    opening,
    /did not open its socket within 5 s: it hangs, or has -XX:\+DisableAttachMechanism\.$/,
  );
  assert.equal(jvm.quits, 1);
  assert.deepEqual(jvm.left, []);
});

Deno.test("open() ends with a JVM that is gone when it is to be signalled", async () => {
  await using jvm = new FakeAttachJvm();
  jvm.onQuit = () => false;
  assert.equal(await problemOf(jvm.open()), "gone");
  assert.deepEqual(jvm.left, []);
});

Deno.test("open() is given up with its signal, and leaves nothing", async () => {
  await using jvm = new FakeAttachJvm();
  const abort = new AbortController();
  jvm.onQuit = () => true;
  const opening = jvm.open(abort.signal);
  await jvm.clock.sleeping();
  abort.abort();
  assert.equal(await problemOf(opening), "silent");
  assert.deepEqual(jvm.left, []);
});

Deno.test("open() sends no signal when its file cannot be made", async () => {
  await using jvm = new FakeAttachJvm();
  Deno.removeSync(jvm.folder);
  await assert.rejects(jvm.open(), Deno.errors.NotFound);
  Deno.mkdirSync(jvm.folder);
  assert.equal(jvm.quits, 0);
});

Deno.test("open() follows no link that lies in the place of its file", async () => {
  await using jvm = new FakeAttachJvm();
  const target = join(jvm.folder, "target");
  Deno.writeTextFileSync(target, "precious");
  Deno.symlinkSync(target, join(jvm.folder, TRIGGER));
  await pass(jvm, jvm.open());
  assert.equal(Deno.readTextFileSync(target), "precious");
  assert.deepEqual(jvm.left, [SOCKET, "target"]);
});

Deno.test("run() sends version, command and three arguments", async () => {
  await using jvm = new FakeAttachJvm();
  jvm.serve();
  const client = await jvm.open();
  await client.run("threaddump", [], NEVER);
  await client.heapInfo(NEVER);
  await client.run("a", ["b", "c", "ü"], NEVER);
  assert.deepEqual(jvm.requests, [
    "1\0threaddump\0\0\0\0",
    "1\0jcmd\0GC.heap_info\0\0\0",
    "1\0a\0b\0c\0ü\0",
  ]);
});

Deno.test("run() refuses what the protocol cannot carry", async () => {
  await using jvm = new FakeAttachJvm();
  jvm.serve();
  const client = await jvm.open();
  for (
    const [command, args] of [
      ["much-too-long-a-name", []],
      ["a", ["b", "c", "d", "e"]],
      ["a\0b", []],
      ["a", ["b\0c"]],
      ["a", ["ü".repeat(513)]],
    ] as const
  ) await assert.rejects(client.run(command, args, NEVER), { problem: "refused", message: /cannot carry/ });
  assert.deepEqual(jvm.requests, []);
  await client.run("sixteen-letters!", ["x".repeat(1024)], NEVER);
});

Deno.test("run() returns what stands behind the status", async () => {
  assert.equal(await answered("0\n"), "");
  assert.equal(await answered("0\n12.3 s\nünd\n"), "12.3 s\nünd\n");
  // In pieces, as a slow JVM writes it.
  const pieces = async (conn: Deno.Conn) => {
    for (const piece of ["0", "\nfir", "st\nsecond\n"]) await conn.write(new TextEncoder().encode(piece));
  };
  assert.equal(await answered(pieces), "first\nsecond\n");
});

Deno.test("run() says what a JVM refused", async () => {
  await assert.rejects(answered("1\njava.lang.IllegalArgumentException: Unknown\n\tat x\n"), {
    name: "AttachError",
    problem: "refused",
    message: 'JVM 4711 refused "jcmd VM.uptime": java.lang.IllegalArgumentException: Unknown',
  });
  await assert.rejects(answered("101\n"), { problem: "refused", message: /: status 101$/ });
  await assert.rejects(answered("-1\nno\n"), { problem: "refused" });
});

Deno.test("run() says when a JVM hung up", async () => {
  for (const answer of ["", "0", "Killed\n", () => {}]) {
    await assert.rejects(answered(answer), {
      problem: "gone",
      message: /hung up at "jcmd VM\.uptime" without an answer/,
    });
  }
});

Deno.test("run() cuts an answer that is too long at a line's end", async () => {
  const line = `${"x".repeat(1023)}\n`;
  const fits = `0\n${line.repeat(4 * 1024)}`.slice(0, 4 * MIB);
  assert.equal(await answered(fits), fits.slice(2));
  const cut = await answered(`0\n${line.repeat(8 * 1024)}`);
  assert.ok(cut.length < 4 * MIB + 100);
  assert.ok(cut.endsWith(`${line}... (cut off after 4 MiB)\n`));
});

Deno.test("run() gives up a JVM that does not answer, and hangs up", async () => {
  await using jvm = new FakeAttachJvm();
  jvm.serve();
  const client = await jvm.open();
  const asked = Promise.withResolvers<void>();
  const hungUp = Promise.withResolvers<number | null>();
  jvm.answer = async (conn) => {
    await conn.write(new TextEncoder().encode("0\nhalf"));
    asked.resolve();
    // Reset when the client has not read the half.
    hungUp.resolve(await conn.read(new Uint8Array(1)).catch(() => null));
  };
  const running = client.run("threaddump", [], NEVER, 2000);
  await asked.promise;
  await assert.rejects(pass(jvm, running), {
    problem: "silent",
    message: 'JVM 4711 did not answer "threaddump" within 2 s.',
  });
  assert.equal(await hungUp.promise, null);
  assert.deepEqual(jvm.clock.pendingMs, []);
});

Deno.test("run() is given up with its signal", async () => {
  await using jvm = new FakeAttachJvm();
  jvm.serve();
  const client = await jvm.open();
  const abort = new AbortController();
  jvm.answer = async (conn) => {
    abort.abort();
    await conn.read(new Uint8Array(1));
  };
  await assert.rejects(client.run("threaddump", [], abort.signal), {
    problem: "silent",
    message: /given up/,
  });
  assert.deepEqual(jvm.clock.pendingMs, []);
});

Deno.test("run() says when the JVM is stopped, has ended or listens no more", async () => {
  await using jvm = new FakeAttachJvm();
  jvm.serve();
  const client = await jvm.open();
  jvm.status = STATUS.replace("S (sleeping)", "T (stopped)");
  await assert.rejects(client.threadDump(NEVER), { problem: "stopped" });
  jvm.status = null;
  await assert.rejects(client.threadDump(NEVER), { problem: "gone" });
  jvm.status = STATUS;
  jvm.die();
  await assert.rejects(client.threadDump(NEVER), {
    problem: "gone",
    message: /does not listen: Could not connect/,
  });
});

Deno.test("heapDump() fails when the JVM reports a failure as its success", async () => {
  await using jvm = new FakeAttachJvm();
  jvm.serve();
  const client = await jvm.open();
  jvm.answer = "0\nDumping heap to /x ...\nUnable to create /x: File exists\n";
  await assert.rejects(client.heapDump("/x", NEVER, 1000), {
    problem: "refused",
    message: "JVM 4711 wrote no heap dump: Unable to create /x: File exists",
  });
  jvm.answer = "0\nDumping heap to /x ...\nHeap dump file created [12 bytes in 0.011 secs]\n";
  await client.heapDump("/x", NEVER, 1000);
  assert.equal(jvm.requests.at(-1), "1\0dumpheap\0/x\0-live\0\0");
  await client.heapDump("/x.gz", NEVER, 1000);
  assert.equal(jvm.requests.at(-1), ["1", "dumpheap", "/x.gz", "-live", "1", ""].join("\0"));
});
