import assert from "node:assert/strict";
import fc from "fast-check";
import { byteRangeOf } from "../../src/api/byte_range.ts";

Deno.test("byteRangeOf() reads one range, and gives the whole for what it does not understand", () => {
  const table: readonly (readonly [string | null, unknown])[] = [
    [null, null],
    ["bytes=0-9", { first: 0, last: 9 }],
    ["bytes=2-3", { first: 2, last: 3 }],
    ["bytes=2-", { first: 2, last: 9 }],
    ["bytes=9-99", { first: 9, last: 9 }],
    ["bytes=-3", { first: 7, last: 9 }],
    ["bytes=-99", { first: 0, last: 9 }],
    ["bytes=10-", "unsatisfiable"],
    ["bytes=10-11", "unsatisfiable"],
    ["bytes=-0", "unsatisfiable"],
    ["bytes=3-2", null],
    ["bytes=-", null],
    ["bytes=", null],
    ["bytes=0-1,4-5", null],
    ["bytes=1.5-2", null],
    ["bytes=--1", null],
    ["bytes=0x1-2", null],
    ["lines=0-1", null],
    ["bytes=99999999999999999999-", null],
  ];
  for (const [header, wanted] of table) assert.deepEqual(byteRangeOf(header, 10), wanted, header ?? "none");
  assert.equal(byteRangeOf("bytes=0-", 0), "unsatisfiable");
});

Deno.test("byteRangeOf() never leaves the file", () => {
  const part = fc.option(fc.nat({ max: 40 }).map(String), { nil: "" });
  fc.assert(fc.property(part, part, fc.nat({ max: 20 }), (from, to, bytes) => {
    const range = byteRangeOf(`bytes=${from}-${to}`, bytes);
    if (range === null || range === "unsatisfiable") return;
    assert.ok(0 <= range.first && range.first <= range.last && range.last < bytes);
  }));
});
