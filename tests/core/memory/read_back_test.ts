import assert from "node:assert/strict";
import { GIB, MIB } from "../../../src/core/jvm_flags.ts";
import { SIZED_REGIONS } from "../../../src/core/memory/plan.ts";
import { describeDifference, differences } from "../../../src/core/memory/read_back.ts";
import { FLAG_OF } from "../../../src/core/memory/region.ts";
import { MACHINE, memoryOf } from "./memories.ts";

const { plan } = memoryOf(MACHINE);

Deno.test("differences() finds each region that the JVM has otherwise, and no other", () => {
  const confirmed = Object.fromEntries(SIZED_REGIONS.map((region) => [FLAG_OF[region], plan[region].bytes]));
  assert.deepEqual(differences(plan, confirmed), []);
  for (const region of SIZED_REGIONS) {
    const plannedBytes = plan[region].bytes;
    const runningBytes = 2 * plannedBytes;
    const found = differences(plan, { ...confirmed, [FLAG_OF[region]]: runningBytes });
    assert.deepEqual(found, [{ region, plannedBytes, runningBytes }]);
  }
});

Deno.test("differences() takes what is not told, and what HotSpot rounds, for no difference", () => {
  assert.deepEqual(differences(plan, {}), []);
  assert.deepEqual(differences(plan, { MaxHeapSize: null }), []);
  assert.deepEqual(differences(plan, { CompressedClassSpaceSize: plan.classSpace.bytes + 8 * MIB }), []);
  assert.deepEqual(differences(plan, { ThreadStackSize: plan.stack.bytes + 4096 }), []);
  assert.equal(differences(plan, { ThreadStackSize: plan.stack.bytes + MIB / 2 }).length, 1);
});

Deno.test("describeDifference() names the region, the flag and both sizes", () => {
  const words = (flags: Record<string, number>) => differences(plan, flags).map(describeDifference);
  assert.deepEqual(words({ MaxHeapSize: 2 * GIB }), [
    "heap: the JVM has 2 GiB (MaxHeapSize), the plan says 1 GiB",
  ]);
  assert.deepEqual(words({ MaxDirectMemorySize: 0 }), [
    "direct buffers: the JVM has HotSpot's own default (MaxDirectMemorySize), the plan says 256 MiB",
  ]);
});
