/**
 * A ledger in memory under the test's command, on a disk that may refuse.
 * @module
 */

import { join } from "@std/path";
import { readLedger } from "../../src/core/ledger/ledger.ts";
import { renderRecord } from "../../src/core/ledger/ledger_record.ts";
import type { LedgerRecord } from "../../src/core/ledger/ledger_record.ts";
import type { Appender } from "../../src/ports.ts";
import { Ledger, LEDGER_FILE } from "../../src/supervisor/ledger.ts";
import { ManualClock } from "../fakes/manual_clock.ts";
import { MemoryFiles } from "../fakes/memory_files.ts";
import type { Operation } from "../fakes/memory_files.ts";

/** Where the ledger of the tests lies. */
export const PATH = join("/state", LEDGER_FILE);
/** Where its damaged lines go. */
export const DAMAGED = `${PATH}.damaged`;
/** The time of every record. */
export const AT = "2026-03-04T05:06:07.890Z";
/** When the clock of every test stands. */
export const NOW = "2026-01-01T00:00:00.000Z";

/** A record of a number that was given. */
export function launched(generation: number): LedgerRecord {
  return { kind: "launched", at: AT, generation, heapBytes: 2 ** 30, directBytes: 2 ** 28, sizes: null };
}

/** A record of a process that was made. */
export function started(generation: number): LedgerRecord {
  return { kind: "started", at: AT, generation, pid: 40 + generation, startTicks: 7, bootId: "one boot" };
}

/** The text of a ledger. */
export function text(...records: readonly LedgerRecord[]): string {
  return records.map(renderRecord).join("");
}

/** A disk that takes only the first half of a write and then refuses it, when the test says so. */
export class HalfWritingFiles extends MemoryFiles {
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
export class Book {
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
