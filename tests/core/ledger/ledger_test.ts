import assert from "node:assert/strict";
import fc from "fast-check";
import { byteLength, newestGenerations, readLedger } from "../../../src/core/ledger/ledger.ts";
import { renderRecord } from "../../../src/core/ledger/ledger_record.ts";
import type { LedgerRecord } from "../../../src/core/ledger/ledger_record.ts";
import {
  anyRecord,
  AT,
  ENDED,
  LAUNCHED,
  plain,
  READY,
  render,
  SAMPLE_RECORDS,
  STARTED,
  text,
} from "./ledger_samples.ts";

Deno.test("readLedger() of nothing is nothing", () => {
  assert.deepEqual(readLedger(""), {
    records: [],
    lastGeneration: 0,
    open: [],
    tornBytes: 0,
    damagedLines: 0,
    keptText: "",
    lostText: "",
  });
});

Deno.test("readLedger() reads back what renderRecord() wrote, of every kind", () => {
  const { records, keptText, lostText } = readLedger(render(SAMPLE_RECORDS));
  assert.deepEqual(records, SAMPLE_RECORDS);
  assert.equal(keptText, render(SAMPLE_RECORDS));
  assert.equal(lostText, "");
});

Deno.test("renderRecord() is one line of ASCII, whatever the texts hold", () => {
  const odd = { ...ENDED, next: 'naïve → "😀"\n\r\u2028\ud800\0', signal: "\x7f" };
  const line = renderRecord(odd);
  assert.match(line, /^[\x20-\x7e]+\n$/);
  assert.deepEqual(readLedger(line).records, [{ ...ENDED, next: odd.next }]);
});

Deno.test("wherever the text is cut, every record before the cut is read and the rest is told", () => {
  fc.assert(fc.property(fc.array(anyRecord, { maxLength: 12 }), fc.nat(), (records, seed) => {
    const bytes = new TextEncoder().encode(render(records));
    const cut = seed % (bytes.length + 1);
    let end = 0;
    const whole: LedgerRecord[] = [];
    let wholeBytes = 0;
    for (const record of records) {
      end += byteLength(renderRecord(record));
      // Without its line end a record is as whole as with it.
      if (end - 1 > cut) break;
      whole.push(record);
      wholeBytes = end;
    }
    const read = readLedger(new TextDecoder().decode(bytes.subarray(0, cut)));
    assert.deepEqual(read.records, plain(whole));
    assert.equal(read.tornBytes, Math.max(0, cut - wholeBytes));
    assert.equal(read.damagedLines, 0);
    assert.equal(read.keptText, render(whole));
    assert.equal(byteLength(read.lostText), read.tornBytes);
    // What was kept and is written on is a ledger without a flaw.
    const mended = readLedger(read.keptText + renderRecord(LAUNCHED));
    assert.deepEqual(mended.records, plain([...whole, LAUNCHED]));
    assert.equal(mended.lostText, "");
  }));
});

Deno.test("garbage costs only the lines it touches", () => {
  const garbage = fc.uint8Array({ minLength: 1, maxLength: 300 });
  fc.assert(fc.property(fc.array(anyRecord, { minLength: 1, maxLength: 12 }), garbage, fc.nat(), (
    records,
    noise,
    seed,
  ) => {
    const bytes = new TextEncoder().encode(render(records));
    const from = seed % bytes.length;
    bytes.set(noise.subarray(0, bytes.length - from), from);
    const to = Math.min(bytes.length, from + noise.length);
    const read = readLedger(new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes));
    let begin = 0;
    const untouched = records.filter((record) => {
      const length = byteLength(renderRecord(record));
      begin += length;
      // The line end before it belongs to it: without that it is one line with its neighbour.
      return begin <= from || begin - length > to;
    });
    const seen = read.records.map((record) => JSON.stringify(record));
    for (const record of untouched) {
      const at = seen.indexOf(JSON.stringify(readLedger(renderRecord(record)).records[0]));
      assert.ok(at >= 0, `${JSON.stringify(record)} was lost`);
      seen.splice(at, 1);
    }
    assert.equal(readLedger(read.keptText).lostText, "");
    assert.deepEqual(readLedger(read.keptText).records, read.records);
  }));
});

Deno.test("readLedger() never throws, and every byte is either kept or lost", () => {
  const line = fc.oneof(text, fc.json(), fc.constantFrom("null", "[]", "7", '{"kind":{}}', "{", ""));
  fc.assert(fc.property(fc.array(line), (lines) => {
    const whole = lines.map((each) => each.replaceAll("\n", "") + "\n").join("");
    const { keptText, lostText } = readLedger(whole);
    const sorted = (all: string) => all.split("\n").sort().join("\n");
    assert.equal(sorted(keptText + lostText), sorted(whole));
  }));
});

Deno.test("readLedger() counts a torn end and damaged lines apart", () => {
  const good = renderRecord(LAUNCHED);
  for (
    const [whole, tornBytes, damagedLines] of [
      [`${good}{"kind":"rea`, 12, 0],
      [`${good}${"\0".repeat(8)}`, 8, 0],
      [`${good}rubbish\n`, 8, 0],
      [`rubbish\n${good}`, 0, 1],
      [`rubbish\n\xff\n${good}né`, 3, 2],
      [`\n${good}\n\n${good}`, 0, 0],
      [good.trimEnd(), 0, 0],
      [good.replace("\n", "\r\n"), 0, 0],
    ] as const
  ) {
    const read = readLedger(whole);
    assert.deepEqual([read.tornBytes, read.damagedLines], [tornBytes, damagedLines], whole);
    assert.ok(read.records.length > 0 && read.records.every((record) => record.kind === "launched"));
    assert.ok(read.keptText.endsWith("\n"));
  }
});

Deno.test("a start that was written before every size was reads, and has none", () => {
  const { sizes: _, ...older } = LAUNCHED;
  assert.deepEqual(readLedger(JSON.stringify(older)).records, [{ ...older, sizes: null }]);
});

Deno.test("a field of a wrong type damages its line, of every kind", () => {
  for (const record of SAMPLE_RECORDS) {
    for (const field of Object.keys(record).filter((name) => name !== "flags" && name !== "sizes")) {
      for (const wrong of [undefined, {}, []]) {
        const line = JSON.stringify({ ...record, [field]: wrong });
        assert.deepEqual(readLedger(line).records, [], line);
        assert.equal(readLedger(line).lostText, line);
      }
    }
  }
  for (
    const wrong of [
      ...[0, -1, 1.5, 2 ** 53, "42", null].map((each) => ({ ...STARTED, pid: each })),
      ...[0, -1, null].map((each) => ({ ...STARTED, generation: each })),
      { ...STARTED, startTicks: -1 },
      { ...LAUNCHED, heapBytes: -1 },
      ...[{}, [], "1g", { ...LAUNCHED.sizes, stack: -1 }].map((sizes) => ({ ...LAUNCHED, sizes })),
      { ...ENDED, exit: { code: 0 } },
      { ...ENDED, exit: { code: "0", signal: null } },
      { ...ENDED, exit: null },
      { ...ENDED, confidence: "perhaps" },
      { ...ENDED, wasReady: 1 },
      ...[[], null, 7, { MaxHeapSize: "1g" }].map((flags) => ({ ...READY, flags })),
    ]
  ) assert.deepEqual(readLedger(JSON.stringify(wrong)).records, [], JSON.stringify(wrong));
  assert.deepEqual(readLedger(JSON.stringify(LAUNCHED).replace(`${2 ** 30}`, "1e999")).records, []);
});

Deno.test("what a newer version writes is kept, and understood as far as it can be", () => {
  const lines = [
    { ...LAUNCHED, colour: "blue" },
    { kind: "rested", at: AT, generation: 9 },
    { kind: "toString", generation: -4 },
    { ...ENDED, class: "worn-out" },
  ].map((value) => `${JSON.stringify(value)}\n`).join("");
  const { records, keptText, lastGeneration, lostText } = readLedger(lines);
  assert.deepEqual(records, [LAUNCHED, { ...ENDED, class: "unknown" }]);
  assert.equal(lastGeneration, 9);
  assert.equal(keptText, lines);
  assert.equal(lostText, "");
});

Deno.test("open are the started generations that neither ended nor were ended", () => {
  const start = (generation: number): LedgerRecord => ({ ...STARTED, generation, pid: 40 + generation });
  const end = (generation: number): LedgerRecord => ({ ...ENDED, generation });
  const orphan = (generation: number | null): LedgerRecord => ({
    kind: "orphan",
    at: AT,
    how: "gone already",
    generation,
    pid: 1,
  });
  const open = (records: readonly LedgerRecord[]) =>
    readLedger(render(records)).open.map((each) => each.generation);
  assert.deepEqual(open([LAUNCHED]), []);
  assert.deepEqual(open([start(1), end(1), start(2), start(3), orphan(2)]), [3]);
  assert.deepEqual(open([start(1), start(2), orphan(null), end(7)]), [1, 2]);
  // A number that was given twice, because the disk was full.
  assert.deepEqual(open([start(1), end(1), start(1)]), [1]);
  assert.deepEqual(readLedger(render([start(4)])).open, [
    { generation: 4, pid: 44, startTicks: 7_000, bootId: "one boot" },
  ]);
});

Deno.test("lastGeneration is the greatest number, wherever it stands", () => {
  const numbers = [3, 12, 5].map((each): LedgerRecord => ({ ...LAUNCHED, generation: each }));
  assert.equal(readLedger(render(numbers)).lastGeneration, 12);
});

Deno.test("newestGenerations() keeps the newest and the greatest number, and little of the rest", () => {
  const records = Array.from({ length: 30 }, (_, index): readonly LedgerRecord[] => [
    { kind: "daemon", at: AT, pid: index + 1, version: "0.1.0" },
    { ...LAUNCHED, generation: index + 1 },
    { ...ENDED, generation: index + 1 },
  ]).flat();
  const kept = readLedger(newestGenerations(`rubbish\n${render(records)}`, 4));
  assert.deepEqual(kept.records, records.slice(-12));
  assert.equal(kept.lastGeneration, 30);
  assert.equal(kept.lostText, "");
  fc.assert(fc.property(fc.array(anyRecord), fc.integer({ min: 1, max: 5 }), (all, count) => {
    const before = readLedger(render(all));
    const after = readLedger(newestGenerations(render(all), count));
    assert.equal(after.lastGeneration, before.lastGeneration);
    assert.ok(
      new Set(after.records.flatMap((each) => "generation" in each ? each.generation ?? [] : [])).size <=
        count,
    );
  }));
});
