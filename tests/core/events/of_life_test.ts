import assert from "node:assert/strict";
import type { DaemonEvent } from "../../../src/core/events/event.ts";
import { eventsOfLife } from "../../../src/core/events/of_life.ts";
import type { ConfirmedFlags } from "../../../src/core/events/of_life.ts";
import { GIB } from "../../../src/core/jvm_flags.ts";
import { DEFAULT_SETTINGS, initialState, PHASES } from "../../../src/core/lifecycle.ts";
import type { Input } from "../../../src/core/lifecycle.ts";
import { transition } from "../../../src/core/transition.ts";
import { MEMORY } from "../../fakes/gateway_world.ts";
import { exited, READY, WAYS } from "../../supervisor/ways.ts";

/** Every event of these inputs, each a second after the one before. */
function eventsOf(inputs: readonly Input[], flags: ConfirmedFlags = null): readonly DaemonEvent[] {
  let before = initialState(MEMORY);
  return inputs.flatMap((input, at) => {
    const context = { nowMs: (at + 1) * 1_000, wallMs: 0, random: 0.5, settings: DEFAULT_SETTINGS };
    const { state: after, effects } = transition(before, input, context);
    const events = eventsOfLife({ before, after, effects }, flags);
    before = after;
    return events;
  });
}

const TEXT = "Terminating due to java.lang.OutOfMemoryError: Java heap space";
const EXIT = { code: 3, signal: null };
const DEATH: readonly Input[] = [exited(1, 3), {
  kind: "collected",
  generation: 1,
  evidence: {
    ...{ exit: EXIT, intent: null, wasReady: true, stderr: [], hsErr: [] },
    stdout: [1, 2, 3, 4, 5].map((number) => ({ number, text: TEXT })),
    oomKills: { group: 0, machine: 0 },
  },
}];

Deno.test("eventsOfLife() tells of each phase from which one it was, and what is particular to it", () => {
  const flags = { MaxHeapSize: GIB };
  const told = eventsOf([...READY, ...DEATH], flags).map((event) =>
    event.kind === "phase" ? `${event.from} > ${event.phase}` : event.kind
  );
  assert.deepEqual(told, [
    ...["null > starting", "starting", "starting > warming", "attaching", "warming > ready", "ready"],
    ...["ready > collecting", "exited", "died", "collecting > backoff", "memory-plan"],
  ]);
});

Deno.test("eventsOfLife() gives the figures of a start as numbers", () => {
  const events = eventsOf(READY, { MaxHeapSize: GIB });
  assert.deepEqual(events.find(({ kind }) => kind === "ready"), {
    ...{ kind: "ready", generation: 1, pid: 1001, afterMs: 3_000, heapBytes: GIB, level: "info" },
    text: "ready: generation 1, process 1001, heap 1 GiB, after 3.0 s",
  });
  const silent = eventsOf(READY, { MaxHeapSize: null }).find((event) => event.kind === "ready");
  assert.ok(silent?.kind === "ready");
  assert.equal(silent.heapBytes, null);
});

Deno.test("eventsOfLife() gives of a death the verdict, three lines of evidence, the memory and what is next", () => {
  const events = eventsOf([...READY, ...DEATH]);
  const died = events.find((event) => event.kind === "died");
  assert.ok(died?.kind === "died");
  const { evidence, next, ...rest } = died;
  assert.deepEqual(rest, {
    ...{ kind: "died", generation: 1, level: "error", exit: EXIT },
    ...{ class: "heap-oom", confidence: "certain", summary: "The JVM ran out of heap." },
    text: "generation 1 died: heap-oom (exit code 3). The JVM ran out of heap.",
    remedy: "A larger heap, fewer parallel tasks or less collected data helps.",
    memory: "heap 1 GiB → 2 GiB, because the last one ran out of heap",
  });
  assert.deepEqual(evidence.map(({ source, line, text }) => [source, line, text]), [
    ["stdout", 1, TEXT],
    ["stdout", 2, TEXT],
    ["stdout", 5, TEXT],
  ]);
  assert.equal(next.kind, "restart");
  const plan = events.find((event) => event.kind === "memory-plan");
  assert.ok(plan?.kind === "memory-plan");
  const heap = plan.changes.find(({ region }) => region === "heap");
  assert.deepEqual([heap?.fromBytes, heap?.toBytes], [GIB, 2 * GIB]);
  assert.match(plan.text, /^the next gateway's memory is planned anew: heap 1 GiB → 2 GiB \(/);
});

Deno.test("eventsOfLife() tells of a condition when it begins, when what excuses it changes, and when it is over", () => {
  const silence: readonly Input[] = Array(8).fill({ kind: "deadline" });
  const answers: readonly Input[] = Array(3).fill({ kind: "heartbeat", generation: 1, way: "kept" });
  const told = eventsOf([...READY, ...silence, ...answers]).slice(eventsOf(READY).length);
  assert.deepEqual(told.map(({ kind }) => kind), ["condition", "recovered"]);
  const [condition] = told;
  assert.ok(condition?.kind === "condition");
  assert.deepEqual([condition.condition, condition.reason, condition.excuse], [
    "silent",
    "no answer for 5 s",
    null,
  ]);
});

Deno.test("eventsOfLife() tells of a process that not even SIGKILL ends, each time it is tried again", () => {
  const steps = eventsOf([
    ...READY,
    { kind: "stop", by: "a test" },
    ...Array<Input>(20).fill({ kind: "deadline" }),
  ])
    .filter((event) => event.kind === "end-step");
  const texts = steps.map(({ level, text }) => `${level}: ${text}`);
  assert.deepEqual([...new Set(texts)], [
    ...["close-stdin", "SIGTERM", "SIGKILL"].map((step) => `debug: ending generation 1: ${step}`),
    "warn: generation 1 is still there after SIGKILL: frozen, or waiting for a disk",
  ]);
});

Deno.test("eventsOfLife() says of an end who wants it, and why", () => {
  const ends = [
    [[...READY, { kind: "stop", by: "the API" }], ["stop", "the API", null, "info"]],
    [[...READY, ...Array<Input>(16).fill({ kind: "deadline" })], [
      "unfit",
      null,
      "no answer for 15 s",
      "error",
    ]],
  ] as const satisfies readonly (readonly [readonly Input[], unknown])[];
  for (const [inputs, wanted] of ends) {
    const ending = eventsOf(inputs).find((event) => event.kind === "ending");
    assert.ok(ending?.kind === "ending");
    assert.deepEqual([ending.cause, ending.by, ending.reason, ending.level], wanted);
  }
});

for (const phase of PHASES) {
  Deno.test(`eventsOfLife() tells nothing more of a gateway that stays ${phase}`, () => {
    const stale: readonly Input[] = [
      { kind: "heartbeat", generation: 0, way: "kept" },
      { kind: "spawned", generation: 0, pid: 9, startTicks: null },
    ];
    const told = eventsOf(WAYS[phase]);
    assert.deepEqual(eventsOf([...WAYS[phase], ...stale]), told);
  });
}
