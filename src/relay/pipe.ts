/**
 * How do a program's bytes get to its gateway and back, and what happens to a connection whose gateway is lost?
 * @module
 */

import { cancelCommand } from "../core/relay/cancel.ts";
import { Conversation } from "../core/relay/conversation.ts";
import type { RelayLimits } from "../core/relay/limits.ts";
import { SPOILED } from "../core/relay/tombstone.ts";
import type { Clock, TcpConnection } from "../ports.ts";
import type { Inbox } from "./inbox.ts";
import { ReadBuffer } from "./read_buffer.ts";
import { Tombstone } from "./tombstone.ts";

const UTF8 = new TextEncoder();

/** What a pipe needs. */
export interface PipeOptions {
  readonly client: TcpConnection;
  readonly inbox: Inbox;
  /** Authenticated. */
  readonly upstream: TcpConnection;
  readonly clock: Clock;
  readonly limits: RelayLimits;
  /** Ctrl-C: the relay's port of the connection that has this port at the program's end; `null` when there is none. */
  readonly onCancel: (port: number) => number | null;
  /** The program asked the gateway to shut down. */
  readonly onShutdown: () => void;
  /** Bytes passed on. */
  readonly count: (direction: "up" | "down", bytes: number) => void;
}

/** One program's connection and one to its gateway, joined. */
export class Pipe {
  readonly #options: PipeOptions;
  readonly #talk = new Conversation();
  /** Aborted as soon as it is known how this ends. */
  readonly #settled = new AbortController();
  #tombstone: Tombstone | null = null;
  /** Resolves when nothing of the gateway is on its way to the program any more. */
  #delivered: Promise<void> = Promise.resolve();
  /** Resolves when what was under way at the loss has been answered. */
  #lastWords: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(options: PipeOptions) {
    this.#options = options;
  }

  /** Carries bytes until either end hangs up; never rejects. */
  async run(): Promise<void> {
    this.#delivered = this.#down();
    const upstreamEnded = this.#delivered.then(() => this.#awaitReport());
    await this.#up();
    this.close();
    await upstreamEnded;
    await this.#lastWords;
  }

  /** Hangs up on both ends; harmless when that is done. */
  close(): void {
    this.#closed = true;
    this.#settled.abort();
    this.#options.upstream.close();
    this.#options.client.close();
  }

  /**
   * The gateway is lost: from now on its sentence is the answer. Returns at once: a program that does not read keeps
   * nobody waiting but itself.
   */
  bury(sentence: () => string): void {
    if (this.#closed || this.#tombstone !== null) return;
    const tombstone = new Tombstone(this.#options.client, sentence, this.#talk.rest());
    this.#tombstone = tombstone;
    this.#options.upstream.close();
    this.#settled.abort();
    this.#lastWords = this.#delivered.then(() => this.#answerCalls(tombstone));
  }

  async #up(): Promise<void> {
    const { inbox, upstream, count, limits } = this.#options;
    const buffer = new ReadBuffer(limits);
    for (;;) {
      const chunk = await inbox.next(buffer.bytes);
      if (chunk === null || this.#closed) return;
      if (this.#tombstone !== null) {
        await this.#lastWords;
        if (!await this.#tombstone.answer(chunk)) return;
        continue;
      }
      const bytes = this.#passOn(chunk);
      if (bytes === null) return;
      if (bytes.length === 0) continue;
      count("up", bytes.length);
      // If that fails, the other direction finds out why.
      await upstream.write(bytes).catch(() => {});
      buffer.fit(chunk.length);
    }
  }

  /** What of a chunk goes to the gateway; `null` to hang up. */
  #passOn(chunk: Uint8Array): Uint8Array | null {
    const move = this.#talk.client(chunk);
    switch (move.kind) {
      case "forward":
        return move.bytes;
      case "wait":
        return new Uint8Array();
      case "shutdown":
        this.#options.onShutdown();
        return null;
      case "cancel": {
        const port = move.port === null ? null : this.#options.onCancel(move.port);
        return port === null ? new Uint8Array() : UTF8.encode(cancelCommand(port));
      }
    }
  }

  async #down(): Promise<void> {
    const { client, upstream, count, limits } = this.#options;
    const buffer = new ReadBuffer(limits);
    for (;;) {
      const length = await upstream.read(buffer.bytes).catch(() => null);
      // What comes behind a loss comes too late: how the connection stands has been judged without it.
      if (length === null || this.#tombstone !== null || this.#closed) return;
      const chunk = buffer.bytes.subarray(0, length);
      this.#talk.server(chunk);
      count("down", length);
      try {
        await client.write(chunk);
      } catch {
        return this.close();
      }
      buffer.fit(length);
    }
  }

  /** An ended connection is no dead gateway: Ctrl-C ends some, and a fatal answer its own. */
  async #awaitReport(): Promise<void> {
    const { client, clock, limits } = this.#options;
    if (!this.#settled.signal.aborted) await clock.sleep(limits.exitReportMs, this.#settled.signal);
    if (this.#closed || this.#tombstone !== null) return;
    this.#closed = true;
    if (this.#talk.messageUnderWay && !this.#talk.opaque) await client.write(SPOILED).catch(() => {});
    this.close();
  }

  async #answerCalls(tombstone: Tombstone): Promise<void> {
    if (this.#closed) return;
    if (this.#talk.opaque) return this.close();
    if (this.#talk.messageUnderWay) {
      await this.#options.client.write(SPOILED).catch(() => {});
      return this.close();
    }
    if (!await tombstone.give(this.#talk.unanswered)) this.close();
  }
}
