import assert from "node:assert/strict";
import { isShort } from "../../../src/core/pool/pressure.ts";
import { Pool } from "./pools.ts";

const GIB = 2 ** 30;
const SHORT = { kind: "memory", left: { leftBytes: 0.1 * GIB, limitBytes: 8 * GIB } } as const;
const AMPLE = { kind: "memory", left: { leftBytes: 4 * GIB, limitBytes: 8 * GIB } } as const;

Deno.test("memory is short below a twentieth, or 256 MiB of a small limit, and no more at four times that", () => {
  const left = (leftBytes: number, limitBytes: number) => ({ leftBytes, limitBytes });
  assert.equal(isShort(false, left(0.9 * GIB, 20 * GIB)), true);
  assert.equal(isShort(false, left(1.1 * GIB, 20 * GIB)), false);
  assert.equal(isShort(true, left(3.9 * GIB, 20 * GIB)), true);
  assert.equal(isShort(true, left(4.1 * GIB, 20 * GIB)), false);
  assert.equal(isShort(false, left(0.2 * GIB, 2 * GIB)), true);
  assert.equal(isShort(false, left(0.3 * GIB, 2 * GIB)), false);
});

Deno.test("where memory is short, the gateway that only waits is given up, and comes back with the memory", () => {
  const pool = Pool.full();
  pool.give({ kind: "warmed", generation: 2 });
  pool.give({ kind: "warmed", generation: 1 });
  pool.give({ kind: "bound", generation: 1, lease: "a" });
  assert.deepEqual(pool.give(SHORT), ["end-heartbeat 2", "close-stdin 2"]);
  assert.deepEqual(pool.give(SHORT), []);
  assert.equal(pool.seat(1).life.gateway.phase, "ready");
  pool.ends(2);
  assert.deepEqual(pool.seats, ["1 ready", "2 stopped"]);
  assert.deepEqual(pool.give(AMPLE), ["launch 3"]);
});

Deno.test("the gateway for the next program stays, however short memory is", () => {
  const pool = Pool.full();
  pool.give({ kind: "warmed", generation: 2 });
  assert.equal(pool.front, "ready 2");
  assert.deepEqual(pool.give(SHORT), ["end-heartbeat 1", "close-stdin 1"]);
  assert.equal(pool.front, "ready 2");
  pool.ends(1);
  // A program ends: without another gateway the next one would wait for ever.
  pool.give({ kind: "bound", generation: 2, lease: "a" });
  assert.ok(pool.give({ kind: "released", generation: 2, lease: "a" }).includes("launch 3"));
  pool.ends(2);
  pool.comesUp(3);
  assert.deepEqual([pool.front, pool.starting], ["ready 3", null]);
});
