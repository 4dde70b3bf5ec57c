/**
 * Which lines does a log hold, whatever its encoding, compression, length and honesty? Reads it once, in bounded memory.
 * @module
 */

import type { OutputLine } from "../core/verdict.ts";

/** Of a longer line the beginning is kept: a file without line ends must not fill the memory. */
const LINE_CHARS = 8 * 2 ** 10;
/** The beginning of a file that tells what it is. */
const SAMPLE_BYTES = 4 * 2 ** 10;
/** No text has such a share of characters that nobody writes; what is compressed or compiled has about a half. */
const BINARY_SHARE = 0.3;

/**
 * Hands every line to `take`, in order and counted from 1. Gzip is known by its first bytes, UTF-16 by its byte order
 * mark; anything else is read as UTF-8 with the faults it has.
 * @returns `false` when this is no text. Nothing has been handed over then.
 * @throws {Error} When it cannot be read, or not to its end.
 */
export async function readLines(
  stream: ReadableStream<Uint8Array>,
  take: (line: OutputLine) => void,
): Promise<boolean> {
  const reader = stream.getReader();
  try {
    const { sample, ended } = await readSample(reader);
    if (sample[0] !== 0x1f || sample[1] !== 0x8b) return await split(reader, sample, ended, take);
    const packed = restOf(reader, sample, ended);
    const unpacked = packed.pipeThrough(new DecompressionStream("gzip")).getReader();
    const inner = await readSample(unpacked);
    return await split(unpacked, inner.sample, inner.ended, take);
  } finally {
    // Closes the file, however the reading ended.
    await reader.cancel().catch(() => {});
  }
}

type Reader = ReadableStreamDefaultReader<Uint8Array>;

async function readSample(reader: Reader): Promise<{ sample: Uint8Array<ArrayBuffer>; ended: boolean }> {
  let sample = new Uint8Array(0);
  while (sample.length < SAMPLE_BYTES) {
    const { value, done } = await reader.read();
    if (done) return { sample, ended: true };
    const longer = new Uint8Array(sample.length + value.length);
    longer.set(sample);
    longer.set(value, sample.length);
    sample = longer;
  }
  return { sample, ended: false };
}

function restOf(
  reader: Reader,
  sample: Uint8Array<ArrayBuffer>,
  ended: boolean,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream({
    start(controller) {
      controller.enqueue(sample);
      if (ended) controller.close();
    },
    async pull(controller) {
      const { value, done } = await reader.read();
      if (done) controller.close();
      else controller.enqueue(new Uint8Array(value));
    },
  });
}

async function split(
  reader: Reader,
  sample: Uint8Array,
  ended: boolean,
  take: (line: OutputLine) => void,
): Promise<boolean> {
  const decoder = new TextDecoder(encodingOf(sample));
  const start = decoder.decode(sample, { stream: true });
  if (isBinary(start)) return false;
  const splitter = new Splitter(take);
  splitter.push(start);
  while (!ended) {
    const { value, done } = await reader.read();
    if (done) break;
    splitter.push(decoder.decode(value, { stream: true }));
  }
  splitter.push(decoder.decode());
  splitter.end();
  return true;
}

/** PowerShell writes UTF-16 with a mark. */
function encodingOf(sample: Uint8Array): string {
  if (sample[0] === 0xff && sample[1] === 0xfe) return "utf-16le";
  return sample[0] === 0xfe && sample[1] === 0xff ? "utf-16be" : "utf-8";
}

/** A log that was emptied while its writer held it open begins with zeros, as long as it was before. */
function isBinary(start: string): boolean {
  const text = start.slice(0, SAMPLE_BYTES).replace(/^\0+/, "");
  // deno-lint-ignore no-control-regex
  const strange = text.match(/[\0-\x08\x0e-\x1a\x1c-\x1f\ufffd]/g)?.length ?? 0;
  return strange > text.length * BINARY_SHARE;
}

/** Cuts text into lines: `\n`, `\r\n` and the lone `\r` of progress bars end one. */
class Splitter {
  readonly #take: (line: OutputLine) => void;
  #open = "";
  #count = 0;
  #afterReturn = false;

  constructor(take: (line: OutputLine) => void) {
    this.#take = take;
  }

  push(text: string): void {
    let from = this.#afterReturn && text.startsWith("\n") ? 1 : 0;
    if (text !== "") this.#afterReturn = text.endsWith("\r");
    let feed = text.indexOf("\n", from), back = text.indexOf("\r", from);
    while (feed >= 0 || back >= 0) {
      const returns = back >= 0 && (feed < 0 || back < feed);
      const to = returns ? back : feed;
      this.#close(text.slice(from, to));
      from = to + (returns && text[to + 1] === "\n" ? 2 : 1);
      if (feed >= 0 && feed < from) feed = text.indexOf("\n", from);
      if (back >= 0 && back < from) back = text.indexOf("\r", from);
    }
    if (this.#open.length < LINE_CHARS) this.#open += text.slice(from, from + LINE_CHARS);
  }

  end(): void {
    if (this.#open !== "") this.#close("");
  }

  #close(text: string): void {
    const whole = this.#open === "" ? text : this.#open + text;
    this.#open = "";
    this.#take({
      number: ++this.#count,
      text: whole.length > LINE_CHARS ? whole.slice(0, LINE_CHARS) : whole,
    });
  }
}
