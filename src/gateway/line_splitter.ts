/**
 * Where one line of the Py4J protocol ends and the next begins, in bytes that arrive in any pieces. Nothing else
 * in the protocol bounds a message, so the length of a line is limited here.
 * @module
 */

import { Py4jProtocolError } from "./py4j_error.ts";

/** The longest line accepted when nothing else is said. The longest the daemon asks for is a stack trace. */
const DEFAULT_MAX_LINE_BYTES = 2 ** 20;

const LF = 0x0a;

/**
 * Cuts a stream of bytes into lines of text. `\n` and `\r\n` end a line. A lone `\r` is refused: Java's `readLine`
 * ends a line there too, so the two ends would disagree about what was said.
 */
export class LineSplitter {
  readonly #maxLineBytes: number;
  /** Refuses what is not UTF-8; `ignoreBOM` because a leading byte order mark would be dropped otherwise. */
  readonly #decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  #text = "";
  #bytes = 0;

  /** @param options `maxLineBytes`: the longest line accepted, without its `\n`; 1 MiB unless told. */
  constructor(options: { readonly maxLineBytes?: number | undefined } = {}) {
    this.#maxLineBytes = options.maxLineBytes ?? DEFAULT_MAX_LINE_BYTES;
  }

  /** How many bytes of an unfinished line are held: at the end of the stream, whether it ended inside a line. */
  get pendingBytes(): number {
    return this.#bytes;
  }

  /**
   * Takes the next bytes, which may be overwritten afterwards, and returns the lines they complete.
   * @throws {Py4jProtocolError} When a line is too long, is not UTF-8 or holds a lone `\r`. The stream cannot be
   * read on after that.
   */
  push(chunk: Uint8Array): string[] {
    const lines: string[] = [];
    let start = 0;
    for (let end = chunk.indexOf(LF); end !== -1; end = chunk.indexOf(LF, start)) {
      lines.push(this.#finish(chunk.subarray(start, end)));
      start = end + 1;
    }
    this.#append(chunk.subarray(start), { stream: true });
    return lines;
  }

  #finish(piece: Uint8Array): string {
    this.#append(piece, { stream: false });
    const line = this.#text.replace(/\r$/, "");
    if (line.includes("\r")) throw new Py4jProtocolError("A line holds a carriage return");
    this.#text = "";
    this.#bytes = 0;
    return line;
  }

  #append(piece: Uint8Array, options: TextDecodeOptions): void {
    this.#bytes += piece.length;
    if (this.#bytes > this.#maxLineBytes) {
      throw new Py4jProtocolError(`A line is longer than ${this.#maxLineBytes} bytes`);
    }
    try {
      this.#text += this.#decoder.decode(piece, options);
    } catch (cause) {
      throw new Py4jProtocolError("A line is not UTF-8", { cause });
    }
  }
}
