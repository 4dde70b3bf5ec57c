/**
 * What the gateway writes: drained for its whole life, kept in a log file, its last lines kept in memory.
 * @module
 */

import type { OutputLine } from "../core/verdict.ts";

/** What is kept in memory of each output: enough for a thread dump of some hundred threads (Spark 4 has 80, in 70 KiB). */
const TAIL_BYTES = 256 * 2 ** 10;
/** Of a longer line the beginning is kept: text without line ends must not fill the memory. */
const LINE_BYTES = 8 * 2 ** 10;

/** The last lines of a stream, numbered from its beginning. */
export class OutputTail {
  readonly #onLine: (line: OutputLine) => void;
  readonly #decoder = new TextDecoder();
  #lines: OutputLine[] = [];
  /** Where the lines still kept begin. */
  #first = 0;
  #bytes = 0;
  #count = 0;
  #open = "";

  /** @param onLine Told of each complete line. */
  constructor(onLine: (line: OutputLine) => void = () => {}) {
    this.#onLine = onLine;
  }

  /** Takes the next bytes. A carriage return ends a line too, or a progress bar would be one line for ever. */
  append(bytes: Uint8Array): void {
    const parts = (this.#open + this.#decoder.decode(bytes, { stream: true })).split(/\r?\n|\r(?!$)/);
    this.#open = (parts.pop() ?? "").slice(0, LINE_BYTES);
    for (const part of parts) this.#keep(part);
  }

  /** The stream has ended: a last line without a line end counts. */
  end(): void {
    const last = (this.#open + this.#decoder.decode()).replace(/\r$/, "");
    if (last !== "") this.#keep(last);
    this.#open = "";
  }

  /** The lines kept, oldest first. */
  get lines(): readonly OutputLine[] {
    return this.#lines.slice(this.#first);
  }

  #keep(text: string): void {
    const line = { number: ++this.#count, text: text.slice(0, LINE_BYTES) };
    this.#lines.push(line);
    this.#bytes += line.text.length + 1;
    while (this.#bytes > TAIL_BYTES && this.#first < this.#lines.length - 1) {
      this.#bytes -= (this.#lines[this.#first++]?.text.length ?? 0) + 1;
    }
    // Not at each line: moving all the others every time would stop the daemon at a flood of short ones.
    if (this.#first > this.#lines.length / 2) {
      this.#lines = this.#lines.slice(this.#first);
      this.#first = 0;
    }
    this.#onLine(line);
  }
}

/** Where drained bytes go besides the tail. */
export interface OutputSink {
  /** Must not wait: an undrained pipe freezes the JVM once 64 KiB stand in it. */
  write(bytes: Uint8Array): void;
}

/** Drains a stream to its end. Never rejects. */
export async function drain(
  stream: ReadableStream<Uint8Array>,
  tail: OutputTail,
  log: OutputSink,
): Promise<void> {
  const reader = stream.getReader();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      tail.append(next.value);
      log.write(next.value);
    }
  } catch {
    // A broken pipe ends the stream like any other end.
  }
  tail.end();
}
