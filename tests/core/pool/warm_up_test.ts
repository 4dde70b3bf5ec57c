import assert from "node:assert/strict";
import { Pool } from "./pools.ts";

const BEAT_MS = 2_000;

/** Time in which every gateway is asked, and answers. */
function passes(pool: Pool, ms: number): readonly string[] {
  const effects: string[] = [];
  for (let leftMs = ms; leftMs > 0; leftMs -= BEAT_MS) {
    effects.push(...pool.later(Math.min(BEAT_MS, leftMs)));
    for (const { life: { generation, gateway } } of pool.state.seats) {
      if (gateway.phase === "ready") {
        effects.push(...pool.give({ kind: "heartbeat", generation, way: "kept" }));
      }
    }
  }
  return effects;
}

Deno.test("the gateway that the next program would get is not warmed up while it is the only one", () => {
  const pool = new Pool();
  pool.give({ kind: "start" });
  assert.deepEqual(pool.comesUp(1), ["begin-heartbeat 1", "remember", "launch 2"]);
  assert.deepEqual(passes(pool, 20_000), []);
  assert.equal(pool.front, "ready 1");
});

Deno.test("the second one is warmed up, then takes programs, and the first is warmed up in its turn", () => {
  const pool = new Pool();
  pool.give({ kind: "start" });
  pool.comesUp(1);
  assert.deepEqual(pool.comesUp(2), ["begin-heartbeat 2", "remember", "warm-up 2"]);
  assert.equal(pool.front, "ready 1");
  assert.deepEqual(pool.give({ kind: "warmed", generation: 2 }), ["warm-up 1"]);
  assert.equal(pool.front, "ready 2");
  assert.deepEqual(pool.give({ kind: "warmed", generation: 1 }), []);
  assert.deepEqual(pool.state.seats.map(({ warmth }) => warmth), ["warm", "warm"]);
  assert.equal(pool.front, "ready 1");
});

Deno.test("without a standby nothing is warmed up", () => {
  for (const sharing of ["exclusive", "shared"] as const) {
    const pool = Pool.full({ gateways: 3, standby: 0, sharing });
    assert.deepEqual(passes(pool, 20_000), []);
    assert.deepEqual(pool.state.seats.map(({ warmth }) => warmth), ["cold", "cold", "cold"]);
  }
});

Deno.test("one gateway is warmed up at a time, and none while another starts", () => {
  const pool = new Pool({ gateways: 3 });
  pool.give({ kind: "start" });
  for (const generation of [1, 2, 3]) {
    assert.ok(!pool.comesUp(generation).some((name) => name.startsWith("warm-up")));
  }
  assert.ok(pool.comesUp(4).includes("warm-up 2"));
  assert.deepEqual(passes(pool, 10_000), []);
  assert.deepEqual(pool.give({ kind: "warmed", generation: 2 }), ["warm-up 1"]);
  assert.deepEqual(pool.give({ kind: "warmed", generation: 1 }), ["warm-up 3"]);
  assert.deepEqual(pool.give({ kind: "warmed", generation: 3 }), ["warm-up 4"]);
  assert.deepEqual(pool.give({ kind: "warmed", generation: 4 }), []);
});

Deno.test("a program that has just come is given five seconds before a warm-up begins", () => {
  const pool = new Pool();
  pool.give({ kind: "start" });
  pool.comesUp(1);
  pool.bound(1, "a");
  const boundMs = pool.nowMs;
  assert.ok(!pool.comesUp(2).includes("warm-up 2"));
  assert.equal(pool.state.wakeMs, boundMs + 5_000);
  pool.nowMs += 4_999;
  for (const generation of [1, 2]) pool.beats(generation);
  assert.deepEqual(pool.later(0), []);
  assert.deepEqual(pool.later(1), ["warm-up 2"]);
  assert.equal(pool.state.wakeMs, null);
});

Deno.test("it is the newest program that is waited for, and one that is gone is not", () => {
  const pool = Pool.full({ gateways: 2, recycle: "never" });
  pool.bound(1, "a");
  pool.nowMs += 3_000;
  pool.bound(3, "b");
  const secondMs = pool.nowMs;
  pool.give({ kind: "warm-up-failed", generation: 2, reason: "a test" });
  pool.ends(2);
  pool.give({ kind: "start" });
  pool.comesUp(4);
  assert.equal(pool.state.wakeMs, secondMs + 5_000);
  assert.deepEqual(pool.released(3, "b"), []);
  assert.equal(pool.state.wakeMs, secondMs + 2_000);
});

Deno.test("a gateway with a program, one that may be ill, and one that is to go are not warmed up", () => {
  const pool = Pool.full({ gateways: 3 });
  pool.bound(1, "a");
  pool.nowMs += 6_000;
  for (const generation of [1, 2, 4]) pool.beats(generation);
  pool.later(0);
  const third = pool.seat(3).life.gateway;
  assert.ok(third.phase === "ready" && third.condition !== null);
  // Four would be next but for being the front: a well one before an ill one.
  assert.equal(pool.front, "ready 4");
  assert.deepEqual(pool.give({ kind: "warmed", generation: 2 }), ["warm-up 4"]);
});

Deno.test("a warm-up that failed ends its gateway, and there is no other before a person asks for it", () => {
  for (const command of [{ kind: "start" }, { kind: "restart", by: "a test" }] as const) {
    const pool = Pool.full();
    const effects = pool.give({ kind: "warm-up-failed", generation: 2, reason: "no room" });
    assert.deepEqual(effects, ["end-heartbeat 2", "close-stdin 2"]);
    assert.match(pool.seat(2).retirement ?? "", /its warm-up failed: no room/);
    assert.equal(pool.state.warmUpRefusal, "no room");
    assert.deepEqual(pool.ends(2), ["collect 2", "launch 3"]);
    assert.deepEqual(pool.comesUp(3), ["begin-heartbeat 3", "remember"]);
    assert.deepEqual(passes(pool, 20_000), []);
    const again = pool.give(command);
    assert.equal(pool.state.warmUpRefusal, null);
    if (command.kind === "start") assert.deepEqual(again, ["warm-up 3"]);
  }
});

Deno.test("a gateway that dies during its warm-up does not keep the others cold", () => {
  const pool = Pool.full({ gateways: 2 });
  assert.equal(pool.seat(2).warmth, "underway");
  assert.deepEqual(pool.exits(2, 1), ["end-heartbeat 2", "collect 2", "warm-up 3"]);
  assert.equal(pool.state.warmUpRefusal, null);
});

Deno.test("a gateway that has worked for a program is not warmed up any more: it is, and may hold a context", () => {
  for (const policy of [{ recycle: "never" }, { recycle: "never", sharing: "shared" }] as const) {
    const pool = Pool.full(policy);
    pool.bound(1, "a");
    pool.give({ kind: "warmed", generation: 2 });
    assert.deepEqual(pool.released(1, "a"), []);
    assert.deepEqual(passes(pool, 20_000), [], JSON.stringify(policy));
    assert.equal(pool.seat(1).warmth, "warm");
  }
});

Deno.test("what is told of a gateway that is gone, or of none that is being warmed up, changes nothing", () => {
  const pool = Pool.full();
  const { state } = pool;
  for (const generation of [0, 3, 99]) {
    for (
      const input of [
        { kind: "bound", generation, lease: "a" },
        { kind: "released", generation, lease: "a" },
        { kind: "searched", generation, left: "a context" },
        { kind: "warmed", generation },
        { kind: "warm-up-failed", generation, reason: "no room" },
      ] as const
    ) {
      assert.deepEqual(pool.give(input), []);
      assert.deepEqual(pool.state, state, JSON.stringify(input));
    }
  }
  pool.give({ kind: "warmed", generation: 1 });
  assert.deepEqual(pool.state, state);
});
