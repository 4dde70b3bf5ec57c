import assert from "node:assert/strict";
import type { LedgerRecord } from "../../src/core/ledger/ledger_record.ts";
import { AT, Book, DAMAGED, launched, text } from "./book.ts";

/** So many generations, one record each, together a little over 1 MiB. */
const MANY = Math.ceil(2 ** 20 / text(launched(1_000)).length) + 1_000;

Deno.test("a large ledger keeps its newest generations and goes on", async () => {
  const book = new Book(text(...Array.from({ length: MANY }, (_, index) => launched(index + 1))));
  const ledger = await book.open();
  assert.equal(ledger.contents.lastGeneration, MANY);
  await ledger.append(launched(MANY + 1));
  await ledger.close();
  const expected = Array.from({ length: 501 }, (_, index) => launched(MANY - 499 + index));
  assert.deepEqual(book.records, expected);
  assert.deepEqual(book.errors, []);
});

Deno.test("a ledger that grows large while it is written is made small, and loses no new record by it", async () => {
  const book = new Book();
  const ledger = await book.open();
  let rewritten = 0;
  book.files.disk = (operation) => void (operation === "writeAtomic" && rewritten++);
  const version = "0".repeat(1_500);
  const daemon = (pid: number): LedgerRecord => ({ kind: "daemon", at: AT, pid, version });
  for (let pid = 1; pid <= 800; pid++) {
    // Half a line in the middle is put aside on the way, as when a ledger is opened.
    book.files.halfWrites = pid === 300;
    await ledger.append(daemon(pid));
  }
  await ledger.close();
  // The lost half, the file without it, and the file made small.
  assert.equal(rewritten, 3);
  const pids = book.records.flatMap((record) => record.kind === "daemon" ? record.pid : []);
  assert.ok(pids.length >= 500 && pids.length < 700, `${pids.length} records`);
  const expected = Array.from({ length: 800 }, (_, index) => index + 1).filter((pid) => pid !== 300);
  assert.deepEqual(pids, expected.slice(-pids.length));
  assert.equal(book.records.filter(({ kind }) => kind === "repaired").length, 1);
  assert.equal(book.files.text(DAMAGED)?.length, Math.floor(text(daemon(300)).length / 2) + 1);
});

Deno.test("a ledger that is large with the newest alone is not rewritten at every record", async () => {
  const version = "0".repeat(5_000);
  const daemon = (pid: number): LedgerRecord => ({ kind: "daemon", at: AT, pid, version });
  const book = new Book(text(...Array.from({ length: 600 }, (_, index) => daemon(index + 1))));
  const ledger = await book.open();
  for (let pid = 601; pid <= 620; pid++) await ledger.append(daemon(pid));
  await ledger.close();
  assert.deepEqual(book.files.changes.filter((change) => change.startsWith("writeAtomic")).length, 1);
  assert.deepEqual(book.records, Array.from({ length: 520 }, (_, index) => daemon(101 + index)));
});

Deno.test("a ledger that cannot be made small is told once and keeps everything", async () => {
  const book = new Book(text(...Array.from({ length: MANY }, (_, index) => launched(index + 1))));
  book.refuse("writeAtomic");
  const ledger = await book.open();
  for (let each = 1; each <= 50; each++) await ledger.append(launched(MANY + each));
  await ledger.close();
  assert.equal(book.errors.length, 1);
  assert.equal(book.records.length, MANY + 50);
});
