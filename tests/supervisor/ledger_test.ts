import assert from "node:assert/strict";
import { join } from "@std/path";
import fc from "fast-check";
import { readLedger } from "../../src/core/ledger.ts";
import { renderRecord } from "../../src/core/ledger_record.ts";
import type { LedgerRecord } from "../../src/core/ledger_record.ts";
import { EXIT, UserError } from "../../src/errors.ts";
import type { Appender } from "../../src/ports.ts";
import { files as realFiles } from "../../src/runtime/files.ts";
import { Ledger, LEDGER_FILE } from "../../src/supervisor/ledger.ts";
import { ManualClock } from "../fakes/manual_clock.ts";
import { MemoryFiles } from "../fakes/memory_files.ts";
import type { Operation } from "../fakes/memory_files.ts";

const PATH = join("/state", LEDGER_FILE);
const DAMAGED = `${PATH}.damaged`;
const AT = "2026-03-04T05:06:07.890Z";
/** When the clock of every test stands. */
const NOW = "2026-01-01T00:00:00.000Z";

function launched(generation: number): LedgerRecord {
  return { kind: "launched", at: AT, generation, heapBytes: 2 ** 30, directBytes: 2 ** 28 };
}

function started(generation: number): LedgerRecord {
  return { kind: "started", at: AT, generation, pid: 40 + generation, startTicks: 7, bootId: "one boot" };
}

function text(...records: readonly LedgerRecord[]): string {
  return records.map(renderRecord).join("");
}

/** A disk that takes only the first half of a write and then refuses it, when the test says so. */
class HalfWritingFiles extends MemoryFiles {
  halfWrites = false;

  override async append(path: string): Promise<Appender> {
    const whole = await super.append(path);
    const write = async (bytes: Uint8Array) => {
      if (!this.halfWrites) return await whole.write(bytes);
      await whole.write(bytes.subarray(0, bytes.length / 2));
      throw new Error("No space left on device");
    };
    return { ...whole, write };
  }
}

/** A ledger in memory, and everything it complained of. */
class Book {
  readonly files = new HalfWritingFiles();
  readonly errors: string[] = [];

  constructor(before?: string) {
    this.files.put("/state/.keep", "");
    if (before !== undefined) this.files.put(PATH, before);
  }

  async open(): Promise<Ledger> {
    const onError = (error: unknown) => void this.errors.push(String(error));
    return await Ledger.open(PATH, { files: this.files, clock: new ManualClock(), onError });
  }

  get records(): readonly LedgerRecord[] {
    return readLedger(this.files.text(PATH) ?? "").records;
  }

  /** Makes one kind of operation fail until it is called again without one. */
  refuse(operation?: Operation, at = ""): void {
    this.files.disk = (each, path) => {
      if (each === operation && path.endsWith(at)) throw new Error("No space left on device");
    };
  }
}

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
