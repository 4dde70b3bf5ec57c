import assert from "node:assert/strict";
import type { Way } from "../../src/core/watch/signs.ts";
import type { Dialer } from "../../src/ports.ts";
import { dialer as realDialer } from "../../src/runtime/net.ts";
import { beatUntil } from "../../src/supervisor/heartbeat.ts";
import { ManualClock } from "../fakes/manual_clock.ts";
import { FakePy4jServer } from "../fakes/py4j_server.ts";

const PERIOD_MS = 1_000;
const FRESH_MS = 2.5 * PERIOD_MS;

/** A heartbeat under way; ends, and must leave nothing behind, when it is disposed of. */
class Heart implements AsyncDisposable {
  readonly clock: ManualClock;
  /** The time that each answer over the kept connection took. */
  readonly latencies: number[] = [];
  fresh = 0;
  readonly misses: Way[] = [];
  readonly #server: FakePy4jServer;
  readonly #stop = new AbortController();
  readonly #ended: Promise<void>;
  readonly #first = Promise.withResolvers<void>();

  constructor(
    server: FakePy4jServer,
    { clock = new ManualClock(), dialer = realDialer as Dialer, secret = server.secret } = {},
  ) {
    this.clock = clock;
    this.#server = server;
    this.#ended = beatUntil({
      port: server.port,
      secret,
      periodMs: PERIOD_MS,
      clock,
      dialer,
      signal: this.#stop.signal,
      onBeat: (way, latencyMs) => {
        if (way === "kept") this.latencies.push(latencyMs);
        else this.fresh++;
        this.#first.resolve();
      },
      onMiss: (way) => void this.misses.push(way),
    });
  }

  /** Resolves at the first beat, and lets no time pass. */
  get firstBeat(): Promise<void> {
    return this.#first.promise;
  }

  /** Lets time pass until so many beats have been answered over the kept connection. */
  async beats(count: number): Promise<void> {
    await this.until(() => this.latencies.length >= count);
  }

  /** Lets the time between two beats pass, again and again, but none while an answer is waited for. */
  async until(reached: () => boolean): Promise<void> {
    while (!reached()) {
      const pending = this.clock.pendingMs;
      // Longer than any sleep between beats: the deadline of an answer.
      const asking = pending.some((ms) => ms > FRESH_MS);
      await this.clock.advance(asking ? 0 : pending[0] ?? 0);
    }
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    await this.#server.allClosed();
    assert.deepEqual(this.clock.pendingMs, []);
  }
}

/** How often somebody has connected. */
function connections({ requests }: FakePy4jServer): number {
  return requests.filter(([letter]) => letter === "A").length;
}

Deno.test("beatUntil() keeps its connection, and opens a fresh one every two and a half periods", async () => {
  await using server = new FakePy4jServer();
  await using heart = new Heart(server);
  await heart.beats(2);
  assert.deepEqual([connections(server), heart.fresh], [1, 0]);
  await heart.until(() => heart.fresh === 4);
  assert.ok(heart.latencies.length >= 10 && heart.latencies.length <= 11);
  assert.equal(heart.clock.nowMs(), 10 * PERIOD_MS);
  assert.equal(connections(server), 5);
  const calls = server.requests.filter(([letter]) => letter !== "A").map((request) => request.join(" "));
  assert.deepEqual(new Set(calls), new Set(["c z:java.lang.System currentTimeMillis"]));
  assert.equal(server.jvm.objectCount, 0);
  assert.deepEqual(heart.misses, []);
});

Deno.test("beatUntil() goes on over its old connection when no new ones are taken, and tells of each", async () => {
  await using server = new FakePy4jServer();
  let deaf = false;
  const dialer: Dialer = {
    dial: (port, signal) => deaf ? Promise.reject(new Error("refused")) : realDialer.dial(port, signal),
  };
  await using heart = new Heart(server, { dialer });
  await heart.beats(1);
  deaf = true;
  await heart.until(() => heart.misses.length === 4);
  assert.deepEqual(heart.misses, Array(4).fill("fresh"));
  assert.ok(heart.latencies.length >= 10);
  assert.equal(heart.fresh, 0);
});

Deno.test("beatUntil() asks again a period after it asked, and tells how long the answer took", async () => {
  const clock = new ManualClock();
  const slow: Dialer = {
    dial: async (port, signal) => {
      const connection = await realDialer.dial(port, signal);
      return {
        write: (bytes) => connection.write(bytes),
        close: () => connection.close(),
        read: async (buffer) => {
          await clock.advance(150);
          return await connection.read(buffer);
        },
      };
    },
  };
  await using server = new FakePy4jServer();
  await using heart = new Heart(server, { clock, dialer: slow });
  await heart.firstBeat;
  await clock.advance(0);
  // The secret's answer and the call's.
  assert.deepEqual(heart.latencies, [300]);
  assert.deepEqual(clock.pendingMs, [PERIOD_MS - 300, 2.5 * PERIOD_MS - 300]);
});

Deno.test("beatUntil() connects again after its connection was cut, and reports a miss in between", async () => {
  let cut = false;
  await using server = new FakePy4jServer({
    deliver: (line, [letter]) => ({ pieces: [`${line}\n`], close: cut && letter === "c" }),
  });
  await using heart = new Heart(server);
  await heart.beats(1);
  cut = true;
  await heart.beats(2);
  await server.allClosed();
  cut = false;
  await heart.beats(3);
  // The kept one, the one in its place, and a fresh one.
  assert.equal(connections(server), 3);
  // The second beat came after one period; the cut connection cost the third one.
  assert.equal(heart.clock.nowMs(), 3 * PERIOD_MS);
  assert.deepEqual(heart.misses, ["kept"]);
});

Deno.test("beatUntil() takes four seconds for a miss, and tries another connection then", async () => {
  let silent = true;
  await using server = new FakePy4jServer({
    deliver: (line, [letter]) => ({ pieces: silent && letter === "c" ? [] : [`${line}\n`] }),
  });
  await using heart = new Heart(server);
  await server.received(2);
  await heart.clock.advance(FRESH_MS);
  await server.received(4);
  await heart.clock.advance(3_999 - FRESH_MS);
  assert.deepEqual([connections(server), heart.misses], [2, []]);
  silent = false;
  await heart.clock.advance(1);
  await server.received(6);
  assert.deepEqual([connections(server), heart.misses], [3, ["kept"]]);
  await heart.clock.advance(0);
  await heart.clock.advance(FRESH_MS);
  assert.deepEqual(heart.misses, ["kept", "fresh"]);
  await heart.beats(1);
});

Deno.test("beatUntil() goes on trying where nothing listens", async () => {
  await using server = new FakePy4jServer();
  const clock = new ManualClock();
  let refused = 3;
  const dialer: Dialer = {
    dial: (port, signal) =>
      refused-- > 0 ? Promise.reject(new Error("Connection refused")) : realDialer.dial(port, signal),
  };
  await using heart = new Heart(server, { clock, dialer });
  for (const left of [2, 1, 0]) {
    await clock.advance(0);
    assert.equal(refused, left);
    await clock.advance(PERIOD_MS);
  }
  await heart.beats(1);
});

Deno.test("beatUntil() goes on trying where its secret is refused", async () => {
  await using server = new FakePy4jServer();
  await using stranger = new Heart(server, { secret: "wrong" });
  await stranger.until(() => connections(server) === 6);
  assert.deepEqual(stranger.latencies, []);
});

Deno.test("beatUntil() ends at once, wherever it is, and leaves no connection behind", async () => {
  await using server = new FakePy4jServer();
  {
    await using waiting = new Heart(server);
    await waiting.beats(3);
  }
  await using silent = new FakePy4jServer({ deliver: () => ({ pieces: [] }) });
  {
    await using _asking = new Heart(silent);
    await silent.received(1);
  }
  const never = { dial: () => assert.fail("it dialled") };
  await beatUntil({
    ...{
      port: server.port,
      secret: server.secret,
      periodMs: PERIOD_MS,
      clock: new ManualClock(),
      dialer: never,
    },
    signal: AbortSignal.abort(),
    onBeat: () => assert.fail("it beat"),
    onMiss: () => assert.fail("it missed"),
  });
});
