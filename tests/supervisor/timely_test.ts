import assert from "node:assert/strict";
import { Timely } from "../../src/supervisor/timely.ts";
import { ManualClock } from "../fakes/manual_clock.ts";

Deno.test("Timely.read() answers with what was known when a reading stalls, and begins no second one", async () => {
  const clock = new ManualClock();
  const stalled = Promise.withResolvers<number>();
  const readings = [Promise.resolve(1), stalled.promise, Promise.resolve(3)];
  let begun = 0;
  const timely = new Timely({
    clock,
    ms: 100,
    read: () => readings[begun++] ?? Promise.reject(new Error("gone")),
  });
  assert.equal(await timely.read(), 1);
  for (let nth = 0; nth < 2; nth++) {
    const late = timely.read();
    await clock.advance(100);
    assert.equal(await late, 1);
  }
  assert.equal(begun, 2);
  stalled.resolve(2);
  await stalled.promise;
  assert.equal(await timely.read(), 3);
  // What fails changes nothing.
  assert.equal(await timely.read(), 3);
  assert.equal(begun, 4);
});

Deno.test("Timely.read() knows nothing before the first reading has come to its end", async () => {
  const clock = new ManualClock();
  const timely = new Timely({ clock, ms: 100, read: () => new Promise<number>(() => {}) });
  const reading = timely.read();
  await clock.advance(100);
  assert.equal(await reading, null);
});
