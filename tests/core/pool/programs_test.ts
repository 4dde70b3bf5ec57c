import assert from "node:assert/strict";
import type { PoolPolicy } from "../../../src/core/pool/pool.ts";
import { FULL_HEAP, Pool } from "./pools.ts";

type Recycling = PoolPolicy["recycle"];

Deno.test("a program's end is its gateway's where that is always so, a search where it depends, nothing elsewhere", () => {
  const table: Readonly<Record<Recycling, readonly string[]>> = {
    always: ["end-heartbeat 1", "close-stdin 1"],
    dirty: ["search 1"],
    never: [],
  };
  for (const gateways of [1, 3]) {
    for (const [recycle, effects] of Object.entries(table)) {
      const pool = Pool.full({ gateways, standby: 0, recycle: recycle as Recycling });
      pool.bound(1, "a");
      assert.deepEqual(pool.seat(1).programs, ["a"]);
      assert.deepEqual(pool.released(1, "a"), effects, recycle);
      assert.deepEqual(pool.seat(1).programs, []);
    }
  }
});

Deno.test("a shared gateway outlives its programs, whatever is said of recycling", () => {
  for (const recycle of ["always", "dirty", "never"] as const) {
    const pool = Pool.full({ sharing: "shared", recycle, standby: 0 });
    pool.bound(1, "a");
    pool.bound(1, "b");
    assert.equal(pool.front, "ready 1");
    assert.deepEqual([...pool.released(1, "a"), ...pool.released(1, "b")], []);
    assert.deepEqual([pool.seats, pool.front], [["1 ready"], "ready 1"]);
  }
});

Deno.test("a gateway that is searched takes no program, and stays when nothing was left", () => {
  const pool = Pool.full({ recycle: "dirty", standby: 0 });
  pool.bound(1, "a");
  pool.released(1, "a");
  assert.equal(pool.front, "coming");
  assert.deepEqual(pool.give({ kind: "searched", generation: 1, left: null }), []);
  assert.deepEqual([pool.front, pool.seat(1).warmth], ["ready 1", "warm"]);
});

Deno.test("a gateway in which something was left is ended, and never taken for one that waits", () => {
  const pool = Pool.full({ recycle: "dirty" });
  pool.give({ kind: "warmed", generation: 2 });
  pool.give({ kind: "warmed", generation: 1 });
  pool.bound(1, "a");
  pool.released(1, "a");
  assert.equal(pool.front, "ready 2");
  const effects = pool.give({ kind: "searched", generation: 1, left: "a context" });
  assert.deepEqual(effects, ["end-heartbeat 1", "close-stdin 1"]);
  const { life: { gateway }, warmth } = pool.seat(1);
  assert.notEqual(warmth, "warm");
  assert.ok(gateway.phase === "stopping" && gateway.intent.kind === "retire");
  assert.equal(gateway.intent.why, "its program has left a context");
});

Deno.test("only the end of the last program, and of one that is there, counts", () => {
  for (const [recycle, first] of [["always", "end-heartbeat 1"], ["dirty", "search 1"]] as const) {
    const pool = Pool.full({ recycle, standby: 0 });
    pool.bound(1, "a");
    assert.deepEqual(pool.released(1, "b"), []);
    assert.deepEqual(pool.seat(1).programs, ["a"]);
    pool.bound(1, "b");
    assert.deepEqual(pool.released(1, "a"), []);
    assert.equal(pool.released(1, "b")[0], first);
  }
});

Deno.test("nobody had it: a release of a program that was never there ends and searches nothing", () => {
  for (const recycle of ["always", "dirty"] as const) {
    const pool = Pool.full({ recycle, standby: 0 });
    assert.deepEqual(pool.released(1, "a"), []);
    assert.equal(pool.front, "ready 1");
  }
});

Deno.test("a program's end after its gateway's searches nothing, and the next gateway is nobody's", () => {
  for (const recycle of ["always", "dirty", "never"] as const) {
    const pool = Pool.full({ recycle, standby: 0 });
    pool.bound(1, "a");
    pool.exits(1, 1);
    assert.deepEqual(pool.released(1, "a"), []);
    pool.collected(1);
    assert.deepEqual(pool.later(60_000), ["launch 2"]);
    assert.ok(!pool.comesUp(2).some((name) => name.includes("step")));
    assert.equal(pool.front, "ready 2");
    assert.deepEqual(pool.released(1, "a"), []);
    assert.equal(pool.front, "ready 2");
  }
});

Deno.test("so many programs as gateways have theirs; the next is in line though one waits warmed up", () => {
  const pool = Pool.full({ gateways: 3 });
  for (const generation of [2, 1, 3, 4]) pool.give({ kind: "warmed", generation });
  const order: string[] = [];
  for (const lease of ["a", "b", "c"]) {
    order.push(pool.front);
    pool.bound(Number(pool.front.split(" ")[1]), lease);
  }
  assert.deepEqual([order, pool.front], [["ready 1", "ready 2", "ready 3"], "busy"]);
  pool.released(2, "b");
  assert.equal(pool.front, "ready 4");
});

Deno.test("of two gateways that are alike the elder takes the next program, wherever it sits", () => {
  const pool = Pool.full();
  for (const generation of [2, 1]) pool.give({ kind: "warmed", generation });
  pool.bound(1, "a");
  pool.released(1, "a");
  pool.ends(1);
  pool.comesUp(3);
  pool.give({ kind: "warmed", generation: 3 });
  assert.deepEqual([pool.seats, pool.front], [["3 ready", "2 ready"], "ready 2"]);
});

Deno.test("the one in line waits for a start when no other gateway is there", () => {
  const pool = Pool.full({ standby: 0 });
  pool.bound(1, "a");
  assert.equal(pool.front, "busy");
  pool.released(1, "a");
  assert.equal(pool.front, "coming");
  pool.ends(1);
  pool.comesUp(2);
  assert.equal(pool.front, "ready 2");
});

Deno.test("a stop takes the hope of the one in line, though the lost program is still there", () => {
  const pool = Pool.full();
  pool.bound(1, "a");
  pool.give({ kind: "stop", by: "a test" });
  assert.equal(pool.front, "hopeless");
  for (const generation of [1, 2]) pool.ends(generation);
  assert.equal(pool.front, "hopeless");
});

Deno.test("a gateway that may be ill takes a program only when there is no well one, a cold one when none is warm", () => {
  const pool = Pool.full();
  assert.equal(pool.front, "ready 1");
  pool.give({ kind: "warmed", generation: 2 });
  pool.give({ kind: "warmed", generation: 1 });
  pool.nowMs += 6_000;
  pool.beats(2);
  pool.later(0);
  assert.equal(pool.front, "ready 2");
  pool.give({ kind: "heartbeat", generation: 1, way: "fresh" });
  pool.beats(1);
  pool.give({ kind: "heartbeat", generation: 2, way: "fresh" });
  assert.equal(pool.front, "ready 1");
});

Deno.test("in one gateway for all, new programs go to the next when the old one is to go", () => {
  const pool = Pool.full({ sharing: "shared" });
  pool.bound(1, "a");
  pool.exits(2, 3);
  pool.collected(2, FULL_HEAP);
  assert.notEqual(pool.seat(1).retirement, null);
  assert.equal(pool.front, "coming");
  pool.later(200);
  pool.comesUp(3);
  assert.deepEqual([pool.seats, pool.front], [["1 ready", "3 ready"], "ready 3"]);
  pool.bound(3, "b");
  assert.deepEqual(pool.released(1, "a"), ["end-heartbeat 1", "close-stdin 1"]);
  assert.equal(pool.front, "ready 3");
});
