/**
 * What are the last lines of a log that is rotated while it is read, and what comes after them?
 * @module
 */

import type { Files, OpenFile } from "../ports.ts";

const PIECE_BYTES = 64 * 1024;
/** What is looked through for the last lines at most. */
const LOOK_BYTES = 4 * 2 ** 20;
/** As many old files as `RotatedLog` keeps. */
const OLD_FILES = 4;
const LINE_END = 10;

/** Reads one log from its end on. */
export class LogTail {
  readonly #path: string;
  readonly #files: Files;
  /** The file that is followed, and how far it has been read. */
  #file: OpenFile | null = null;
  #at = 0;

  constructor(path: string, files: Files) {
    this.#path = path;
    this.#files = files;
  }

  /** The last lines, each with its end; a line that is being written counts. What follows them is given by `more`. */
  async last(lines: number): Promise<string> {
    this.#file = await this.#files.open(this.#path);
    this.#at = this.#file?.bytes ?? 0;
    const pieces: Uint8Array[] = [];
    const budget = { lines: lines + 1, bytes: LOOK_BYTES };
    if (this.#file !== null) await readBack(this.#file, pieces, budget);
    for (let old = 1; old <= OLD_FILES && budget.lines > 0 && budget.bytes > 0; old++) {
      const file = await this.#files.open(`${this.#path}.${old}`);
      if (file === null) break;
      await readBack(file, pieces, budget).finally(() => file.close());
    }
    const text = new TextDecoder().decode(joined(pieces));
    const all = text.split("\n");
    // Behind the last line end begins a line that has nothing yet.
    if (all.at(-1) === "") all.pop();
    return lines === 0 ? "" : all.slice(-lines).map((line) => `${line}\n`).join("");
  }

  /** Whole lines that have come since, or nothing. */
  async more(): Promise<string> {
    this.#file ??= await this.#files.open(this.#path);
    const file = this.#file;
    if (file === null) return "";
    const piece = await file.read(this.#at, PIECE_BYTES);
    const end = piece.lastIndexOf(LINE_END) + 1;
    if (end > 0) return this.#taken(piece.subarray(0, end));
    // A line that is longer than a piece does not wait for its end.
    if (piece.length === PIECE_BYTES) return this.#taken(piece);
    const now = await this.#files.open(this.#path);
    if (now === null) return "";
    if (now.identity === file.identity) {
      if (now.bytes < this.#at) this.#at = 0;
      await now.close();
      return "";
    }
    // It was put aside, and may have grown before that.
    const rest = await file.read(this.#at, PIECE_BYTES);
    if (rest.length > 0) {
      await now.close();
      return this.#taken(rest);
    }
    await file.close();
    this.#file = now;
    this.#at = 0;
    return await this.more();
  }

  async close(): Promise<void> {
    await this.#file?.close();
    this.#file = null;
  }

  #taken(bytes: Uint8Array): string {
    this.#at += bytes.length;
    return new TextDecoder().decode(bytes);
  }
}

/** Puts pieces before those there are, from the end of a file on, until there are enough lines. */
async function readBack(
  file: OpenFile,
  pieces: Uint8Array[],
  budget: { lines: number; bytes: number },
): Promise<void> {
  for (let end = file.bytes; end > 0 && budget.lines > 0 && budget.bytes > 0;) {
    const from = Math.max(0, end - PIECE_BYTES);
    const piece = await file.read(from, end - from);
    pieces.unshift(piece);
    budget.bytes -= piece.length;
    for (const byte of piece) if (byte === LINE_END) budget.lines--;
    end = from;
  }
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
