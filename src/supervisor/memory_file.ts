/**
 * Where is kept what was learned of memory? In one file of the state folder, which the next daemon reads.
 * @module
 */

import { dirname } from "@std/path";
import { readMemoryRecord, renderMemoryRecord } from "../core/memory/record_text.ts";
import type { MemoryRecord } from "../core/memory/record.ts";
import { reasonOf } from "../errors.ts";
import type { Files } from "../ports.ts";

/** The name of the file in the state folder. */
export const MEMORY_FILE = "memory-plan.json";

/** What keeping it needs. */
export interface MemoryFileOptions {
  readonly path: string;
  readonly files: Files;
  /** Told, once in a row, that it cannot be kept. */
  readonly onError: (error: unknown) => void;
}

/** The file of one state folder. */
export class MemoryFile {
  readonly #options: MemoryFileOptions;
  #writing: Promise<void> = Promise.resolve();
  #failing = false;

  constructor(options: MemoryFileOptions) {
    this.#options = options;
  }

  /** What was kept; `null` when nothing was, or what was cannot be read: then it is put aside, and told. */
  async read(): Promise<MemoryRecord | null> {
    const { path, files, onError } = this.#options;
    if (await files.stat(path) === null) return null;
    try {
      const text = await files.readText(path);
      const record = readMemoryRecord(text);
      if (typeof record !== "string") return record;
      await files.writeAtomic(`${path}.damaged`, text);
      await files.remove(path);
      onError(
        new Error(`what was learned of memory cannot be read, and is learned anew: in ${path} ${record}`),
      );
    } catch (error) {
      onError(
        new Error(`what was learned of memory cannot be read, and is learned anew: ${reasonOf(error)}`),
      );
    }
    return null;
  }

  /** Keeps a record, behind those before it. Never rejects: without it the next daemon only learns again. */
  keep(record: MemoryRecord): Promise<void> {
    const { path, files, onError } = this.#options;
    this.#writing = this.#writing.then(async () => {
      try {
        await files.makeDir(dirname(path));
        await files.writeAtomic(path, renderMemoryRecord(record));
        this.#failing = false;
      } catch (error) {
        if (!this.#failing) onError(new Error(`what was learned of memory is not kept: ${reasonOf(error)}`));
        this.#failing = true;
      }
    });
    return this.#writing;
  }
}
