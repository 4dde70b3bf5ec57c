import assert from "node:assert/strict";
import type { MemoryLeft } from "../../src/core/pool/pressure.ts";
import { watchMemory } from "../../src/supervisor/memory_watch.ts";
import { ManualClock } from "../fakes/manual_clock.ts";
import { ScriptedMachine } from "../fakes/scripted_machine.ts";

Deno.test("watchMemory() tells what is left until it is ended, and nothing where that is not known", async () => {
  const clock = new ManualClock();
  const machine = new ScriptedMachine();
  const looks: MemoryLeft[] = [];
  const end = new AbortController();
  const watching = watchMemory({ clock, machine, signal: end.signal, onLook: (left) => looks.push(left) });
  await clock.sleeping();
  assert.deepEqual(looks, []);
  machine.memory = { leftBytes: 1, limitBytes: 2 };
  await clock.advance(2_000);
  await clock.sleeping();
  assert.deepEqual(looks, [{ leftBytes: 1, limitBytes: 2 }]);
  end.abort();
  await watching;
  assert.deepEqual(clock.pendingMs, []);
});
