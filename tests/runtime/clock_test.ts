import assert from "node:assert/strict";
import { clock } from "../../src/runtime/clock.ts";

Deno.test("sleep() resolves after its time", async () => {
  const before = clock.nowMs();
  await clock.sleep(5);
  assert.ok(clock.nowMs() > before);
});

Deno.test("sleep() resolves at once for an aborted signal", async () => {
  await clock.sleep(3_600_000, AbortSignal.abort());
});

Deno.test("sleep() resolves when its signal is aborted, and leaves neither timer nor listener", async () => {
  const controller = new AbortController();
  const listeners = countListeners(controller.signal);
  const sleeping = clock.sleep(3_600_000, controller.signal);
  assert.equal(listeners(), 1);
  controller.abort(new Error("not to be thrown"));
  await sleeping;
  assert.equal(listeners(), 0);
});

Deno.test("sleep() leaves no listener when the time is over first", async () => {
  const { signal } = new AbortController();
  const listeners = countListeners(signal);
  await clock.sleep(1, signal);
  assert.equal(listeners(), 0);
});

Deno.test("sleep() does not take a time beyond 32 bits for none", async () => {
  const controller = new AbortController();
  const long = clock.sleep(2 ** 31 + 1, controller.signal).then(() => "long");
  const first = await Promise.race([long, clock.sleep(10).then(() => "short")]);
  controller.abort();
  await long;
  assert.equal(first, "short");
});

Deno.test("sleep() of seconds ends on a beat that others wake at too, and a short one at its own time", async () => {
  const realTimeout = globalThis.setTimeout;
  const delays: number[] = [];
  globalThis.setTimeout = ((_: () => void, ms: number) => {
    delays.push(ms);
    return realTimeout(() => {}, 0);
  }) as typeof setTimeout;
  const ended = new AbortController();
  const beforeMs = clock.nowMs();
  const sleeps = [5_000, 1_999, 700].map((ms) => clock.sleep(ms, ended.signal));
  const afterMs = clock.nowMs();
  globalThis.setTimeout = realTimeout;
  ended.abort();
  await Promise.all(sleeps);
  const [long = 0, shorter = 0, short = 0] = delays;
  assert.equal(short, 700);
  for (const [ms, delay] of [[5_000, long], [1_999, shorter]] as const) {
    assert.ok(Math.abs(delay - ms) <= 251, `${delay} for ${ms}`);
    // Set at a moment between the two, and over within the millisecond after a multiple of 500.
    const over = Math.floor((afterMs + delay) / 500) * 500;
    assert.ok(over + 1 > beforeMs + delay, `over at ${beforeMs + delay}`);
  }
});

Deno.test("date() is the wall clock and nowMs() is not", () => {
  assert.ok(clock.date().getUTCFullYear() >= 2024);
  assert.ok(clock.nowMs() < Date.UTC(2000));
});

function countListeners(signal: AbortSignal): () => number {
  let count = 0;
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = (...args: Parameters<typeof add>) => {
    count++;
    add(...args);
  };
  signal.removeEventListener = (...args: Parameters<typeof remove>) => {
    count--;
    remove(...args);
  };
  return () => count;
}
