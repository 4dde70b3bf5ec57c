import assert from "node:assert/strict";
import fc from "fast-check";
import { gcVitalsOf, parsePerfData } from "../../src/incident/hsperfdata.ts";
import { damaged } from "../damage.ts";
import { fuzz } from "../fuzz.ts";
import { entriesOf, perfDataFile } from "./perf_data_file.ts";

const FILES = [
  perfDataFile(entriesOf()),
  perfDataFile(entriesOf(), { little: false }),
  perfDataFile(entriesOf({ "sun.gc.cause": "Ergonomics", "sun.gc.metaspace.used": 70 })),
  perfDataFile([]),
];

/** One of a file's numbers of four bytes, and what is put in its place. */
const number = fc.tuple(
  fc.nat({ max: 400 }),
  fc.oneof(fc.constantFrom(0, 1, -1, 19, 20, 31, 32, 2 ** 31 - 1, -(2 ** 31)), fc.integer(), fc.nat(200)),
);
const files = fc.tuple(damaged(FILES), fc.array(number, { maxLength: 3 })).map(([bytes, numbers]) => {
  const changed = bytes.slice();
  const view = new DataView(changed.buffer);
  for (const [at, value] of numbers) {
    if (4 * at + 4 <= changed.length) view.setInt32(4 * at, value, (changed[4] ?? 0) === 1);
  }
  return changed;
});

fuzz(
  "performance data, damaged anyhow: read without an exception, and nothing told that is not in the bytes",
  5000,
  fc.property(files, fc.uint8Array({ maxLength: 64 }), (bytes, around) => {
    const data = parsePerfData(bytes);
    // What lies before and behind in a larger buffer makes no difference.
    const larger = Uint8Array.from([...around, ...bytes, ...around]);
    assert.deepEqual(parsePerfData(larger.subarray(around.length, around.length + bytes.length)), data);
    if (data === null) return;
    const entries = [...data];
    // No two entries share a byte.
    assert.ok(entries.length <= bytes.length / 20);
    const letters = entries.reduce((sum, [name, value]) => sum + name.length + String(value).length, 0);
    assert.ok(letters <= 2 * bytes.length, `${letters} letters of ${bytes.length} bytes`);
    const vitals = gcVitalsOf(data);
    if (vitals === null) return;
    for (const [name, value] of Object.entries(vitals)) {
      if (typeof value === "number") assert.ok(Number.isFinite(value) && value >= 0, `${name} is ${value}`);
    }
  }),
);
