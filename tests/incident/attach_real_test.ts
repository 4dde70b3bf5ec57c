import assert from "node:assert/strict";
import { join } from "@std/path";
import { parseExceptionCounts } from "../../src/core/hs_err/exception_counts.ts";
import { parseHsErr } from "../../src/core/hs_err/hs_err.ts";
import { AttachClient, type AttachContext, attachPaths } from "../../src/incident/attach.ts";
import { clock } from "../../src/runtime/clock.ts";
import { files } from "../../src/runtime/files.ts";
import { dialer } from "../../src/runtime/net.ts";
import { sendSignal } from "../../src/runtime/signal.ts";
import { ManualClock } from "../fakes/manual_clock.ts";
import { AttachableJvm, javaHomes } from "./attachable_jvm.ts";

const NEVER = new AbortController().signal;
const ignore = Deno.build.os !== "linux";

/** The real machine, with a count of the signals sent. */
class Outside {
  quits = 0;
  readonly context: AttachContext = {
    files,
    clock,
    dialer,
    quit: (pid) => {
      this.quits++;
      return sendSignal(pid, "SIGQUIT");
    },
  };

  /** As if the JVM had been started long ago. */
  open(jvm: AttachableJvm, context: Partial<AttachContext> = {}): Promise<AttachClient> {
    return AttachClient.open({ pid: jvm.pid, startedMs: -1e6 }, { ...this.context, ...context }, NEVER);
  }
}

/** What of the attach mechanism is left in /tmp for a JVM. */
async function left(jvm: AttachableJvm): Promise<readonly string[]> {
  const found: string[] = [];
  for (const path of attachPaths(jvm.pid)) if (await files.stat(path) !== null) found.push(path);
  return found;
}

for (const javaHome of ignore ? [] : javaHomes()) {
  Deno.test(`a JVM of ${javaHome} answers every command`, async () => {
    await using jvm = await AttachableJvm.start(javaHome);
    const outside = new Outside();
    const client = await outside.open(jvm);
    assert.match(
      await client.threadDump(NEVER),
      /Full thread dump [^]*\bpy4j\.GatewayServer\.run[^]*"VM Thread"/,
    );
    assert.match(await client.heapInfo(NEVER), /eden space/);
    assert.match(await client.classHistogram(NEVER), /#instances [^]*java\.lang\.String[^]*\nTotal +\d+/);
    assert.match(await client.nativeMemory(NEVER), /^Native memory tracking is not enabled/);
    await assert.rejects(client.run("jcmd", ["No.such"], NEVER), {
      problem: "refused",
      message: /refused "jcmd No\.such": java\.lang\.IllegalArgumentException: Unknown diagnostic command$/,
    });
    // A second client finds the socket, and sends no signal.
    const second = await outside.open(jvm);
    assert.match(await second.heapInfo(NEVER), /eden space/);
    assert.equal(outside.quits, 1);
    assert.deepEqual(await left(jvm), [attachPaths(jvm.pid)[1]]);
  });

  Deno.test(`a JVM of ${javaHome} tells how many memory errors it has survived`, async () => {
    await using jvm = await AttachableJvm.start(javaHome);
    const client = await new Outside().open(jvm);
    const counts = async () => {
      const lines = (await client.vmInfo(NEVER)).split("\n").map((text, index) => ({
        number: index + 1,
        text,
      }));
      // It looks like an error report, but nothing has failed.
      assert.equal(parseHsErr(lines), null);
      return parseExceptionCounts(lines);
    };
    assert.equal(await counts(), null);
    await jvm.runOutOfMemory();
    await jvm.runOutOfMemory();
    const after = await counts();
    assert.equal(after?.heap, 2);
    assert.equal(after.lines[0]?.text, "OutOfMemoryError java_heap_errors=2");
  });

  Deno.test(`a JVM of ${javaHome} dumps its heap, once for each path`, async () => {
    const folder = await Deno.makeTempDir({ prefix: "rekindle-test-" });
    try {
      await using jvm = await AttachableJvm.start(javaHome);
      const client = await new Outside().open(jvm);
      const path = join(folder, "heap.hprof");
      await client.heapDump(path, NEVER, 60_000);
      const { bytes } = await files.stat(path) ?? { bytes: 0 };
      assert.ok(bytes > 100_000);
      await assert.rejects(client.heapDump(path, NEVER, 60_000), {
        problem: "refused",
        message: /File exists$/,
      });
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });

  Deno.test(`a stopped JVM of ${javaHome} is not signalled, and nothing is left of the attempt`, async () => {
    await using jvm = await AttachableJvm.start(javaHome);
    const outside = new Outside();
    jvm.signal("SIGSTOP");
    await stopped(jvm);
    await assert.rejects(outside.open(jvm), { problem: "stopped" });
    assert.equal(outside.quits, 0);
    assert.deepEqual(await left(jvm), []);
    jvm.signal("SIGCONT");
    const client = await outside.open(jvm);
    jvm.signal("SIGSTOP");
    await stopped(jvm);
    await assert.rejects(client.heapInfo(NEVER), { problem: "stopped" });
  });

  Deno.test(`a JVM of ${javaHome} that stops while it is asked is given up`, async () => {
    await using jvm = await AttachableJvm.start(javaHome);
    const outside = new Outside();
    const time = new ManualClock();
    // Stopped where nobody looks: after its state was read.
    const quit = () => {
      jvm.signal("SIGSTOP");
      return outside.context.quit(jvm.pid);
    };
    const opening = outside.open(jvm, { quit, clock: time });
    await Promise.all([
      assert.rejects(opening, { problem: "silent", message: /within 5 s/ }),
      pass(time, opening),
    ]);
    assert.equal(outside.quits, 1);
    assert.deepEqual(await left(jvm), []);
    // Without the file, what was sent makes it print its threads: it lives.
    jvm.signal("SIGCONT");
    await jvm.printed(/Full thread dump/);
  });
}

Deno.test({
  name: "a JVM that would die of SIGQUIT gets none: with -Xrs it listens from its beginning",
  ignore,
  fn: async () => {
    await using jvm = await AttachableJvm.start(javaHomes()[0] ?? "", ["-Xrs"]);
    const outside = new Outside();
    const client = await outside.open(jvm);
    assert.match(await client.heapInfo(NEVER), /eden space/);
    await files.remove(attachPaths(jvm.pid)[1] ?? "");
    await assert.rejects(outside.open(jvm), { problem: "deaf" });
    assert.equal(outside.quits, 0);
  },
});

Deno.test({
  name: "a JVM that may not be attached to is given up, and lives",
  ignore,
  fn: async () => {
    await using jvm = await AttachableJvm.start(javaHomes()[0] ?? "", ["-XX:+DisableAttachMechanism"]);
    const outside = new Outside();
    const time = new ManualClock();
    const opening = outside.open(jvm, { clock: time });
    await Promise.all([assert.rejects(opening, { problem: "silent" }), pass(time, opening)]);
    assert.equal(outside.quits, 1);
    assert.deepEqual(await left(jvm), []);
    await jvm.printed(/Full thread dump/);
  },
});

/** Lets time pass until something has settled. */
async function pass(time: ManualClock, work: Promise<unknown>): Promise<void> {
  let settled = false;
  const end = work.catch(() => {}).then(() => {
    settled = true;
  });
  while (!settled) {
    await Promise.race([time.sleeping(), end]);
    await time.advance(100);
  }
}

/** A signal has been taken when the kernel shows it. */
async function stopped(jvm: AttachableJvm): Promise<void> {
  while (!/^State:\tT/m.test(await files.readText(`/proc/${jvm.pid}/status`))) await clock.sleep(1);
}
