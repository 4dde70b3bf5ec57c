import { deepStrictEqual, match, notStrictEqual, ok, strictEqual } from "node:assert/strict";
import { join } from "@std/path";
import { GIB } from "../../src/core/jvm_flags.ts";
import { readMemoryRecord } from "../../src/core/memory/record_text.ts";
import { canLimit, ControlGroup } from "./control_group.ts";
import { PLATFORMS } from "./deaths.ts";
import { jvmsOf, lived, narrowJava, only } from "./memory.ts";
import { HEALINGS, HOLD } from "./memory_healings.ts";
import { Place, program, RunningDaemon } from "./rekindle.ts";

const { old } = PLATFORMS;
if (old === null) throw new Error("No PySpark to test on");

for (const healing of HEALINGS) {
  const { kind, on = ["old"], flags = [], need, containerMib, addressSpaceMib, jvms, says, falls, rests } =
    healing;
  for (const platform of on) {
    const spark = PLATFORMS[platform];
    Deno.test({
      name: `memory follows the cause on real JVMs: ${kind}, PySpark ${spark?.version}`,
      ignore: spark === null || containerMib !== undefined && !canLimit("memory"),
      fn: async () => {
        if (spark === null) throw new Error("No such Java");
        await using place = await Place.make(spark);
        await using stack = new AsyncDisposableStack();
        const group = containerMib === undefined
          ? null
          : stack.use(new ControlGroup("memory", containerMib * 2 ** 20));
        const narrow = addressSpaceMib === undefined ? {} : await narrowJava(place, addressSpaceMib);
        const env = { ...healing.env, ...narrow };
        const life = await lived(place, { flags: ["--retries", "3", ...flags], env, need, group });
        const { code, stdout, stderr, starts } = life;
        const [as, more] = [life.jvms.slice(0, jvms.length), life.jvms.slice(jvms.length)];
        deepStrictEqual(as.map((limits, at) => only(limits, jvms[at] ?? {})), jvms, stderr);
        if (falls === undefined) strictEqual(more.length, 0, stderr);
        else {
          const sizes = life.jvms.map((limits) => limits[falls] ?? 0);
          ok(more.length >= 1 && more.length <= 3, stderr);
          ok(sizes.every((size, at) => at === 0 || size < (sizes[at - 1] ?? 0)), stderr);
        }
        // Without a start that came to nothing, each one is a run of the program; the daemon may be at the next already.
        if (healing.starts !== undefined) deepStrictEqual(starts, healing.starts, stderr);
        else ok(starts.length - life.jvms.length === 0 || rests && starts.at(-1) === starts.at(-2), stderr);
        inOrder(stderr, says);
        if (rests) notStrictEqual(code, 0, stderr);
        else strictEqual(code, 0, stderr);
        strictEqual(stdout.includes(`done ${need[0]}\n`), rests === undefined, stderr);
        strictEqual(place.processes().join("\n"), "");
      },
    });
  }
}

/** Each is said behind the one before. */
function inOrder(text: string, says: readonly RegExp[]): void {
  let from = 0;
  for (const wanted of says) {
    const found = wanted.exec(text.slice(from));
    ok(found, `${wanted} is not said, or not in its place:\n${text}`);
    from += found.index + found[0].length;
  }
}

Deno.test("what a daemon has learned of memory serves the next, until another heap is asked for", async () => {
  await using place = await Place.make(old);
  const heapsOf = async (flags: readonly string[], need: readonly string[]) => {
    const { code, jvms, stderr } = await lived(place, { flags: ["--retries", "1", ...flags], need });
    strictEqual(code, 0, stderr);
    return jvms.map(({ heap }) => heap);
  };
  deepStrictEqual(await heapsOf(["--heap", "512m"], HOLD), [512, 1024]);
  const record = readMemoryRecord(await Deno.readTextFile(join(place.stateDir, "memory-plan.json")));
  ok(typeof record !== "string", String(record));
  deepStrictEqual([record.sizes.heap?.bytes, record.bounds.heap?.tooSmallBytes], [GIB, GIB / 2]);
  deepStrictEqual(record.steps.map(({ cause, toBytes }) => [cause, toBytes]), [["heap-oom", GIB]]);
  deepStrictEqual(await heapsOf(["--heap", "512m"], HOLD), [1024]);
  deepStrictEqual(await heapsOf(["--heap", "768m"], ["hold", "1"]), [768]);
});

Deno.test("a raised heap that could not start is remembered as too large", async () => {
  await using place = await Place.make(old);
  const env = { MALLOC_ARENA_MAX: "1", ...await narrowJava(place, 2800) };
  const { stderr } = await lived(place, { flags: ["--retries", "1"], env, need: ["hold", "1150"] });
  const record = readMemoryRecord(await Deno.readTextFile(join(place.stateDir, "memory-plan.json")));
  ok(typeof record !== "string", String(record));
  const { tooSmallBytes, tooLargeBytes } = record.bounds.heap ?? {};
  deepStrictEqual([tooSmallBytes, tooLargeBytes, record.lastGood?.heap], [GIB, 2 * GIB, GIB], stderr);
});

Deno.test("the status tells the limits that its JVM has, before and after a death", async () => {
  await using place = await Place.make(old);
  const daemon = await RunningDaemon.start(place, ["--heap", "512m"]);
  const { stdout, stderr } = await place.exec([
    ...["--retries", "1", "--", "python", program("memory.py"), ...HOLD],
  ]);
  const [before, after, ...more] = jvmsOf(stdout);
  deepStrictEqual([before?.heap, after?.heap, more], [512, 1024, []], stderr);
  const { gateway, plan, restarts } = await daemon.status();
  deepStrictEqual([gateway.flags?.MaxHeapSize, plan.heap.bytes, restarts], [GIB, GIB, 1]);
  deepStrictEqual(gateway.flags?.MaxDirectMemorySize, plan.direct.bytes);
  match((await daemon.end("SIGTERM")).stderr, /heap 512 MiB → 1 GiB/);
  strictEqual(place.processes().join("\n"), "");
});

Deno.test("an error that a program is told of over Py4J, and its JVM outlives, changes no memory", async () => {
  await using place = await Place.make(old);
  const { code, starts, stderr } = await lived(place, {
    flags: ["--retries", "3"],
    need: ["direct-call", "384"],
  });
  notStrictEqual(code, 0);
  strictEqual(starts.length, 1, stderr);
  match(stderr, /OutOfMemoryError: Cannot reserve \d+ bytes of direct buffer memory/);
});
