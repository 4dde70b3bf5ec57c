/**
 * A log file that never holds up its writer and never grows beyond its share of the disk.
 * @module
 */

import type { Appender, Files } from "../ports.ts";

/** The size at which a file is put aside, and how many old ones are kept. */
const FILE_BYTES = 10 * 2 ** 20;
const OLD_FILES = 4;
/** What may wait for a slow disk; more is dropped and counted. */
const QUEUE_BYTES = 4 * 2 ** 20;

/** Appends bytes to `path`, and renames it to `path.1` and so on when it is full. */
export class RotatedLog {
  readonly #path: string;
  readonly #files: Files;
  #queue: Uint8Array[] = [];
  #queuedBytes = 0;
  #fileBytes = 0;
  #file: Appender | null = null;
  #writing: Promise<void> | null = null;
  #droppedBytes = 0;

  constructor(path: string, files: Files) {
    this.#path = path;
    this.#files = files;
  }

  /** Bytes lost because the disk was slow, full or gone. */
  get droppedBytes(): number {
    return this.#droppedBytes;
  }

  /** Queues the bytes and returns at once. */
  write(bytes: Uint8Array): void {
    if (this.#queuedBytes + bytes.length > QUEUE_BYTES) {
      this.#droppedBytes += bytes.length;
      return;
    }
    this.#queue.push(bytes);
    this.#queuedBytes += bytes.length;
    this.#writing ??= this.#writeQueue();
  }

  /** Writes what is queued and closes the file. */
  async close(): Promise<void> {
    await this.#writing;
    this.#file?.close();
    this.#file = null;
  }

  async #writeQueue(): Promise<void> {
    for (let bytes = this.#queue.shift(); bytes !== undefined; bytes = this.#queue.shift()) {
      this.#queuedBytes -= bytes.length;
      try {
        const file = await this.#room(bytes.length);
        await file.write(bytes);
        this.#fileBytes += bytes.length;
      } catch {
        this.#droppedBytes += bytes.length;
        this.#file?.close();
        this.#file = null;
      }
    }
    this.#writing = null;
  }

  async #room(bytes: number): Promise<Appender> {
    if (this.#file === null) {
      this.#file = await this.#files.append(this.#path);
      this.#fileBytes = (await this.#files.stat(this.#path))?.bytes ?? 0;
    }
    if (this.#fileBytes === 0 || this.#fileBytes + bytes <= FILE_BYTES) return this.#file;
    this.#file.close();
    this.#file = null;
    for (let old = OLD_FILES - 1; old >= 0; old--) {
      const from = old === 0 ? this.#path : `${this.#path}.${old}`;
      if (await this.#files.stat(from) !== null) await this.#files.rename(from, `${this.#path}.${old + 1}`);
    }
    return await this.#room(bytes);
  }
}
