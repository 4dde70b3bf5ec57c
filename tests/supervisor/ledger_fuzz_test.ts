import assert from "node:assert/strict";
import fc from "fast-check";
import { byteLength, readLedger } from "../../src/core/ledger/ledger.ts";
import { renderRecord } from "../../src/core/ledger/ledger_record.ts";
import { anyRecord, plain } from "../core/ledger/ledger_samples.ts";
import { damaged } from "../damage.ts";
import { fuzz } from "../fuzz.ts";
import { Book, DAMAGED, launched, PATH } from "./book.ts";

const ledgers = fc.array(anyRecord, { minLength: 1, maxLength: 12 }).chain((records) => {
  const lines = plain(records).map(renderRecord);
  return damaged([lines.join("")]).map((bytes) => ({ lines, bytes }));
});

fuzz(
  "a ledger, damaged anyhow: every whole line before the damage is kept, and what is appended then is read",
  2000,
  fc.asyncProperty(ledgers, async ({ lines, bytes }) => {
    const book = new Book();
    book.files.put(PATH, Uint8Array.from(bytes));
    const ledger = await book.open();
    const before = sound(lines, bytes);
    assert.deepEqual(ledger.contents.records.slice(0, before.length), before);
    const next = Math.min(ledger.contents.lastGeneration + 1, Number.MAX_SAFE_INTEGER);
    await ledger.append(launched(next));
    await ledger.close();
    assert.deepEqual(book.records.slice(0, before.length), before);
    assert.deepEqual(book.records.at(-1), launched(next));
    // Whatever was read at first is there, and what was lost is put aside.
    assert.deepEqual(
      book.records.filter(({ kind }) => kind !== "repaired").slice(0, -1),
      ledger.contents.records.filter(({ kind }) => kind !== "repaired"),
    );
    // In bytes: a decoder would take what is lost for a byte order mark.
    const aside = await book.files.readBytes(DAMAGED).catch(() => new Uint8Array());
    assert.deepEqual(aside, new TextEncoder().encode(ledger.contents.lostText));
    const text = book.files.text(PATH) ?? "";
    assert.ok(byteLength(text) <= 3 * bytes.length + 500);
    // The next daemon finds nothing to repair.
    await (await book.open()).close();
    assert.equal(book.files.text(PATH), text);
    assert.deepEqual(book.errors, []);
  }),
);

/** The records of the lines that end before the first byte that is another. */
function sound(lines: readonly string[], bytes: Uint8Array) {
  const whole = new TextEncoder().encode(lines.join(""));
  const same = whole.findIndex((byte, index) => byte !== bytes[index]);
  let end = 0;
  const kept = lines.filter((line) => (end += line.length) <= (same < 0 ? whole.length : same));
  return readLedger(kept.join("")).records;
}
