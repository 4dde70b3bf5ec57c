import assert from "node:assert/strict";
import { GIB, MIB } from "../../../src/core/jvm_flags.ts";
import { ignoredHeap, parseSparkSize } from "../../../src/core/memory/asked_heap.ts";
import { MACHINE, memoryOf, pinnedHeap } from "./memories.ts";

Deno.test("sizes are read as Spark reads them", () => {
  const table: readonly (readonly [string, number | null])[] = [
    ["2g", 2 * GIB],
    ["2GB", 2 * GIB],
    [" 512m ", 512 * MIB],
    ["4096", 4096 * MIB],
    ["100b", 100],
    ["1.5g", null],
    ["much", null],
    ["", null],
  ];
  for (const [text, bytes] of table) assert.equal(parseSparkSize(text), bytes, text);
});

Deno.test("a program is told when the heap it asks for cannot take effect any more", () => {
  const memory = memoryOf(MACHINE);
  assert.match(
    ignoredHeap("4g", memory) ?? "",
    /^the program sets spark.driver.memory to 4 GiB, .* its heap is 1 GiB. Start the gateway with --heap 4g$/,
  );
  for (const asked of [null, "1g", "1024m", "nonsense"]) assert.equal(ignoredHeap(asked, memory), null);
  // The gateway's own configuration, which every context of it has too.
  assert.equal(ignoredHeap("2g", memoryOf(MACHINE, { heapBytes: GIB, ...pinnedHeap(2048) })), null);
});
