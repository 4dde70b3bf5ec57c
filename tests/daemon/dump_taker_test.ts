import assert from "node:assert/strict";
import { join } from "@std/path";
import { DumpTaker } from "../../src/daemon/dump_taker.ts";
import type { DumpTakerOptions } from "../../src/daemon/dump_taker.ts";
import { denoRuntime } from "../../src/runtime/deno.ts";
import { Surroundings } from "../cli/scripted_daemon.ts";
import { AttachableJvm, javaHomes } from "../incident/attachable_jvm.ts";
import { until } from "../real/rekindle.ts";

/** One that asks a process, with its state in a fresh folder. */
async function withTaker(
  pid: number | null,
  test: (taker: DumpTaker, state: string, stood: readonly number[]) => Promise<void>,
  less: Partial<DumpTakerOptions> = {},
): Promise<void> {
  const state = await Deno.makeTempDir({ prefix: "rekindle-test-" });
  const stood: number[] = [];
  const taker = new DumpTaker({
    process: (generation) => pid === null || generation !== 7 ? null : { pid, startedMs: -1e6 },
    heapBytes: () => 2 ** 26,
    onStandstill: (generation) => void stood.push(generation),
    redact: (text) => text.replaceAll("DestroyJavaVM", "<redacted>"),
    runtime: denoRuntime(),
    state,
    log: new Surroundings().context().log,
    ...less,
  });
  try {
    await test(taker, state, stood);
  } finally {
    await Deno.remove(state, { recursive: true });
  }
}

Deno.test("take() asks a real JVM for its threads, its objects and its heap", async () => {
  await using jvm = await AttachableJvm.start(javaHomes()[0] ?? "");
  await withTaker(jvm.pid, async (taker, state, stood) => {
    const threads = await taker.take("threads", 7);
    assert.ok(threads.kind === "text");
    assert.match(threads.text, /Full thread dump[^]*"<redacted>"/);
    const histogram = await taker.take("histogram", 7);
    assert.ok(histogram.kind === "text");
    assert.match(histogram.text, /#instances/);
    const heap = await taker.take("heap", 7);
    assert.ok(heap.kind === "begun");
    assert.equal(heap.dump.path, join(state, "heaps", `${heap.dump.id}.hprof`));
    assert.equal((await taker.take("threads", 7)).kind, "busy");
    await until(() => taker.heapDump(heap.dump.id)?.state === "saved");
    assert.deepEqual(stood, [7]);
    const file = await Deno.readFile(heap.dump.path);
    assert.equal(new TextDecoder().decode(file.subarray(0, 12)), "JAVA PROFILE");
    assert.equal((await taker.take("threads", 7)).kind, "text");
  });
});

Deno.test("take() says why not: no gateway, no JVM, no room", async () => {
  await withTaker(
    null,
    async (taker) => assert.deepEqual(await taker.take("heap", 7), { kind: "no-gateway" }),
  );
  // No JVM, and it would die of being asked.
  const sleeper = new Deno.Command("sleep", { args: ["600"] }).spawn();
  await withTaker(sleeper.pid, async (taker) => {
    const outcome = await taker.take("threads", 7);
    assert.ok(outcome.kind === "failed");
    assert.match(outcome.reason, /does not handle SIGQUIT/);
    const heap = await taker.take("heap", 7);
    assert.ok(heap.kind === "begun");
    await until(() => taker.heapDump(heap.dump.id)?.state === "failed");
    assert.match(taker.heapDump(heap.dump.id)?.reason ?? "", /does not handle SIGQUIT/);
  });
  await withTaker(sleeper.pid, async (taker) => {
    const outcome = await taker.take("heap", 7);
    assert.ok(outcome.kind === "no-room");
    assert.match(outcome.reason, /^The disk has .* to spare, and the dump of a heap of 8 PiB|may need/);
    assert.equal(taker.heapDump("none"), null);
  }, { heapBytes: () => 2 ** 53 });
  sleeper.kill();
  assert.equal((await sleeper.status).signal, "SIGTERM");
});
