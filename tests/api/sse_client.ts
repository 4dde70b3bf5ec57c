/**
 * A client of server-sent events that keeps what it was sent, over a connection of its own.
 * @module
 */

import assert from "node:assert/strict";

/** One event as it came. */
export interface Heard {
  readonly event: string;
  readonly id: string;
  // deno-lint-ignore no-explicit-any
  readonly data: any;
}

/** Reads a stream piece by piece. */
export class SseClient {
  readonly #reader: ReadableStreamDefaultReader<string>;
  readonly comments: string[] = [];
  readonly response: Response;
  #rest = "";
  #heard: Heard[] = [];

  private constructor(response: Response) {
    assert.ok(response.body);
    this.response = response;
    this.#reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  }

  static async open(url: string, headers: Record<string, string> = {}): Promise<SseClient> {
    const response = await fetch(url, { headers });
    assert.equal(response.status, 200, response.ok ? "" : await response.text());
    return new SseClient(response);
  }

  /** The next event; `null` when the stream has ended. */
  async next(): Promise<Heard | null> {
    while (this.#heard.length === 0) {
      if (!await this.#read()) return null;
    }
    return this.#heard.shift() ?? null;
  }

  /** The next one of this name. */
  async until(event: string): Promise<Heard> {
    for (let heard = await this.next(); heard !== null; heard = await this.next()) {
      if (heard.event === event) return heard;
    }
    throw new Error(`The stream ended before ${event}`);
  }

  /** Reads until a comment has come. */
  async untilComment(): Promise<void> {
    const before = this.comments.length;
    while (this.comments.length === before && await this.#read());
  }

  async close(): Promise<void> {
    await this.#reader.cancel();
  }

  async #read(): Promise<boolean> {
    const { value, done } = await this.#reader.read();
    if (done) return false;
    const blocks = (this.#rest + value).split("\n\n");
    this.#rest = blocks.pop() ?? "";
    for (const block of blocks) {
      const fields = new Map<string, string>();
      for (const line of block.split("\n")) {
        if (line.startsWith(":")) this.comments.push(line);
        const [, name = "", text = ""] = /^(\w+): (.*)$/.exec(line) ?? [];
        if (name !== "") fields.set(name, text);
      }
      const [event, data] = [fields.get("event"), fields.get("data")];
      if (event === undefined || data === undefined) continue;
      this.#heard.push({ event, id: fields.get("id") ?? "", data: JSON.parse(data) });
    }
    return true;
  }
}
