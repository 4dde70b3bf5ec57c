/**
 * Which lines does a log hold, whatever its encoding, compression, length and honesty? Reads it once, in bounded memory.
 * @module
 */

import type { OutputLine } from "../core/verdict.ts";
import { gunzip } from "../runtime/gunzip.ts";

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
 * @throws {Error} When it cannot be read, or not to its end; the lines before have been handed over.
 */
export async function readLines(
  stream: ReadableStream<Uint8Array>,
  take: (line: OutputLine) => void,
): Promise<boolean> {
  const reader = stream.getReader();
  try {
    const sample = await readSample(reader);
    if (sample.bytes[0] !== 0x1f || sample.bytes[1] !== 0x8b) return await split(reader, sample, take);
    const unpacked = gunzip(ReadableStream.from(piecesOf(reader, sample))).getReader();
    try {
      return await split(unpacked, await readSample(unpacked), take);
    } finally {
      await unpacked.cancel().catch(() => {});
    }
  } finally {
    // Closes the file, however the reading ended.
    await reader.cancel().catch(() => {});
  }
}

type Reader = ReadableStreamDefaultReader<Uint8Array>;

/** The beginning of a stream. */
interface Sample {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** What ended the stream within it, if anything did: its end is `null`. */
  readonly end: { readonly error: unknown } | null | undefined;
}

/** What stands before an error counts: a log that is cut off early may be short. */
async function readSample(reader: Reader): Promise<Sample> {
  let bytes = new Uint8Array(0);
  while (bytes.length < SAMPLE_BYTES) {
    let next;
    try {
      next = await reader.read();
    } catch (error) {
      return { bytes, end: { error } };
    }
    if (next.done) return { bytes, end: null };
    const longer = new Uint8Array(bytes.length + next.value.length);
    longer.set(bytes);
    longer.set(next.value, bytes.length);
    bytes = longer;
  }
  return { bytes, end: undefined };
}

async function* piecesOf(reader: Reader, { bytes, end }: Sample): AsyncGenerator<Uint8Array> {
  yield bytes;
  if (end) throw end.error;
  if (end === null) return;
  for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
}

async function split(reader: Reader, sample: Sample, take: (line: OutputLine) => void): Promise<boolean> {
  const { bytes } = sample;
  const decoder = new TextDecoder(encodingOf(bytes));
  if (isBinary(new TextDecoder(decoder.encoding).decode(bytes, { stream: true }))) return false;
  const splitter = new Splitter(take);
  try {
    for await (const piece of piecesOf(reader, sample)) {
      splitter.push(decoder.decode(piece, { stream: true }));
    }
  } finally {
    splitter.push(decoder.decode());
    splitter.end();
  }
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
