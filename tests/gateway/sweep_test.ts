import assert from "node:assert/strict";
import { sweep } from "../../src/gateway/sweep.ts";
import type { SweepOptions } from "../../src/gateway/sweep.ts";
import { ManualClock } from "../fakes/manual_clock.ts";
import { MemoryFiles } from "../fakes/memory_files.ts";
import { ScriptedMachine } from "../fakes/scripted_machine.ts";

const SESSION = 1001;

/** What a JVM has left. */
class Left {
  readonly clock = new ManualClock();
  readonly machine = new ScriptedMachine();
  readonly files = new MemoryFiles({
    "/run/g1/gc.log": "",
    "/run/g2/gc.log": "",
    "/tmp/spark-1/blockmgr/00/temp": "",
  });

  sweep(changes: Partial<SweepOptions> = {}): Promise<void> {
    return sweep({ ...this, session: SESSION, folders: ["/run/g1", "/tmp/spark-1"], ...changes });
  }

  get folders(): readonly string[] {
    const there = [...this.files.tree("/run"), ...this.files.tree("/tmp")];
    return ["/run/g1", "/run/g2", "/tmp/spark-1"].filter((folder) => there.includes(folder));
  }
}

Deno.test("sweep() takes no time where nothing is left running", async () => {
  const left = new Left();
  left.machine.left.set(999, new Set([3001]));
  await left.sweep();
  assert.deepEqual(left.folders, ["/run/g2"]);
  assert.deepEqual([left.machine.killed, left.clock.nowMs(), left.clock.pendingMs], [[], 0, []]);
});

Deno.test("sweep() ends every process of the session, also one that came meanwhile, before it removes", async () => {
  const left = new Left();
  const { machine, clock, files } = left;
  machine.left.set(SESSION, new Set([2001, 2002]));
  const sweeping = left.sweep();
  await clock.advance(0);
  assert.deepEqual(machine.killed, [2001, 2002]);
  machine.left.get(SESSION)?.add(2003);
  await clock.advance(20);
  assert.deepEqual(machine.killed, [2001, 2002, 2003]);
  assert.deepEqual(files.changes, []);
  await clock.advance(20);
  await sweeping;
  assert.deepEqual(files.changes, ["remove /run/g1", "remove /tmp/spark-1"]);
});

Deno.test("sweep() waits two seconds for a process that does not die, then removes all the same", async () => {
  const left = new Left();
  const { machine, clock, files } = left;
  machine.left.set(SESSION, new Set([2001]));
  machine.undying.add(2001);
  const sweeping = left.sweep();
  await clock.advance(2_000);
  assert.deepEqual(files.changes, []);
  await clock.advance(20);
  await sweeping;
  assert.deepEqual(left.folders, ["/run/g2"]);
  assert.deepEqual(clock.pendingMs, []);
});

Deno.test("sweep() looks for no processes where there never was one", async () => {
  const left = new Left();
  left.machine.sessionMembers = () => assert.fail("there is no session");
  await left.sweep({ session: null });
  assert.deepEqual(left.folders, ["/run/g2"]);
});

Deno.test("sweep() leaves what cannot be removed, and removes the rest", async () => {
  const left = new Left();
  left.files.disk = (operation, path) => {
    if (operation === "remove" && path === "/run/g1") throw new Error("Device or resource busy");
  };
  await left.sweep();
  assert.deepEqual(left.folders, ["/run/g1", "/run/g2"]);
});
