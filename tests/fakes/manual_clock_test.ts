import assert from "node:assert/strict";
import { ManualClock } from "./manual_clock.ts";

Deno.test("advance() wakes sleepers in the order they are due, each at its own time", async () => {
  const clock = new ManualClock();
  const woken: string[] = [];
  const sleep = async (name: string, ms: number) => {
    await clock.sleep(ms);
    woken.push(`${name} at ${clock.nowMs()}`);
  };
  const sleeps = [sleep("late", 30), sleep("early", 10), sleep("twin", 10), sleep("never", 31)];
  assert.deepEqual(clock.pendingMs, [10, 10, 30, 31]);
  await clock.advance(30);
  assert.deepEqual(woken, ["early at 10", "twin at 10", "late at 30"]);
  assert.equal(clock.nowMs(), 30);
  assert.equal(clock.date().toISOString(), "2026-01-01T00:00:00.030Z");
  await clock.advance(1);
  await Promise.all(sleeps);
});

Deno.test("advance() also wakes sleeps begun on the way, counted from when they begin", async () => {
  const clock = new ManualClock();
  const ticks: number[] = [];
  const ticking = (async () => {
    while (ticks.length < 4) {
      await clock.sleep(10);
      await Promise.resolve();
      ticks.push(clock.nowMs());
    }
  })();
  await clock.advance(35);
  assert.deepEqual(ticks, [10, 20, 30]);
  assert.deepEqual(clock.pendingMs, [5]);
  await clock.advance(5);
  await ticking;
});

Deno.test("sleep() ends at once when its signal is or becomes aborted", async () => {
  const clock = new ManualClock();
  const stop = new AbortController();
  const sleeping = clock.sleep(10, stop.signal);
  stop.abort();
  await sleeping;
  await clock.sleep(10, stop.signal);
  assert.deepEqual(clock.pendingMs, []);
  assert.equal(clock.nowMs(), 0);
});

Deno.test("sleeping() resolves for everyone who waits, once so many sleep", async () => {
  const clock = new ManualClock();
  const told: string[] = [];
  const one = clock.sleeping().then(() => told.push("one"));
  const two = clock.sleeping(2).then(() => told.push("two"));
  const first = clock.sleep(1);
  await one;
  assert.deepEqual(told, ["one"]);
  const second = clock.sleep(1);
  await two;
  await clock.sleeping(2);
  await clock.advance(1);
  await Promise.all([first, second]);
});
