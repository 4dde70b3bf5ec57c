import assert from "node:assert/strict";
import type { PoolInput } from "../../../src/core/pool/step.ts";
import { COMMANDS, REPORTS } from "../samples.ts";
import { Pool } from "./pools.ts";

Deno.test("a stop and a shutdown reach every gateway, whatever it does", () => {
  for (const command of [COMMANDS.stop, COMMANDS.shutdown]) {
    const pool = Pool.full({ gateways: 3 });
    pool.bound(1, "a");
    pool.exits(2, 1);
    pool.bound(3, "b");
    pool.released(3, "b");
    assert.deepEqual(pool.seats, ["1 ready", "2 collecting", "3 stopping", "4 ready"]);
    assert.deepEqual(
      pool.give(command),
      ["end-heartbeat 1", "close-stdin 1", "end-heartbeat 4", "close-stdin 4"],
    );
    const all = [...pool.collected(2), ...[4, 1, 3].flatMap((generation) => pool.ends(generation))];
    assert.deepEqual(all.filter((name) => name.startsWith("launch")), []);
    assert.deepEqual(pool.seats, ["1 stopped", "2 stopped", "3 stopped", "4 stopped"]);
    assert.equal(all.filter((name) => name === "finish").length, command.kind === "shutdown" ? 1 : 0);
  }
});

Deno.test("the daemon's work is done once, with the last gateway", () => {
  for (const order of [[1, 2, 3], [3, 2, 1], [2, 3, 1]]) {
    const pool = Pool.full({ gateways: 2 });
    assert.ok(!pool.give(COMMANDS.shutdown).includes("finish"));
    const told = order.map((generation) => pool.ends(generation).includes("finish"));
    assert.deepEqual(told, [false, false, true]);
  }
});

Deno.test("the daemon's work is done at once where nothing runs", () => {
  const unused = new Pool();
  assert.deepEqual(unused.give(COMMANDS.shutdown), ["finish"]);
  const pool = Pool.full();
  pool.give(COMMANDS.stop);
  for (const generation of [1, 2]) pool.ends(generation);
  assert.deepEqual(pool.give(COMMANDS.shutdown), ["finish"]);
});

Deno.test("a shutdown is not taken back", () => {
  const pool = Pool.full();
  pool.give(COMMANDS.shutdown);
  for (const command of [COMMANDS.start, COMMANDS.restart]) assert.deepEqual(pool.give(command), []);
  assert.equal(pool.front, "hopeless");
});

Deno.test("a restart reaches every gateway, and each comes again", () => {
  const pool = Pool.full();
  pool.bound(1, "a");
  assert.deepEqual(
    pool.give(COMMANDS.restart),
    ["end-heartbeat 1", "close-stdin 1", "end-heartbeat 2", "close-stdin 2"],
  );
  assert.equal(pool.front, "coming");
  for (const generation of [1, 2]) pool.ends(generation);
  for (let next = pool.starting; next !== null; next = pool.starting) pool.comesUp(next);
  assert.deepEqual(pool.seats, ["3 ready", "4 ready"]);
  assert.match(pool.front, /^ready/);
  assert.deepEqual(pool.state.seats.map(({ programs }) => programs), [[], []]);
});

Deno.test("kill hurries those that are ending, and leaves the others", () => {
  const pool = Pool.full();
  pool.give({ kind: "warmed", generation: 2 });
  pool.bound(1, "a");
  pool.released(1, "a");
  assert.deepEqual(pool.give(COMMANDS.kill), ["SIGKILL 1"]);
  assert.equal(pool.front, "ready 2");
});

Deno.test("a stop while a gateway is retired is final, and a start after it brings a new one", () => {
  const pool = Pool.full({ standby: 0 });
  pool.bound(1, "a");
  pool.released(1, "a");
  pool.give(COMMANDS.stop);
  assert.deepEqual(pool.ends(1), ["collect 1"]);
  assert.deepEqual([pool.seats, pool.front], [["1 stopped"], "hopeless"]);
  assert.deepEqual(pool.give(COMMANDS.start), ["launch 2"]);
});

Deno.test("a gateway that was given up is tried again by a start, though others serve", () => {
  const pool = new Pool({}, { restartMode: "never" });
  pool.give(COMMANDS.start);
  for (const generation of [1, 2]) pool.comesUp(generation);
  pool.ends(2, { code: 1 });
  assert.deepEqual([pool.seats, pool.front], [["1 ready", "2 failed"], "ready 1"]);
  assert.deepEqual(pool.give(COMMANDS.start), ["launch 3"]);
  pool.ends(3, { code: 1 });
  pool.ends(1, { code: 1 });
  assert.equal(pool.front, "hopeless");
});

Deno.test("each gateway keeps its own deadlines", () => {
  const pool = new Pool();
  pool.give(COMMANDS.start);
  pool.comesUp(1);
  pool.nowMs += 57_000;
  pool.beats(1);
  pool.bound(1, "a");
  pool.released(1, "a");
  assert.deepEqual(pool.seats, ["1 stopping", "2 starting"]);
  assert.deepEqual(pool.later(2_999), []);
  assert.deepEqual(pool.later(1), ["inspect 2"]);
  assert.deepEqual(pool.later(1_999), []);
  assert.deepEqual(pool.later(1), ["SIGTERM 1"]);
  assert.deepEqual(pool.later(2_000), ["SIGKILL 2"]);
});

Deno.test("those of two gateways that are due at one time are both kept", () => {
  const pool = Pool.full();
  pool.give(COMMANDS.stop);
  assert.deepEqual(pool.later(4_999), []);
  assert.deepEqual(pool.later(1), ["SIGTERM 1", "SIGTERM 2"]);
  assert.deepEqual(pool.later(5_000), ["SIGKILL 1", "SIGKILL 2"]);
  pool.exits(1);
  assert.deepEqual(pool.later(5_000), ["SIGKILL 2"]);
});

Deno.test("a gateway that waits and is well forgives no death of those that work", () => {
  const pool = Pool.full({ gateways: 2 });
  pool.bound(1, "a");
  pool.bound(3, "b");
  pool.ends(3, { code: 1 });
  assert.equal(pool.seat(1).life.deaths.length, 1);
  pool.beats(2, 40);
  assert.equal(pool.seat(1).life.deaths.length, 1);
  pool.beats(1, 29);
  assert.equal(pool.seat(2).life.deaths.length, 1);
  pool.beats(1);
  for (const { life } of pool.state.seats) assert.deepEqual(life.deaths, []);
});

Deno.test("that a gateway was well before a death proves nothing: health is proven after it", () => {
  const pool = Pool.full();
  pool.bound(1, "a");
  pool.beats(1, 10);
  pool.beats(2, 100);
  pool.ends(1, { code: 1 });
  pool.give({ kind: "warmed", generation: 2 });
  assert.equal(pool.front, "ready 2");
  pool.beats(2, 29);
  assert.equal(pool.seat(2).life.deaths.length, 1);
  pool.beats(2);
  assert.deepEqual(pool.seat(2).life.deaths, []);
});

Deno.test("a report about a gateway that nobody knows changes nothing", () => {
  const pool = Pool.full();
  const { state } = pool;
  for (const generation of [0, 3, 99]) {
    for (const report of Object.values(REPORTS)) {
      const input: PoolInput = report({ ...pool.seat(1).life, generation });
      assert.deepEqual(pool.give(input), [], input.kind);
      assert.deepEqual(pool.state, state, input.kind);
    }
  }
});

Deno.test("a report about one gateway leaves the others as they are", () => {
  const pool = Pool.full();
  const other = pool.seat(2);
  pool.give({ kind: "missed", generation: 1, way: "fresh" });
  assert.equal(pool.seat(2), other);
});
