import assert from "node:assert/strict";
import { END_AFTER_MS, WARN_AFTER_MS, watchLoop } from "../../src/supervisor/watchdog.ts";
import { ManualClock } from "../fakes/manual_clock.ts";

/** How often it looks, and how many looks at a loop that is late it takes to end it. */
const LOOK_MS = 5_000;
const LATE_LOOKS = 6;

/** A loop that turns or stands still as the test says, under watch until it is disposed of. */
class Loop implements AsyncDisposable {
  readonly clock = new ManualClock();
  readonly late: number[] = [];
  readonly stuck: number[] = [];
  readonly ended: Promise<void>;
  readonly #stop = new AbortController();
  #stillSinceMs: number | null = null;

  constructor() {
    this.ended = watchLoop({
      lagMs: () => this.#stillSinceMs === null ? 0 : this.clock.nowMs() - this.#stillSinceMs,
      clock: this.clock,
      onLate: (lagMs) => void this.late.push(lagMs),
      onStuck: (lagMs) => void this.stuck.push(lagMs),
      signal: this.#stop.signal,
    });
  }

  /** It stands still, and has done so for a while. */
  stops(forMs = 0): void {
    this.#stillSinceMs = this.clock.nowMs() - forMs;
  }

  goesOn(): void {
    this.#stillSinceMs = null;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.ended;
    assert.deepEqual(this.clock.pendingMs, []);
  }
}

Deno.test("watchLoop() says nothing of a loop that turns, and looks every 5 s", async () => {
  await using loop = new Loop();
  assert.deepEqual(loop.clock.pendingMs, [LOOK_MS]);
  await loop.clock.advance(24 * 3_600_000);
  assert.deepEqual([loop.late, loop.stuck], [[], []]);
});

Deno.test("watchLoop() says nothing of a loop that is always a little behind", async () => {
  await using loop = new Loop();
  for (let look = 0; look < 100; look++) {
    loop.stops(WARN_AFTER_MS - LOOK_MS - 1);
    await loop.clock.advance(LOOK_MS);
  }
  assert.deepEqual([loop.late, loop.stuck], [[], []]);
});

Deno.test("watchLoop() warns once when the loop stands still, and ends it once", async () => {
  await using loop = new Loop();
  loop.stops();
  await loop.clock.advance(WARN_AFTER_MS - 1);
  assert.deepEqual(loop.late, []);
  await loop.clock.advance(1);
  assert.deepEqual(loop.late, [WARN_AFTER_MS]);
  await loop.clock.advance(END_AFTER_MS - WARN_AFTER_MS - 1);
  assert.deepEqual(loop.stuck, []);
  await loop.clock.advance(1);
  await loop.ended;
  await loop.clock.advance(24 * 3_600_000);
  assert.deepEqual([loop.late, loop.stuck], [[WARN_AFTER_MS], [END_AFTER_MS]]);
});

Deno.test("watchLoop() warns anew when the loop has turned in between, and counts anew", async () => {
  await using loop = new Loop();
  for (const warnings of [1, 2, 3]) {
    loop.stops();
    await loop.clock.advance(END_AFTER_MS - LOOK_MS);
    assert.deepEqual([loop.late.length, loop.stuck], [warnings, []]);
    loop.goesOn();
    await loop.clock.advance(LOOK_MS);
  }
  // As many late looks as it takes, but none of them in a row with this one.
  loop.stops(8 * 3_600_000);
  await loop.clock.advance(LOOK_MS);
  assert.deepEqual(loop.stuck, []);
});

Deno.test("watchLoop() forgives a loop that fell behind while the whole machine slept", async () => {
  await using loop = new Loop();
  loop.stops(8 * 3_600_000);
  await loop.clock.advance(LOOK_MS);
  assert.deepEqual(loop.stuck, []);
  assert.equal(loop.late.length, 1);
  loop.goesOn();
  await loop.clock.advance(24 * 3_600_000);
  assert.deepEqual([loop.late.length, loop.stuck], [1, []]);
});

Deno.test("watchLoop() ends a loop that stays behind after that, as soon as it has looked often enough", async () => {
  await using loop = new Loop();
  loop.stops(8 * 3_600_000);
  await loop.clock.advance(LATE_LOOKS * LOOK_MS - 1);
  assert.deepEqual(loop.stuck, []);
  await loop.clock.advance(1);
  assert.deepEqual([loop.late.length, loop.stuck.length], [1, 1]);
});

Deno.test("watchLoop() ends at once when it is told to, and takes no look after", async () => {
  const clock = new ManualClock();
  const stop = new AbortController();
  const never = () => assert.fail("it looked");
  const ended = watchLoop({ lagMs: never, clock, onLate: never, onStuck: never, signal: stop.signal });
  stop.abort();
  await ended;
  assert.deepEqual(clock.pendingMs, []);
  await watchLoop({ lagMs: never, clock, onLate: never, onStuck: never, signal: stop.signal });
});
