import assert from "node:assert/strict";
import { GIB, MIB } from "../../../src/core/jvm_flags.ts";
import type { MemoryPolicy } from "../../../src/core/memory/basis.ts";
import { sizesOf } from "../../../src/core/memory/record.ts";
import type { Sizes, Use } from "../../../src/core/memory/record.ts";
import { replay } from "../../../src/core/memory/replay.ts";
import type { KeptDeath } from "../../../src/core/memory/replay.ts";
import type { CauseClass } from "../../../src/core/verdict.ts";
import { ADJUST, basisOf, DAY_MS, deathBy, lived, MACHINE, memoryOf, WALL_MS } from "./memories.ts";

const LEFT = { changed: false, reason: 'memory mode is "off", so nothing changes' };

function kept(
  cause: CauseClass,
  sizes: Partial<Sizes>,
  { then = LEFT, day = 0, fillMs = null as number | null, use = null as Use | null } = {},
): KeptDeath {
  return { ...deathBy(cause, { atMs: WALL_MS + day * DAY_MS, fillMs }), sizes, use, then };
}

function replayed(deaths: readonly KeptDeath[], policy: MemoryPolicy = ADJUST) {
  return replay(basisOf(MACHINE), policy, deaths);
}

Deno.test("replay() of what this policy did itself differs in nothing", () => {
  let memory = memoryOf(MACHINE);
  const causes: readonly CauseClass[] = [
    ...["heap-oom", "metaspace-oom", "heap-oom", "user-code-error"] as const,
    ...["killed-by-oom-killer", "heap-oom", "direct-memory-oom"] as const,
  ];
  const deaths = causes.map((cause, day) => {
    const death = kept(cause, sizesOf(memory.plan), { day });
    const { changed, reason, memory: next } = lived(memory, death);
    memory = next;
    return { ...death, then: { changed, reason } };
  });
  const answers = replayed(deaths);
  assert.deepEqual(answers.map(({ reason }) => reason), deaths.map(({ then }) => then.reason));
  assert.deepEqual(answers.map(({ differs }) => differs), deaths.map(() => false));
  assert.equal(answers.at(-1)?.nextHeapBytes, memory.plan.heap.bytes);
});

Deno.test("replay() spares what dies of a size that this policy had left behind", () => {
  const answers = replayed([kept("heap-oom", { heap: GIB }), kept("heap-oom", { heap: GIB }, { day: 1 })]);
  assert.deepEqual(answers.map(({ kind, differs }) => [kind, differs]), [["acted", true], ["spared", true]]);
  assert.equal(
    answers[1]?.reason,
    "heap would have been 2 GiB by then and not 1 GiB, so this death may not have come",
  );
  const lower = replayed([
    kept("killed-by-oom-killer", { heap: GIB }),
    kept("native-memory-oom", { heap: GIB }, { day: 1 }),
  ]);
  assert.deepEqual(lower.map(({ kind }) => kind), ["acted", "spared"]);
});

Deno.test("replay() goes on from a larger size that somebody had wished for", () => {
  const [answer] = replayed([kept("heap-oom", { heap: 4 * GIB })]);
  assert.equal(answer?.reason, "heap 4 GiB → 8 GiB, because the last one ran out of heap");
});

Deno.test("replay() acts on deaths of which the sizes are not known, and leaves what memory cannot cure", () => {
  const [first, second] = replayed([kept("heap-oom", {}), kept("unknown", {}, { day: 1 })]);
  assert.deepEqual([first?.kind, first?.heapBytes, first?.nextHeapBytes], ["acted", GIB, 2 * GIB]);
  assert.deepEqual([second?.kind, second?.differs], ["left", false]);
});

Deno.test("replay() sees a leak by how long the heaps took to fill", () => {
  const answers = replayed([
    kept("heap-oom", { heap: GIB }, { fillMs: 60_000 }),
    kept("heap-oom", { heap: 2 * GIB }, { fillMs: 120_000, day: 1 }),
  ]);
  assert.deepEqual(answers.map(({ kind }) => kind), ["acted", "left"]);
  assert.match(answers[1]?.reason ?? "", /a leak fills any heap/);
});

Deno.test("replay() learns what was used, and takes a heap back after a calm week", () => {
  const use = (day: number, besideBytes: number | null): Use => ({
    ...{ generation: 1, atMs: WALL_MS + day * DAY_MS, oldBytes: 100 * MIB, besideBytes },
    ...{ metaspaceBytes: null, pythonBytes: null },
  });
  const raised = kept("heap-oom", { heap: GIB }, { use: use(0, null) });
  const later = kept("user-code-error", {}, { day: 6, use: use(6, null) });
  const calm = replayed([raised, later, kept("user-code-error", {}, { day: 9 })]);
  assert.deepEqual(calm.map(({ heapBytes }) => heapBytes / MIB), [1024, 2048, 1536]);
  // So much beside the heap leaves less room to raise it.
  const hungry = replayed([
    kept("user-code-error", {}, { use: use(0, 16 * GIB) }),
    kept("heap-oom", { heap: GIB }, { day: 1 }),
  ]);
  assert.ok((hungry[1]?.nextHeapBytes ?? 0) < 2 * GIB);
});

Deno.test("replay() tells another size from the same in other words", () => {
  const reason = (next: string) => ({ changed: true, reason: `heap 1 GiB → ${next}, because of a whim` });
  for (const [next, differs] of [["2 GiB", false], ["1.5 GiB", true]] as const) {
    const [answer] = replayed([kept("heap-oom", { heap: 1024 * MIB }, { then: reason(next) })]);
    assert.equal(answer?.differs, differs);
  }
});

Deno.test("replay() of nothing is nothing", () => assert.deepEqual(replayed([]), []));
