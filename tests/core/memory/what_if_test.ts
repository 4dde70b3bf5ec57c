import assert from "node:assert/strict";
import fc from "fast-check";
import { GIB } from "../../../src/core/jvm_flags.ts";
import type { MemoryPolicy } from "../../../src/core/memory/basis.ts";
import { CURABLE } from "../../../src/core/memory/cure.ts";
import { firstMemory, proven, renewed } from "../../../src/core/memory/memory.ts";
import type { Memory } from "../../../src/core/memory/memory.ts";
import { SIZED_REGIONS } from "../../../src/core/memory/plan.ts";
import { whatIf } from "../../../src/core/memory/what_if.ts";
import type { CauseClass } from "../../../src/core/verdict.ts";
import { ADJUST, bases, basisOf, deathBy, lived, MACHINE, memoryOf, WALL_MS } from "./memories.ts";

function suppose(
  memory: Memory,
  causes: readonly CauseClass[],
  limitBytes: number | null = null,
  policy: MemoryPolicy = ADJUST,
) {
  return whatIf(memory, { causes, limitBytes, policy, atMs: WALL_MS });
}

Deno.test("whatIf() tells of each death what the daemon would do, and which regions are others in the end", () => {
  const { before, deaths, after, changed } = suppose(memoryOf(MACHINE), ["heap-oom", "metaspace-oom"]);
  assert.deepEqual(deaths.map(({ reason }) => reason), [
    "heap 1 GiB → 2 GiB, because the last one ran out of heap",
    "metaspace 512 MiB → 1 GiB, because the last one ran out of room for classes",
  ]);
  assert.deepEqual([before.heap.bytes, after.heap.bytes], [GIB, 2 * GIB]);
  assert.deepEqual(changed, ["heap", "direct", "metaspace", "classSpace"]);
});

Deno.test("whatIf() supposes deaths of one day: after two of a kind nothing more is done", () => {
  const { deaths } = suppose(memoryOf(MACHINE), ["heap-oom", "heap-oom", "heap-oom"]);
  assert.deepEqual(deaths.map(({ changed }) => changed), [true, true, false]);
});

Deno.test("whatIf() takes a heap back that the machine refuses at the start", () => {
  const { deaths, after } = suppose(memoryOf(MACHINE), ["heap-oom", "heap-exceeds-machine"]);
  assert.match(
    deaths[1]?.reason ?? "",
    /^heap 2 GiB → 1 GiB.*, back to the last sizes that started, because/,
  );
  assert.equal(after.heap.bytes, GIB);
});

Deno.test("whatIf() with another limit is what a daemon with that limit starts with", () => {
  const learned = lived(memoryOf(MACHINE), deathBy("heap-oom")).memory;
  const limit = { bytes: 2 * GIB, source: "user" } as const;
  const { record: kept } = learned;
  const daemon = renewed(
    firstMemory(basisOf(limit), { kept, mode: "adjust", atMs: WALL_MS }),
    ADJUST,
    WALL_MS,
  );
  const { before, start, after } = suppose(learned, [], 2 * GIB);
  assert.deepEqual([before, start, after], [learned.plan, daemon.plan, daemon.plan]);
  assert.ok(start.heap.bytes < 2 * GIB);
});

Deno.test("whatIf() keeps to the mode", () => {
  for (const mode of ["suggest", "off"] as const) {
    const { deaths, changed } = suppose(memoryOf(MACHINE), ["heap-oom"], null, {
      mode,
      modeIsExplicit: true,
    });
    assert.match(deaths[0]?.reason ?? "", new RegExp(`^memory mode is "${mode}"`));
    assert.deepEqual(changed, []);
  }
});

Deno.test("whatIf() is the life of a daemon, death by death, on any machine; and changes nothing", () => {
  const causes = fc.array(fc.constantFrom(...CURABLE.filter((cause) => cause !== "heap-exceeds-machine")), {
    maxLength: 6,
  });
  fc.assert(fc.property(bases, causes, ([limit, wish], deaths) => {
    const memory = memoryOf(limit, wish);
    const text = JSON.stringify(memory);
    const outcome = suppose(memory, deaths);
    assert.equal(JSON.stringify(memory), text);
    const end = deaths.reduce((now, cause) => lived(now, deathBy(cause)).memory, proven(memory));
    assert.deepEqual(outcome.after, end.plan);
    const others = SIZED_REGIONS.filter((region) => end.plan[region].bytes !== memory.plan[region].bytes);
    assert.deepEqual(outcome.changed, others);
  }));
});
