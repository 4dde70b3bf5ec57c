import assert from "node:assert/strict";
import { EVENT_KINDS } from "../../../src/core/events/event.ts";
import type { EventKind } from "../../../src/core/events/event.ts";
import { eventOfInput, eventsOfPool } from "../../../src/core/events/of_pool.ts";
import type { PoolInput } from "../../../src/core/pool/step.ts";
import { Pool } from "../pool/pools.ts";

/** What is told of these inputs, as kind, generation and lease. */
function toldOf(pool: Pool, ...inputs: readonly PoolInput[]): readonly string[] {
  return inputs.flatMap((input) => {
    const before = pool.state;
    pool.give(input);
    return eventsOfPool(before, pool.state).map((event) =>
      [event.kind, event.generation, "lease" in event ? event.lease : null].filter((each) => each !== null)
        .join(" ")
    );
  });
}

Deno.test("eventsOfPool() tells of each program once that it has come, and once that it has ended", () => {
  const pool = Pool.full({ recycle: "never", sharing: "shared" });
  const told = toldOf(
    pool,
    { kind: "bound", generation: 1, lease: "a" },
    { kind: "bound", generation: 1, lease: "b" },
    { kind: "heartbeat", generation: 1, way: "kept" },
    { kind: "released", generation: 1, lease: "a" },
    { kind: "released", generation: 1, lease: "a" },
    { kind: "bound", generation: 99, lease: "nobody's" },
  );
  assert.deepEqual(told, ["program-came 1 a", "program-came 1 b", "program-ended 1 a"]);
});

Deno.test("eventsOfPool() tells of a standby, of memory that is short and of warm-ups that are given up", () => {
  const pool = Pool.full();
  const left = (leftBytes: number) =>
    ({ kind: "memory", left: { leftBytes, limitBytes: 100 * 2 ** 30 } }) satisfies PoolInput;
  const told = toldOf(
    pool,
    { kind: "warmed", generation: 2 },
    left(0),
    left(0),
    left(100 * 2 ** 30),
    { kind: "warm-up-failed", generation: 2, reason: "no room" },
    { kind: "start" },
  );
  assert.deepEqual(told.map((each) => each.split(" ")[0]), [
    ...["standby", "memory-pressure", "memory-pressure", "warm-up", "warm-up"],
  ]);
});

Deno.test("eventOfInput() tells of what people ask for, and by whom", () => {
  const inputs: readonly PoolInput[] = [
    { kind: "start" },
    { kind: "stop", by: "the API" },
    { kind: "restart", by: "the API" },
    { kind: "shutdown", by: "SIGTERM" },
    { kind: "kill" },
    { kind: "deadline" },
    { kind: "bound", generation: 1, lease: "a" },
  ];
  assert.deepEqual(inputs.map((input) => eventOfInput(input)?.text ?? null), [
    "asked to start",
    "asked to stop by the API",
    "asked to restart by the API",
    "asked to shutdown by SIGTERM",
    "asked to kill",
    null,
    null,
  ]);
});

Deno.test("EVENT_KINDS names every kind once", () => {
  // Fails to compile where a kind is not among them.
  const named: Readonly<Record<EventKind, true>> = Object.fromEntries(
    EVENT_KINDS.map((kind) => [kind, true] as const),
  ) as Readonly<Record<(typeof EVENT_KINDS)[number], true>>;
  assert.equal(Object.keys(named).length, EVENT_KINDS.length);
});
