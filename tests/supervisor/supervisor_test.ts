import assert from "node:assert/strict";
import { DEFAULT_SETTINGS, initialState, PHASES } from "../../src/core/lifecycle.ts";
import type { PoolState } from "../../src/core/pool/pool.ts";
import { Supervisor } from "../../src/supervisor/supervisor.ts";
import { MEMORY } from "../fakes/gateway_world.ts";
import { ManualClock } from "../fakes/manual_clock.ts";
import { Loop } from "./loop.ts";
import { exited, READY, START, TWO_DEATHS, WAYS as WAYS_OF_ONE } from "./ways.ts";

/** A real loop does not stay where nothing is waited for. */
const WAYS = { ...WAYS_OF_ONE, backoff: TWO_DEATHS };

for (const phase of PHASES) {
  Deno.test(`a shutdown in phase ${phase} ends the gateway, then the loop`, async () => {
    const loop = new Loop();
    await loop.tell(...WAYS[phase]);
    assert.equal(loop.phase, phase);
    loop.obey();
    loop.supervisor.post({ kind: "shutdown", by: "a test" });
    await loop.clock.advance(DEFAULT_SETTINGS.collectTimeoutMs);
    await loop.finished;
    assert.equal(loop.phase, "stopped");
    assert.equal(loop.effects.filter(({ kind }) => kind === "finish").length, 1);
    assert.equal(loop.effects.at(-1)?.kind, "finish");
    assert.deepEqual(loop.clock.pendingMs, []);
    assert.deepEqual(loop.errors, []);
  });

  Deno.test(`a stop in phase ${phase} ends the gateway and leaves the loop running`, async () => {
    await using loop = new Loop();
    await loop.tell(...WAYS[phase]);
    loop.obey();
    loop.supervisor.post({ kind: "stop", by: "a test" });
    await loop.clock.advance(DEFAULT_SETTINGS.collectTimeoutMs);
    assert.equal(loop.phase, "stopped");
    assert.equal(loop.ended, false);
    await loop.tell({ kind: "start" });
    assert.equal(loop.phase, "starting");
  });
}

Deno.test("run() carries out what each input leads to, in order, and tells of every step", async () => {
  await using loop = new Loop();
  await loop.tell(...READY);
  assert.deepEqual(loop.news(), ["launch", "attach", "begin-heartbeat", "remember"]);
  assert.deepEqual(loop.changes.map(({ input }) => input), READY);
  const phases = loop.changes.map(({ before, after }) => `${before.gateway.phase} ${after.gateway.phase}`);
  assert.deepEqual(phases, ["stopped starting", "starting starting", "starting warming", "warming ready"]);
  assert.deepEqual(loop.changes[0]?.effects.map(({ kind }) => kind), ["launch"]);
  assert.equal(loop.changes.at(-1)?.after, loop.supervisor.state);
});

Deno.test("run() deals with what is reported inside an effect after the step, not within it", async () => {
  await using loop = new Loop();
  const seen: string[] = [];
  loop.onEffect = ({ kind }, report) => {
    if (kind !== "launch") return;
    report({ kind: "spawned", generation: 1, pid: 7, startTicks: null });
    report({ kind: "handshake", generation: 1 });
    seen.push(loop.phase);
  };
  await loop.tell({ kind: "start" });
  assert.deepEqual(seen, ["starting"]);
  assert.equal(loop.phase, "warming");
});

Deno.test("a deadline fires when it is due, and not a millisecond earlier", async () => {
  const { startTimeoutMs, attachTimeoutMs, stepTimeoutMs, collectTimeoutMs } = DEFAULT_SETTINGS;
  for (
    const [phase, waitMs, news] of [
      ["starting", startTimeoutMs, ["inspect"]],
      ["warming", attachTimeoutMs, ["inspect"]],
      ["stopping", stepTimeoutMs, ["SIGTERM"]],
      ["collecting", collectTimeoutMs, ["record", "launch"]],
      // Half of 0.4 s, by the random number.
      ["backoff", 200, ["launch"]],
    ] as const
  ) {
    await using loop = new Loop();
    await loop.tell(...WAYS[phase]);
    const steps = loop.changes.length;
    loop.news();
    await loop.clock.advance(waitMs - 1);
    assert.deepEqual([loop.phase, loop.changes.length], [phase, steps]);
    await loop.clock.advance(1);
    assert.deepEqual(loop.news(), news, phase);
  }
});

Deno.test("silence makes a gateway suspect, then ends it; each answer in between begins anew", async () => {
  await using loop = new Loop();
  const { suspectAfterMs, actAfterMs } = DEFAULT_SETTINGS;
  const suspect = () => {
    const { gateway } = loop.supervisor.state;
    return gateway.phase === "ready" ? gateway.condition?.kind === "silent" : gateway.phase;
  };
  await loop.tell(...READY);
  for (let beat = 0; beat < 20; beat++) {
    await loop.clock.advance(suspectAfterMs - 1);
    await loop.tell({ kind: "heartbeat", generation: 1, way: "kept" });
  }
  assert.equal(suspect(), false);
  await loop.clock.advance(suspectAfterMs - 1);
  assert.equal(suspect(), false);
  await loop.clock.advance(1);
  assert.equal(suspect(), true);
  await loop.tell({ kind: "heartbeat", generation: 1, way: "kept" });
  assert.equal(suspect(), false);
  await loop.clock.advance(actAfterMs - 1);
  assert.equal(suspect(), true);
  loop.news();
  await loop.clock.advance(1);
  assert.equal(suspect(), "stopping");
  assert.deepEqual(loop.news(), ["end-heartbeat", "inspect"]);
});

Deno.test("a gateway that obeys nothing is told again and again, each step in its time", async () => {
  const loop = new Loop();
  await loop.tell(...READY);
  loop.news();
  await loop.tell({ kind: "shutdown", by: "a test" });
  await loop.clock.advance(20_000);
  assert.deepEqual(loop.news(), ["end-heartbeat", "close-stdin", "SIGTERM", "SIGKILL", "SIGKILL", "SIGKILL"]);
  loop.obey();
  await loop.tell(exited());
  await loop.finished;
});

Deno.test("a second signal skips every step but the last", async () => {
  const loop = new Loop();
  await loop.tell(...READY);
  loop.news();
  await loop.tell({ kind: "shutdown", by: "SIGTERM" }, { kind: "kill" });
  assert.deepEqual(loop.news(), ["end-heartbeat", "close-stdin", "SIGKILL"]);
  loop.obey();
  await loop.tell(exited());
  await loop.finished;
});

Deno.test("what observers and the driver throw is told, and changes nothing", async () => {
  const errors: unknown[] = [];
  const watched = new Loop({
    onChange: () => {
      throw new Error("observer");
    },
    onError: (error) => void errors.push(error),
  });
  watched.onEffect = () => {
    throw new Error("driver");
  };
  await watched.tell(...READY);
  assert.equal(watched.phase, "ready");
  assert.deepEqual(watched.news(), ["launch", "attach", "begin-heartbeat", "remember"]);
  const reasons = errors.map((error) => error instanceof Error ? error.message : "");
  const [step, effect] = ["observer", "driver"];
  assert.deepEqual(reasons, [step, effect, step, step, effect, step, effect, effect]);
  watched.obey();
  await watched.tell({ kind: "shutdown", by: "a test" });
  await watched.finished;
});

Deno.test("an effect that throws keeps none of the others from being carried out", async () => {
  await using loop = new Loop();
  await loop.tell(...READY);
  loop.news();
  loop.onEffect = ({ kind }) => {
    if (kind === "end-heartbeat") throw new Error("stuck");
  };
  await loop.tell(exited());
  assert.deepEqual(loop.news(), ["end-heartbeat", "collect"]);
});

Deno.test("lagMs is how long the oldest input has been waiting", async () => {
  const clock = new ManualClock();
  const supervisor = new Supervisor({
    initial: initialState(MEMORY),
    settings: DEFAULT_SETTINGS,
    clock,
    driver: { perform: () => {} },
    random: () => 0,
    onChange: () => {},
    onError: () => {},
  });
  assert.equal(supervisor.lagMs, 0);
  // Nobody runs the loop yet: it is as stuck as it can be.
  supervisor.post({ kind: "stop", by: "a test" });
  await clock.advance(3_000);
  supervisor.post({ kind: "shutdown", by: "a test" });
  await clock.advance(1_000);
  assert.equal(supervisor.lagMs, 4_000);
  await supervisor.run();
  assert.equal(supervisor.state.gateway.phase, "stopped");
});

Deno.test("lagMs is nothing while the loop waits for its next deadline", async () => {
  await using loop = new Loop();
  await loop.tell(...START);
  await loop.clock.advance(50_000);
  assert.equal(loop.supervisor.lagMs, 0);
});

Deno.test("a loop that waits for nothing takes no step by itself, however long", async () => {
  await using loop = new Loop();
  await loop.clock.sleeping();
  assert.ok(loop.clock.pendingMs.every((ms) => ms < 2 ** 31));
  await loop.clock.advance(30 * 24 * 3_600_000);
  assert.deepEqual(loop.changes, []);
});

Deno.test("the loop tells its pulse of every turn, at least once a period, and of the last one", async () => {
  const phases: string[] = [];
  const pulse = {
    periodMs: 3_000,
    onTurn: ({ seats: [{ life }] }: PoolState) => void phases.push(life.gateway.phase),
  };
  const loop = new Loop({ pulse });
  await loop.tell(...READY);
  assert.deepEqual(phases, ["stopped", "starting", "starting", "warming", "ready"]);
  const before = phases.length;
  for (let turn = 1; turn <= 4; turn++) {
    await loop.clock.advance(2_999);
    await loop.clock.advance(1);
    assert.ok(phases.length >= before + turn);
  }
  await loop[Symbol.asyncDispose]();
  assert.equal(phases.at(-1), "stopped");
});

Deno.test("a pulse that throws is reported and stops nothing", async () => {
  await using loop = new Loop({
    pulse: {
      periodMs: 1_000,
      onTurn: () => {
        throw new Error("no pulse");
      },
    },
  });
  await loop.tell(...READY);
  assert.equal(loop.phase, "ready");
  assert.ok(loop.errors.length >= READY.length);
});
