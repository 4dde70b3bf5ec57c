import assert from "node:assert/strict";
import { GENERATION, SAMPLES } from "../samples.ts";
import { initialPool, SINGLE } from "../../../src/core/pool/pool.ts";
import { wakeOf } from "../../../src/core/pool/step.ts";
import { FULL_HEAP, Pool } from "./pools.ts";

Deno.test("a start launches one gateway, and the next one once that is ready", () => {
  for (
    const [policy, total] of [[{ standby: 0 }, 1], [{}, 2], [{ gateways: 3, standby: 0 }, 3], [
      { gateways: 3 },
      4,
    ]] as const
  ) {
    const pool = new Pool(policy);
    assert.deepEqual(pool.give({ kind: "start" }), ["launch 1"]);
    for (let generation = 1; generation < total; generation++) {
      assert.equal(pool.state.seats.length, generation);
      const effects = pool.comesUp(generation).filter((name) => name.startsWith("launch"));
      assert.deepEqual(effects, [`launch ${generation + 1}`]);
    }
    const last = pool.comesUp(total);
    assert.deepEqual(last.filter((name) => name.startsWith("launch")), []);
    assert.equal(pool.state.seats.length, total);
    assert.equal(pool.seat(1).life.launches, 1, "only the first is a start of its own");
  }
});

Deno.test("no other gateway is launched before the first is ready, however often it fails to start", () => {
  const pool = new Pool();
  pool.give({ kind: "start" });
  assert.deepEqual(pool.ends(1, { code: 1 }), ["collect 1", "record 1"]);
  assert.deepEqual(pool.seats, ["1 backoff"]);
  assert.equal(pool.front, "coming");
  assert.deepEqual(pool.later(60_000), ["launch 2"]);
  assert.deepEqual(pool.seats, ["2 starting"]);
});

Deno.test("a gateway is awaited while no other serves", () => {
  const pool = Pool.full();
  assert.deepEqual(pool.awaited, [1]);
  pool.bound(1, "a");
  pool.released(1, "a");
  assert.deepEqual(pool.ends(1), ["collect 1", "launch 3"]);
  assert.deepEqual(pool.awaited, [1], "2 waits for the next program");
  pool.exits(2, 137);
  pool.exits(3, 137);
  pool.collected(2);
  pool.collected(3);
  pool.later(60_000);
  assert.deepEqual(pool.awaited, [1, 4, 5], "whichever of the two comes first");
  const alone = new Pool({ standby: 0 });
  alone.give({ kind: "start" });
  alone.comesUp(1);
  alone.bound(1, "a");
  alone.released(1, "a");
  alone.ends(1);
  assert.deepEqual(alone.awaited, [1, 2]);
});

Deno.test("after a stop, a start launches one gateway again, and the others in their turn", () => {
  const pool = Pool.full({ gateways: 2 });
  pool.give({ kind: "stop", by: "a test" });
  for (const generation of [1, 2, 3]) pool.ends(generation);
  assert.deepEqual(pool.seats, ["1 stopped", "2 stopped", "3 stopped"]);
  const { launches } = pool.seat(1).life;
  assert.deepEqual(pool.give({ kind: "start" }), ["launch 4"]);
  assert.deepEqual(pool.comesUp(4).filter((name) => name.startsWith("launch")), ["launch 5"]);
  assert.deepEqual(pool.comesUp(5).filter((name) => name.startsWith("launch")), ["launch 6"]);
  assert.equal(pool.seat(4).life.launches, launches + 1);
});

Deno.test("a program that ends takes its gateway along, which starts again and counts as no restart", () => {
  const pool = Pool.full();
  pool.bound(1, "a");
  assert.deepEqual(pool.released(1, "a"), ["end-heartbeat 1", "close-stdin 1"]);
  const { gateway } = pool.seat(1).life;
  assert.ok(gateway.phase === "stopping");
  assert.deepEqual(gateway.intent, { kind: "retire", why: "its program has ended" });
  const { launches } = pool.seat(1).life;
  assert.deepEqual(pool.ends(1), ["collect 1", "launch 3"]);
  assert.deepEqual(pool.seats, ["3 starting", "2 ready"]);
  assert.deepEqual(pool.seat(3), { ...pool.seat(3), warmth: "cold", programs: [], retirement: null });
  for (const { life } of pool.state.seats) assert.deepEqual([life.launches, life.deaths], [launches, []]);
});

Deno.test("a retired gateway that dies of itself gets its verdict, one that obeys gets none", () => {
  for (const [code, isDeath] of [[0, false], [143, false], [137, false], [3, true], [1, true]] as const) {
    const pool = Pool.full();
    pool.bound(1, "a");
    pool.released(1, "a");
    const effects = pool.ends(1, { code });
    assert.equal(effects.includes("record 1"), isDeath, `exit ${code}`);
    assert.equal(pool.seat(2).life.deaths.length, isDeath ? 1 : 0);
    assert.deepEqual(pool.seats[0], isDeath ? "1 backoff" : "3 starting");
  }
});

Deno.test("a gateway with a program dies: the one that waits is the next program's in the same step", () => {
  const pool = Pool.full();
  pool.give({ kind: "warmed", generation: 2 });
  pool.give({ kind: "warmed", generation: 1 });
  pool.bound(1, "a");
  assert.equal(pool.front, "busy");
  pool.exits(1, 1);
  assert.deepEqual([pool.front, pool.seats], ["ready 2", ["1 collecting", "2 ready"]]);
  pool.collected(1);
  assert.deepEqual([pool.front, pool.seats], ["ready 2", ["1 backoff", "2 ready"]]);
  // Its program is told by the relay, and may be there for hours.
  pool.bound(2, "b");
  assert.equal(pool.front, "busy");
  assert.deepEqual(pool.later(60_000), ["launch 3"]);
  assert.equal(pool.seat(2).life.launches, 2, "this one does replace a lost one");
});

Deno.test("a death that changes the memory retires the gateways with the old plan that are free", () => {
  const pool = Pool.full({ gateways: 3 });
  pool.bound(1, "a");
  pool.bound(2, "b");
  const before = pool.seat(3).life.memory.plan.heap.bytes;
  assert.deepEqual(pool.exits(1, 3), ["end-heartbeat 1", "collect 1"]);
  const effects = pool.collected(1, FULL_HEAP);
  assert.deepEqual(
    effects.filter((name) => /step|stdin|heartbeat/.test(name)),
    ["end-heartbeat 3", "close-stdin 3", "end-heartbeat 4", "close-stdin 4"],
  );
  assert.deepEqual(pool.seats, ["1 backoff", "2 ready", "3 stopping", "4 stopping"]);
  assert.match(pool.seat(2).retirement ?? "", /memory/);
  assert.equal(pool.seat(2).life.memory.plan.heap.bytes, before, "a gateway keeps the plan it runs with");
  assert.ok(pool.ends(3).includes("launch 5"));
  assert.ok(pool.seat(5).life.memory.plan.heap.bytes > before, "the next one has what was learned");
  assert.deepEqual(pool.released(2, "b"), ["end-heartbeat 2", "close-stdin 2"]);
  const { gateway } = pool.seat(2).life;
  assert.ok(gateway.phase === "stopping" && gateway.intent.kind === "retire");
  assert.match(gateway.intent.why, /memory/, "the first reason stays");
});

Deno.test("a death after which there is no other start leaves those that are there", () => {
  const pool = new Pool({}, { restartMode: "never" });
  pool.give({ kind: "start" });
  for (const generation of [1, 2]) pool.comesUp(generation);
  for (const generation of [2, 1]) pool.give({ kind: "warmed", generation });
  pool.bound(1, "a");
  pool.exits(1, 3);
  pool.collected(1, FULL_HEAP);
  assert.equal(pool.seat(2).life.lastIncident?.change.changed, true);
  assert.deepEqual([pool.seats, pool.front], [["1 failed", "2 ready"], "ready 2"]);
});

Deno.test("a death that changes nothing retires nobody", () => {
  const pool = Pool.full({ gateways: 2 });
  pool.bound(1, "a");
  pool.ends(1, { code: 1 });
  assert.deepEqual(pool.state.seats.map(({ retirement }) => retirement), [null, null, null]);
  assert.deepEqual(pool.seats, ["1 backoff", "2 ready", "3 ready"]);
});

Deno.test("a gateway that comes up with an old plan is ended at once", () => {
  const pool = new Pool();
  pool.give({ kind: "start" });
  pool.comesUp(1);
  pool.bound(1, "a");
  pool.exits(1, 3);
  pool.collected(1, FULL_HEAP);
  assert.deepEqual(pool.seats, ["1 backoff", "2 starting"]);
  assert.ok(pool.comesUp(2).includes("close-stdin 2"));
});

Deno.test("one gateway for all is what it was before there were pools", () => {
  const pool = new Pool(SINGLE);
  assert.deepEqual(pool.give({ kind: "start" }), ["launch 1"]);
  assert.deepEqual(pool.comesUp(1), ["begin-heartbeat 1", "remember"]);
  pool.bound(1, "a");
  pool.bound(1, "b");
  assert.equal(pool.front, "ready 1");
  for (const lease of ["a", "b"]) assert.deepEqual(pool.released(1, lease), []);
  assert.deepEqual([pool.front, pool.state.wakeMs, pool.seats], ["ready 1", null, ["1 ready"]]);
});

Deno.test("the pool waits for its nearest deadline, or for its own time where that is sooner", () => {
  const alone = initialPool(SAMPLES.starting);
  const [seat] = alone.seats;
  const { deadlineMs } = SAMPLES.starting.gateway;
  assert.equal(wakeOf(alone), deadlineMs);
  assert.equal(wakeOf({ ...alone, wakeMs: deadlineMs - 1 }), deadlineMs - 1);
  assert.equal(wakeOf({ ...alone, wakeMs: deadlineMs + 1 }), deadlineMs);
  const sooner = { ...SAMPLES.ready.gateway, deadlineMs: deadlineMs - 5 };
  const both = { ...alone, seats: [seat, { ...seat, life: { ...seat.life, gateway: sooner } }] as const };
  assert.equal(wakeOf(both), deadlineMs - 5);
  assert.equal(wakeOf(initialPool(SAMPLES.stopped)), null);
  assert.equal(wakeOf(initialPool(SAMPLES.failed)), null);
  assert.equal(SAMPLES.failed.generation, GENERATION);
});
