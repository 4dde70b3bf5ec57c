import assert from "node:assert/strict";
import type { OpenGeneration } from "../../src/core/ledger/ledger.ts";
import type { ProcessVitals } from "../../src/core/watch/vitals.ts";
import { OWNER_VARIABLE } from "../../src/gateway/start.ts";
import { endOrphans } from "../../src/supervisor/leftovers.ts";
import type { Orphan } from "../../src/supervisor/leftovers.ts";
import { ManualClock } from "../fakes/manual_clock.ts";
import { ScriptedMachine } from "../fakes/scripted_machine.ts";

const OWNER = "/state";
const BOOT = "one boot";
const SELF = 99;

/** A machine on which a daemon was killed, and one that looks for what it left. */
class Aftermath {
  readonly machine = new ScriptedMachine();
  readonly clock = new ManualClock();
  open: OpenGeneration[] = [];

  /** A process that lives; `marked` says whose it is. */
  lives(pid: number, { startTicks = 10 * pid, marked = OWNER, state = "S" } = {}): void {
    const vitals: ProcessVitals = { state, startTicks, cpuMs: 0, tracerPid: 0, residentBytes: 2 ** 27 };
    this.machine.vitals.set(pid, vitals);
    this.machine.environments.set(pid, [`${OWNER_VARIABLE}=${marked}`]);
  }

  gone(pid: number): void {
    this.machine.vitals.delete(pid);
    this.machine.environments.delete(pid);
  }

  /** A gateway of which the ledger knows the start. */
  recorded(generation: number, pid: number, changes: Partial<OpenGeneration> = {}): void {
    this.open.push({ generation, pid, startTicks: 10 * pid, bootId: BOOT, ...changes });
  }

  begin(): { readonly orphans: Promise<readonly Orphan[]>; readonly isDone: () => boolean } {
    const { machine, clock, open } = this;
    let done = false;
    const orphans = endOrphans({ owner: OWNER, open, machine, clock, selfPid: SELF }).then((found) => {
      done = true;
      return found;
    });
    return { orphans, isDone: () => done };
  }

  /** Lets as much time pass as there is. */
  async end(): Promise<readonly Orphan[]> {
    const { orphans } = this.begin();
    await this.clock.advance(60_000);
    return await orphans;
  }
}

Deno.test("endOrphans() finds nothing and takes no time where nothing is left", async () => {
  const world = new Aftermath();
  world.recorded(1, 7);
  const { orphans } = world.begin();
  assert.deepEqual(await orphans, []);
  assert.equal(world.clock.nowMs(), 0);
});

Deno.test("endOrphans() lets who ends by itself within 5 s end in peace", async () => {
  const world = new Aftermath();
  world.lives(7);
  world.recorded(3, 7);
  const { orphans, isDone } = world.begin();
  await world.clock.advance(4_900);
  assert.equal(isDone(), false);
  world.gone(7);
  await world.clock.advance(50);
  assert.deepEqual(await orphans, [{ pid: 7, generation: 3, how: "ended by itself" }]);
  assert.deepEqual(world.machine.killed, []);
});

Deno.test("endOrphans() kills who is left after 5 s, each once, and waits until it is gone", async () => {
  const world = new Aftermath();
  for (const pid of [7, 8]) world.lives(pid);
  world.recorded(3, 7);
  const { orphans } = world.begin();
  await world.clock.advance(4_999);
  assert.deepEqual(world.machine.killed, []);
  await world.clock.advance(1);
  assert.deepEqual(world.machine.killed, [7, 8]);
  await world.clock.advance(50);
  assert.deepEqual(await orphans, [
    { pid: 7, generation: 3, how: "killed" },
    { pid: 8, generation: null, how: "killed" },
  ]);
});

Deno.test("endOrphans() tells who would not die, after 10 s", async () => {
  const world = new Aftermath();
  for (const pid of [7, 8]) world.lives(pid);
  world.machine.undying.add(8);
  const { orphans, isDone } = world.begin();
  await world.clock.advance(9_999);
  assert.equal(isDone(), false);
  await world.clock.advance(1);
  assert.deepEqual(await orphans, [
    { pid: 7, generation: null, how: "killed" },
    { pid: 8, generation: null, how: "would not die" },
  ]);
});

Deno.test("endOrphans() believes the ledger only with start time and boot, and never a name or a number", async () => {
  const strangers: readonly Partial<OpenGeneration>[] = [
    { startTicks: 71 },
    { startTicks: null },
    { bootId: "another boot" },
    { bootId: null },
  ];
  for (const changes of strangers) {
    const world = new Aftermath();
    world.lives(7, { marked: "/another/state" });
    world.recorded(3, 7, changes);
    assert.deepEqual(await world.end(), []);
    assert.deepEqual(world.machine.killed, []);
  }
  const nameless = new Aftermath();
  nameless.machine.boot = null;
  nameless.lives(7, { marked: "/another/state" });
  nameless.recorded(3, 7, { bootId: null });
  assert.deepEqual(await nameless.end(), []);
  const ours = new Aftermath();
  ours.lives(7, { marked: "/another/state" });
  ours.recorded(3, 7);
  assert.deepEqual(await ours.end(), [{ pid: 7, generation: 3, how: "killed" }]);
});

Deno.test("endOrphans() leaves itself, zombies and the dead alone", async () => {
  const world = new Aftermath();
  world.lives(SELF);
  world.recorded(1, SELF);
  world.lives(7, { state: "Z" });
  world.recorded(2, 7);
  world.lives(8, { state: "X" });
  // Marked, and gone before it could be looked at.
  world.machine.environments.set(9, [`${OWNER_VARIABLE}=${OWNER}`]);
  assert.deepEqual(await world.end(), []);
  assert.deepEqual(world.machine.killed, []);
});

Deno.test("endOrphans() counts a killed process as gone when only its zombie is left", async () => {
  const world = new Aftermath();
  world.lives(7);
  world.machine.undying.add(7);
  const { orphans } = world.begin();
  await world.clock.advance(5_000);
  world.lives(7, { state: "Z" });
  await world.clock.advance(50);
  assert.deepEqual(await orphans, [{ pid: 7, generation: null, how: "killed" }]);
});

Deno.test("endOrphans() never hits a pid that was passed on, at whatever moment that was", async () => {
  const early = new Aftermath();
  early.lives(7);
  early.recorded(3, 7);
  const first = early.begin();
  await early.clock.advance(1_000);
  early.lives(7, { startTicks: 71, marked: "/another/state" });
  await early.clock.advance(50);
  assert.deepEqual(await first.orphans, [{ pid: 7, generation: 3, how: "ended by itself" }]);
  // Between the look at everybody and the last look before the kill.
  for (const successor of [71, null]) {
    const late = new Aftermath();
    late.lives(7);
    late.recorded(3, 7);
    late.machine.undying.add(7);
    const { machine } = late;
    let looksWhenDue = 0;
    const process = machine.process.bind(machine);
    machine.process = (pid) => {
      // Once for the ledger, once for the mark; the third look is the one before the kill.
      if (late.clock.nowMs() >= 5_000 && ++looksWhenDue === 3) {
        if (successor === null) late.gone(7);
        else late.lives(7, { startTicks: successor, marked: "/another/state" });
      }
      return process(pid);
    };
    assert.deepEqual(await late.end(), [{ pid: 7, generation: 3, how: "ended by itself" }]);
    assert.deepEqual(machine.killed, []);
  }
});

Deno.test("endOrphans() does not take a stranger for ours who gets the pid while it is looked at", async () => {
  const world = new Aftermath();
  world.lives(6);
  world.lives(7);
  const { machine, clock } = world;
  const process = machine.process.bind(machine);
  machine.process = (pid) => {
    // The mark was seen on the one before.
    if (pid === 7 && clock.nowMs() === 5_000) world.lives(7, { startTicks: 71, marked: "/another/state" });
    return process(pid);
  };
  const orphans = await world.end();
  assert.deepEqual(orphans.find(({ pid }) => pid === 6)?.how, "killed");
  assert.ok(!machine.killed.includes(7));
});

Deno.test("endOrphans() also ends who is made meanwhile, such as the workers of a worker", async () => {
  const world = new Aftermath();
  world.lives(7);
  world.machine.undying.add(7);
  const { orphans } = world.begin();
  await world.clock.advance(5_000);
  world.lives(8);
  await world.clock.advance(50);
  world.machine.undying.delete(7);
  await world.clock.advance(50);
  assert.deepEqual(world.machine.killed, [7, 7, 7, 8]);
  await world.clock.advance(50);
  assert.deepEqual(await orphans, [
    { pid: 7, generation: null, how: "killed" },
    { pid: 8, generation: null, how: "killed" },
  ]);
});
