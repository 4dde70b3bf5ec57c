import assert from "node:assert/strict";
import { join } from "@std/path";
import fc from "fast-check";
import { readLedger } from "../../src/core/ledger/ledger.ts";
import type { LedgerRecord } from "../../src/core/ledger/ledger_record.ts";
import { EXIT, UserError } from "../../src/errors.ts";
import { files as realFiles } from "../../src/runtime/files.ts";
import { Ledger, LEDGER_FILE } from "../../src/supervisor/ledger.ts";
import { ManualClock } from "../fakes/manual_clock.ts";
import { AT, Book, DAMAGED, launched, NOW, PATH, started, text } from "./book.ts";

Deno.test("a ledger that is not there begins empty, and holds what was appended in order", async () => {
  const book = new Book();
  const ledger = await book.open();
  assert.deepEqual(ledger.contents, readLedger(""));
  await Promise.all([1, 2, 3].map((each) => ledger.append(launched(each))));
  await ledger.close();
  assert.deepEqual(book.records, [1, 2, 3].map(launched));
  const again = await book.open();
  assert.equal(again.contents.lastGeneration, 3);
  await again.close();
  assert.deepEqual(book.errors, []);
});

Deno.test("append() resolves when the line is on the disk, and never mixes two lines", async () => {
  const book = new Book();
  const ledger = await book.open();
  const { promise: mayWrite, resolve: letWrite } = Promise.withResolvers<void>();
  const seen: string[] = [];
  book.files.disk = async (operation) => {
    seen.push(operation);
    if (operation === "write") await mayWrite;
  };
  const appended = [1, 2].map((each) => ledger.append(launched(each)).then(() => void seen.push(`${each}`)));
  letWrite();
  await Promise.all(appended);
  assert.deepEqual(seen, ["append", "write", "sync", "1", "write", "sync", "2"]);
  await ledger.close();
});

Deno.test("close() waits for what is under way", async () => {
  const book = new Book();
  const ledger = await book.open();
  for (const generation of [1, 2]) void ledger.append(launched(generation));
  await ledger.close();
  assert.deepEqual(book.records, [1, 2].map(launched));
});

Deno.test("a ledger without a flaw is not rewritten", async () => {
  for (const whole of ["", text(launched(1), started(1)), `\n${text(launched(1))}\n`]) {
    const book = new Book(whole);
    await (await book.open()).close();
    assert.equal(book.files.text(PATH), whole);
    assert.deepEqual(book.files.changes, [`append ${PATH}`]);
  }
});

Deno.test("a torn end is put aside, told, and written on", async () => {
  const book = new Book(text(launched(1), started(1)) + '{"kind":"ended","gen');
  const ledger = await book.open();
  assert.equal(ledger.contents.tornBytes, 20);
  assert.deepEqual(ledger.contents.open.map(({ pid }) => pid), [41]);
  await ledger.append(launched(2));
  await ledger.close();
  const repaired: LedgerRecord = { kind: "repaired", at: NOW, lostBytes: 20, skippedLines: 0 };
  assert.equal(book.files.text(PATH), text(launched(1), started(1), repaired, launched(2)));
  assert.equal(book.files.text(DAMAGED), '{"kind":"ended","gen');
  assert.deepEqual(book.errors, []);
});

Deno.test("damaged lines are put aside, in the place of those of the time before", async () => {
  const newer = '{"kind":"rested","generation":9}\n';
  const book = new Book(`rubbish\n${text(launched(1))}\0\0\n${newer}`);
  const ledger = await book.open();
  assert.equal(ledger.contents.lastGeneration, 9);
  await ledger.close();
  const repaired = text({ kind: "repaired", at: NOW, lostBytes: 11, skippedLines: 2 });
  assert.equal(book.files.text(PATH), text(launched(1)) + newer + repaired);
  assert.equal(book.files.text(DAMAGED), "rubbish\n\0\0\n");
  book.files.put(PATH, "more rubbish");
  await (await book.open()).close();
  assert.equal(book.files.text(DAMAGED), "more rubbish");
});

Deno.test("a last record that lacks only its line end gets it, and nothing is called lost", async () => {
  const book = new Book(text(launched(1)).trimEnd());
  const ledger = await book.open();
  await ledger.append(launched(2));
  await ledger.close();
  assert.equal(book.files.text(PATH), text(launched(1), launched(2)));
  assert.equal(book.files.text(DAMAGED), null);
});

Deno.test("wherever a crash cut the file, what is appended after it is readable", async () => {
  await fc.assert(fc.asyncProperty(fc.integer({ min: 0, max: 400 }), fc.boolean(), async (cut, isFull) => {
    const whole = text(launched(1), started(1), launched(2));
    const book = new Book(whole.slice(0, cut));
    // A disk that refuses the repair loses nothing either.
    if (isFull) book.refuse("writeAtomic");
    const ledger = await book.open();
    book.refuse();
    await ledger.append(launched(3));
    await ledger.close();
    const expected = [...readLedger(whole.slice(0, cut)).records, launched(3)];
    assert.deepEqual(book.records.filter(({ kind }) => kind !== "repaired"), expected);
    await (await book.open()).close();
    assert.deepEqual(book.records.filter(({ kind }) => kind !== "repaired"), expected);
    assert.equal(readLedger(book.files.text(PATH) ?? "").lostText, "");
  }));
});

Deno.test("a repair that the disk refuses is told, changes nothing, and is made by the next daemon", async () => {
  for (const file of [DAMAGED, PATH]) {
    const before = `${text(launched(1))}rubbish`;
    const book = new Book(before);
    book.refuse("writeAtomic", file);
    const ledger = await book.open();
    assert.equal(book.files.text(PATH), before);
    assert.match(book.errors.join(), /^Error: Cannot write the ledger .*: No space left on device/);
    assert.equal(ledger.contents.lastGeneration, 1);
    book.refuse();
    await ledger.append(launched(2));
    await ledger.close();
    assert.equal(book.files.text(PATH), `${before}\n${text(launched(2))}`);
    await (await book.open()).close();
    assert.equal(book.files.text(DAMAGED), "rubbish\n");
    assert.deepEqual(book.records.map(({ kind }) => kind), ["launched", "launched", "repaired"]);
  }
});

Deno.test("a refused append loses its own record at most, and is told once in a row", async () => {
  for (const operation of ["append", "write", "sync"] as const) {
    const book = new Book();
    const ledger = await book.open();
    await ledger.append(launched(1));
    book.refuse("write");
    await ledger.append(launched(2));
    book.refuse(operation);
    for (const generation of [3, 4, 5]) await ledger.append(launched(generation));
    assert.equal(book.errors.length, 1);
    book.refuse();
    await ledger.append(launched(6));
    book.refuse("write");
    await ledger.append(launched(7));
    assert.equal(book.errors.length, 2);
    await ledger.close();
    const kept = book.records.map((record) => record.kind === "launched" ? record.generation : 0);
    // What was written and not synced may be there.
    assert.deepEqual(kept, operation === "sync" ? [1, 3, 4, 5, 6] : [1, 6]);
    assert.equal(readLedger(book.files.text(PATH) ?? "").lostText, "");
  }
});

Deno.test("half a line on a full disk damages no other line, however often", async () => {
  await fc.assert(fc.asyncProperty(fc.array(fc.boolean(), { maxLength: 12 }), async (failures) => {
    const book = new Book();
    const ledger = await book.open();
    for (const [index, fails] of failures.entries()) {
      book.files.halfWrites = fails;
      await ledger.append(launched(index + 1));
    }
    await ledger.close();
    const expected = failures.flatMap((fails, index) => fails ? [] : [launched(index + 1)]);
    assert.deepEqual(book.records, expected);
    const streaks = failures.filter((fails, index) => fails && !failures[index - 1]).length;
    assert.equal(book.errors.length, streaks);
    book.files.halfWrites = false;
    await (await book.open()).close();
    assert.deepEqual(book.records.filter(({ kind }) => kind === "launched"), expected);
  }));
});

Deno.test("a ledger that cannot be read or written at all is the user's to mend, and stays as it is", async () => {
  for (const operation of ["readBytes", "append"] as const) {
    const book = new Book(`rubbish\n${text(launched(1))}`);
    book.refuse(operation);
    await assert.rejects(
      book.open(),
      (error) =>
        error instanceof UserError && error.exitCode === EXIT.cannotCreate &&
        error.message.startsWith(`Cannot use the ledger ${PATH}: `) && error.hint.includes("--state-dir"),
    );
    assert.equal(book.files.text(PATH), `rubbish\n${text(launched(1))}`);
    assert.equal(book.files.text(DAMAGED), null);
  }
});

Deno.test("the real file system: kept, torn, mended, private, and refused where there is a folder", async () => {
  const folder = await Deno.makeTempDir({ prefix: "rekindle-test-" });
  const path = join(folder, LEDGER_FILE);
  const open = () =>
    Ledger.open(path, {
      files: realFiles,
      clock: new ManualClock(),
      onError: (error) => assert.fail(`${error}`),
    });
  try {
    const first = await open();
    const odd: LedgerRecord = { kind: "daemon", at: AT, pid: 1, version: "né→😀" };
    await Promise.all([odd, launched(1), started(1)].map((record) => first.append(record)));
    await first.close();
    assert.equal(await Deno.readTextFile(path), text(odd, launched(1), started(1)));
    assert.equal(((await Deno.stat(path)).mode ?? 0) & 0o777, 0o600);
    // The rest of a power cut: half a line, and bytes that are no text.
    await Deno.writeFile(path, Uint8Array.of(0x7b, 0xff, 0xfe, 0x00, 0x80), { append: true });
    const second = await open();
    assert.deepEqual(second.contents.records, [odd, launched(1), started(1)]);
    await second.append(launched(2));
    await second.close();
    const { records, lostText } = readLedger(await Deno.readTextFile(path));
    assert.deepEqual(records.map(({ kind }) => kind), [
      "daemon",
      "launched",
      "started",
      "repaired",
      "launched",
    ]);
    assert.equal(lostText, "");
    assert.ok((await Deno.readTextFile(`${path}.damaged`)).startsWith("{"));
    assert.deepEqual((await realFiles.list(folder)).length, 2);
    await Deno.remove(path);
    await Deno.mkdir(path);
    await assert.rejects(open(), UserError);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
