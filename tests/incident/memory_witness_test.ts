import assert from "node:assert/strict";
import { GIB } from "../../src/core/jvm_flags.ts";
import { sizesOf } from "../../src/core/memory/record.ts";
import type { GcVitals, Look } from "../../src/core/watch/vitals.ts";
import { MemoryWitness, readMemoryFacts } from "../../src/incident/memory_witness.ts";
import { PLAN } from "../fakes/gateway_world.ts";
import { ManualClock } from "../fakes/manual_clock.ts";
import { LOOK } from "../core/samples.ts";

/** A look at an old generation of 1 GiB that is filled to this share. */
function filledTo(share: number): Look {
  const gc = { oldUsedBytes: share * GIB, oldMaxBytes: GIB, metaspaceBytes: 7, heapCommittedBytes: 9 };
  return { ...LOOK, process: null, gc: gc as GcVitals, pythonBytes: 5 };
}

Deno.test("a witness keeps the sizes, what was used and how long the heap took to fill; they can be read back", async () => {
  const clock = new ManualClock();
  const witness = new MemoryWitness(PLAN, clock);
  witness.look(filledTo(0.1));
  witness.look(filledTo(0.5));
  await clock.advance(40_000);
  witness.look(filledTo(0.9));
  const facts = witness.facts(3, true);
  assert.deepEqual(facts, {
    sizes: sizesOf(PLAN),
    wasReady: true,
    fillMs: 40_000,
    use: {
      ...{ generation: 3, atMs: clock.date().getTime(), oldBytes: 0.9 * GIB, metaspaceBytes: 7 },
      ...{ besideBytes: null, pythonBytes: 5 },
    },
  });
  assert.deepEqual(readMemoryFacts(JSON.parse(JSON.stringify({ memory: facts }))), facts);
});

Deno.test("of a gateway that nobody saw only the sizes are known", () => {
  const facts = new MemoryWitness(PLAN, new ManualClock()).facts(3, false);
  assert.deepEqual(facts, { sizes: sizesOf(PLAN), wasReady: false, fillMs: null, use: null });
});

Deno.test("of older manifests the sizes are what the JVM confirmed, and damaged facts are not known", () => {
  const unknown = { sizes: {}, wasReady: null, fillMs: null, use: null };
  assert.deepEqual(readMemoryFacts({ flags: { MaxHeapSize: GIB, MaxDirectMemorySize: 0 } }), {
    ...unknown,
    sizes: { heap: GIB },
    wasReady: true,
  });
  for (const memory of [undefined, null, 7, [], { sizes: { heap: "2g" }, fillMs: -1, use: { atMs: 1 } }]) {
    assert.deepEqual(readMemoryFacts({ memory }), unknown);
  }
});
