/**
 * How the ledger is kept on a disk that may be full, cut off or damaged: one durable line after the other, and never
 * in the way of the gateway.
 * @module
 */

import { byteLength, newestGenerations, readLedger } from "../core/ledger/ledger.ts";
import type { LedgerContents } from "../core/ledger/ledger.ts";
import { renderRecord } from "../core/ledger/ledger_record.ts";
import type { LedgerRecord } from "../core/ledger/ledger_record.ts";
import { EXIT, reasonOf, UserError } from "../errors.ts";
import type { Appender, Clock, Files } from "../ports.ts";

/** The name of the ledger in the state folder. */
export const LEDGER_FILE = "ledger.jsonl";

/** The size beyond which old generations are dropped, and how many are kept: about a third of it. */
const LARGE_BYTES = 2 ** 20;
const KEPT_GENERATIONS = 500;

/** What keeping a ledger needs. */
export interface LedgerOptions {
  readonly files: Files;
  readonly clock: Clock;
  /** Told of the first failure in a row; what it throws is nobody's. */
  readonly onError: (error: unknown) => void;
}

/** A ledger that is being written. One daemon at a time may have it. */
export class Ledger {
  /** What stood in the file when it was opened. */
  readonly contents: LedgerContents;
  readonly #path: string;
  readonly #options: LedgerOptions;
  #appender: Appender | null = null;
  #queue: Promise<void> = Promise.resolve();
  #bytes: number;
  #largeBytes = LARGE_BYTES;
  /** The last write may have left a part of its line. */
  #torn = false;
  #failing = false;

  private constructor(path: string, text: string, options: LedgerOptions) {
    this.#path = path;
    this.#options = options;
    this.contents = readLedger(text);
    this.#bytes = byteLength(text);
  }

  /**
   * Reads the ledger, which begins empty, and repairs it: lines that cannot be read go to `<path>.damaged`, in the
   * place of those before. A disk that refuses the repair is reported to `onError`, and the next daemon repairs.
   * @throws {UserError} When the file cannot be read or opened for writing; nothing of it is lost.
   */
  static async open(path: string, options: LedgerOptions): Promise<Ledger> {
    const ledger = new Ledger(path, await readWhole(path, options.files), options);
    await ledger.#attempt(() => ledger.#tidy());
    return ledger;
  }

  /**
   * Appends a record behind those before it. Resolves when it is durable, or when the disk has refused it and
   * `onError` has been told; never rejects.
   */
  append(record: LedgerRecord): Promise<void> {
    this.#queue = this.#queue.then(async () => {
      await this.#attempt(() => this.#write(record));
      if (this.#bytes > this.#largeBytes) await this.#attempt(() => this.#tidy());
    });
    return this.#queue;
  }

  /** Whether the disk has refused the newest record. */
  get failing(): boolean {
    return this.#failing;
  }

  /** Waits for every record under way and closes the file; nothing may be appended after. */
  async close(): Promise<void> {
    await this.#queue;
    this.#letGo();
  }

  async #attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work();
      this.#failing = false;
    } catch (cause) {
      this.#letGo();
      this.#torn = true;
      if (!this.#failing) {
        const message = `Cannot write the ledger ${this.#path}: ${
          reasonOf(cause)
        }; it lacks what happens now`;
        this.#options.onError(new Error(message, { cause }));
      }
      this.#failing = true;
    }
  }

  async #write(record: LedgerRecord): Promise<void> {
    this.#appender ??= await this.#options.files.append(this.#path);
    const bytes = new TextEncoder().encode((this.#torn ? "\n" : "") + renderRecord(record));
    // Whatever a refused write leaves behind counts as much as a whole one, until the file is read again.
    this.#bytes += bytes.length;
    await this.#appender.write(bytes);
    await this.#appender.sync();
    this.#torn = false;
  }

  /** Takes out what cannot be read, and what is too old when the file has become large. */
  async #tidy(): Promise<void> {
    const { files, clock } = this.#options;
    // Should the disk refuse, the next try comes as much later.
    this.#largeBytes = this.#bytes + LARGE_BYTES;
    const text = await files.readText(this.#path);
    const { keptText, lostText, damagedLines } = readLedger(text);
    const isLarge = byteLength(keptText) > LARGE_BYTES;
    const tidied = isLarge ? newestGenerations(keptText, KEPT_GENERATIONS) : keptText;
    if (tidied !== text) {
      this.#letGo();
      if (lostText !== "") await files.writeAtomic(`${this.#path}.damaged`, lostText);
      await files.writeAtomic(this.#path, tidied);
    }
    this.#torn = false;
    this.#bytes = byteLength(tidied);
    // Should so many generations be large by themselves, they are not rewritten at every record.
    this.#largeBytes = isLarge ? Math.max(LARGE_BYTES, 2 * this.#bytes) : LARGE_BYTES;
    if (lostText === "") return;
    const at = clock.date().toISOString();
    const lost = { lostBytes: byteLength(lostText), skippedLines: damagedLines };
    await this.#write({ kind: "repaired", at, ...lost });
  }

  #letGo(): void {
    this.#appender?.close();
    this.#appender = null;
  }
}

async function readWhole(path: string, files: Files): Promise<string> {
  try {
    const text = await files.stat(path) === null ? "" : await files.readText(path);
    // Makes the file when there is none, and shows whether it may be written.
    (await files.append(path)).close();
    return text;
  } catch (cause) {
    throw new UserError(`Cannot use the ledger ${path}: ${reasonOf(cause)}`, {
      hint:
        "Give this user the right to read and write that file, or name another folder with --state-dir DIR.",
      exitCode: EXIT.cannotCreate,
      cause,
    });
  }
}
