import assert from "node:assert/strict";
import fc from "fast-check";
import { memoryErrors, parseExceptionCounts } from "../../../src/core/hs_err/exception_counts.ts";
import { numbered, report } from "./hs_err_fixtures.ts";

const HEADING = "OutOfMemory and StackOverflow Exception counts:";

Deno.test("parseExceptionCounts() reads every count", () => {
  const lines = numbered([
    "VM Mutex/Monitor currently owned by a thread: None",
    HEADING,
    "OutOfMemoryError java_heap_errors=3",
    "OutOfMemoryError metaspace_errors=2",
    "OutOfMemoryError class_metaspace_errors=1",
    "StackOverflowErrors=7",
    "LinkageErrors=46",
    "",
    "Heap address: 0x00000000e0000000",
  ]);
  const counts = parseExceptionCounts(lines);
  assert.deepEqual(counts, {
    heap: 3,
    metaspace: 2,
    classSpace: 1,
    stackOverflows: 7,
    linkage: 46,
    lines: lines.slice(2, 7),
  });
  assert.equal(memoryErrors(counts), 6);
});

Deno.test("parseExceptionCounts() reads real reports, and the first section only", () => {
  for (const name of ["unsafe-after-errors-17.log", "unsafe-after-errors-25.log"]) {
    const lines = report(name);
    const twice = [...lines, ...numbered([HEADING, "OutOfMemoryError java_heap_errors=9"])];
    for (const input of [lines, twice]) {
      const counts = parseExceptionCounts(input);
      assert.deepEqual([counts?.heap, counts?.stackOverflows, counts?.linkage], [2, 1, 0]);
    }
  }
  assert.equal(parseExceptionCounts(report("native-library-25.log")), null);
});

Deno.test("parseExceptionCounts() takes a section cut anywhere, and lines in between", () => {
  assert.equal(parseExceptionCounts(numbered([HEADING]))?.heap, 0);
  assert.equal(
    parseExceptionCounts(numbered([HEADING, "", "noise", "StackOverflowErrors=7"]))?.stackOverflows,
    7,
  );
  fc.assert(fc.property(fc.array(fc.string()), (texts) => {
    parseExceptionCounts(numbered([HEADING, ...texts]));
  }));
});
