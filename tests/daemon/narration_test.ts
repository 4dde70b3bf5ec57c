import assert from "node:assert/strict";
import { GIB } from "../../src/core/jvm_flags.ts";
import { DEFAULT_SETTINGS, initialState } from "../../src/core/lifecycle.ts";
import type { Input } from "../../src/core/lifecycle.ts";
import { transition } from "../../src/core/transition.ts";
import type { RunningFlags } from "../../src/gateway/attach.ts";
import type { Logger } from "../../src/log.ts";
import { News } from "../../src/daemon/news.ts";
import { MEMORY } from "../fakes/gateway_world.ts";
import { ManualClock } from "../fakes/manual_clock.ts";
import { READY, WAYS } from "../supervisor/ways.ts";

/** What is told of these inputs, each a second after the one before: level and text. */
async function storyOf(
  inputs: readonly Input[],
  { flags = null, levels = ["info", "warn", "error"] }: {
    readonly flags?: RunningFlags | null;
    readonly levels?: readonly string[];
  } = {},
): Promise<readonly string[]> {
  const told: string[] = [];
  const write = (level: string) => (message: string) => {
    if (levels.includes(level)) told.push(`${level}: ${message}`);
  };
  const log: Logger = {
    debug: write("debug"),
    info: write("info"),
    warn: write("warn"),
    error: write("error"),
  };
  const clock = new ManualClock();
  const news = new News({ log, clock, secrets: [], onError: assert.ifError });
  let before = initialState(MEMORY);
  for (const input of inputs) {
    await clock.advance(1_000);
    const context = { nowMs: clock.nowMs(), wallMs: 0, random: 0.5, settings: DEFAULT_SETTINGS };
    const { state: after, effects } = transition(before, input, context);
    news.step({ before, after, input, effects }, flags);
    before = after;
  }
  return told;
}

Deno.test("the log tells of a start in two lines, with the heap that the JVM confirms", async () => {
  assert.deepEqual(await storyOf(READY), [
    "info: starting gateway generation 1 with a heap of 1 GiB",
    "info: ready: generation 1, process 1001, after 3.0 s",
  ]);
  const flags = { MaxHeapSize: GIB, MaxDirectMemorySize: null };
  assert.equal(
    (await storyOf(READY, { flags })).at(-1),
    "info: ready: generation 1, process 1001, heap 1 GiB, after 3.0 s",
  );
});

Deno.test("the log warns in one line of sizes that the JVM has otherwise", async () => {
  const flags = { MaxHeapSize: 2 * GIB, MaxMetaspaceSize: GIB };
  assert.deepEqual((await storyOf(READY, { flags })).slice(1), [
    "info: ready: generation 1, process 1001, heap 2 GiB, after 3.0 s",
    "warn: memory is not as planned: heap: the JVM has 2 GiB (MaxHeapSize), the plan says 1 GiB; metaspace: " +
    "the JVM has 1 GiB (MaxMetaspaceSize), the plan says 512 MiB",
  ]);
});

Deno.test("the log says nothing of what changes nothing", async () => {
  const beats: readonly Input[] = Array(50).fill({ kind: "heartbeat", generation: 1, way: "kept" });
  const stale: Input = { kind: "heartbeat", generation: 0, way: "kept" };
  const all = { levels: ["debug", "info", "warn", "error"] };
  const quiet = await storyOf([...READY, ...beats, stale, { kind: "deadline" }], all);
  assert.deepEqual(quiet, await storyOf(READY, all));
});

Deno.test("the log tells once that a gateway does not answer, and once that it does again", async () => {
  const silence: readonly Input[] = Array(6).fill({ kind: "deadline" });
  const answers: readonly Input[] = Array(3).fill({ kind: "heartbeat", generation: 1, way: "kept" });
  const story = await storyOf([...READY, ...silence, ...answers]);
  assert.deepEqual(story.slice(2), [
    "warn: generation 1 is not fit (silent): no answer for 5 s",
    "info: generation 1 is well again",
  ]);
});

Deno.test("the log tells of an end on request who asked, and when it has come", async () => {
  const story = await storyOf([...WAYS.stopping.slice(0, -1), { kind: "stop", by: "SIGTERM" }, {
    kind: "exited",
    generation: 1,
    exit: { code: 0, signal: null },
  }, {
    kind: "collected",
    generation: 1,
    evidence: {
      ...{ exit: { code: 0, signal: null }, intent: { kind: "stop", by: "SIGTERM" }, wasReady: true },
      ...{ stdout: [], stderr: [], hsErr: [], oomKills: { group: 0, machine: 0 } },
    },
  }]);
  assert.deepEqual(story.slice(2), [
    "info: ending generation 1 (stop by SIGTERM)",
    "info: the gateway has ended",
  ]);
});

Deno.test("the log tells of an end for silence as of an error", async () => {
  const silence: readonly Input[] = Array(16).fill({ kind: "deadline" });
  const story = await storyOf([...READY, ...silence]);
  assert.equal(story.at(-1), "error: ending generation 1: no answer for 15 s");
});

Deno.test("the log tells of a process that SIGKILL does not end", async () => {
  const waits: readonly Input[] = Array(20).fill({ kind: "deadline" });
  const story = await storyOf([...WAYS.stopping, ...waits]);
  assert.equal(
    story.at(-1),
    "warn: generation 1 is still there after SIGKILL: frozen, or waiting for a disk",
  );
});

Deno.test("the log explains a death: what, the evidence, what helps, the memory, what comes next", async () => {
  const exit = { code: 3, signal: null };
  const text = "Terminating due to java.lang.OutOfMemoryError: Java heap space";
  const collected: Input = {
    kind: "collected",
    generation: 1,
    evidence: {
      ...{ exit, intent: null, wasReady: true, stderr: [], hsErr: [], oomKills: { group: 0, machine: 0 } },
      stdout: [1, 2, 3, 4, 5].map((number) => ({ number, text: `${text}  ` })),
    },
  };
  const story = await storyOf([...READY, { kind: "exited", generation: 1, exit }, collected]);
  assert.deepEqual(story.slice(2), [
    "error: generation 1 died: heap-oom (exit code 3). The JVM ran out of heap.",
    ...[1, 2, 5].map((line) => `info:   evidence, stdout line ${line}: ${text}`),
    "info:   what helps: A larger heap, fewer parallel tasks or less collected data helps.",
    "info:   memory: heap 1 GiB → 2 GiB, because the last one ran out of heap",
    'info:   next: death 1 since health was last proven, "heap-oom": start again at once',
  ]);
});

Deno.test("the log tells that it gives up as of an error", async () => {
  const story = await storyOf(WAYS.failed);
  assert.match(story.at(-1) ?? "", /^error: {3}giving up: "java-missing" will happen again/);
});

Deno.test("the log tells the steps of an end to who wants to know everything", async () => {
  const story = await storyOf(WAYS.stopping, { levels: ["debug"] });
  assert.deepEqual(story.at(-1), "debug: ending generation 1: close-stdin");
});
