import assert from "node:assert/strict";
import fc from "fast-check";
import { firstMemory } from "../../../src/core/memory/memory.ts";
import { readMemoryRecord, renderMemoryRecord } from "../../../src/core/memory/record_text.ts";
import { CURABLE } from "../../../src/core/memory/cure.ts";
import {
  ADJUST,
  bases,
  basisOf,
  deathBy,
  EXPLICIT,
  lived,
  memoryOf,
  pinnedHeap,
  WALL_MS,
} from "./memories.ts";

const lives = fc.tuple(
  bases,
  fc.array(fc.record({ cause: fc.constantFrom(...CURABLE), fillMs: fc.option(fc.nat()) }), { maxLength: 9 }),
).map(([[limit, wish], deaths]) => {
  let memory = memoryOf(limit, { ...wish, ...pinnedHeap(700) });
  deaths.forEach(({ cause, fillMs }, index) => {
    memory = lived(memory, deathBy(cause, { fillMs, atMs: WALL_MS + index }), EXPLICIT).memory;
  });
  return memory;
});

Deno.test("what is remembered is read back as it was, and leads to the same plan", () => {
  fc.assert(fc.property(lives, ({ basis, record, plan }) => {
    const kept = readMemoryRecord(renderMemoryRecord(record));
    assert.deepEqual(kept, JSON.parse(JSON.stringify(record)));
    assert.ok(typeof kept !== "string");
    const again = firstMemory(basis, { kept, mode: "adjust", atMs: WALL_MS });
    assert.deepEqual(again.plan, plan);
  }));
});

Deno.test("a damaged record is named, and never read by halves", () => {
  const whole = renderMemoryRecord(
    lived(memoryOf(basisOf({ bytes: 2 ** 33, source: "machine" }).limit), deathBy("heap-oom"), ADJUST).memory
      .record,
  );
  const table: readonly (readonly [string, RegExp])[] = [
    ["", /^it is not JSON$/],
    ["[]", /^it is not a JSON object$/],
    ["null", /^it is not a JSON object$/],
    [whole.replace('"version": 1', '"version": 2'), /^it is not of version 1$/],
    [whole.replace('"region": "heap"', '"region": "heaps"'), /^steps\[0\]\.region is not one of heap, /],
    [whole.replace(/"bytes": \d+/, '"bytes": 0'), /^sizes\.heap\.bytes is not a number above 0$/],
    [whole.replace(/"bytes": \d+/, '"bytes": "2g"'), /^sizes\.heap\.bytes is not a number above 0$/],
    [whole.replace(/"calmSinceMs": \d+/, '"calmSinceMs": null'), /^calmSinceMs is not a number from 0 up$/],
    [whole.replace(/"provenance": "adjusted"/, '"provenance": "pinned"'), /^sizes\.heap\.provenance is not /],
  ];
  for (const [text, problem] of table) {
    const kept = readMemoryRecord(text);
    assert.ok(typeof kept === "string", text);
    assert.match(kept, problem);
  }
  const unknown = readMemoryRecord(whole.replace('"cause": "heap-oom"', '"cause": "not-yet-known"'));
  assert.ok(typeof unknown !== "string");
  assert.equal(unknown.steps[0]?.cause, "unknown");
});

Deno.test("no text makes reading fail", () => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
    assert.equal(typeof readMemoryRecord(text), "string");
  }));
  fc.assert(fc.property(lives, fc.nat(), fc.string({ maxLength: 3 }), ({ record }, at, junk) => {
    const text = renderMemoryRecord(record);
    const cut = at % text.length;
    readMemoryRecord(text.slice(0, cut) + junk + text.slice(cut + junk.length));
  }));
});
