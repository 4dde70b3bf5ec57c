/**
 * Whose turn is it on a connection? The protocol is strict question and answer, so that the first byte after an answer
 * begins a command; a line `s` or `z` anywhere else is a name or an argument. Nothing else is read: a new command of a
 * newer py4j passes like any other.
 * @module
 */

import { CANCEL_BYTES, CANCEL_LINES, cancelledPort } from "./cancel.ts";
import { CommandScanner } from "./command_scanner.ts";

/** What to do with what a program sent. */
export type ClientMove =
  | { readonly kind: "forward"; readonly bytes: Uint8Array }
  /** It may become one of the commands that are not forwarded. */
  | { readonly kind: "wait" }
  /** It asks the gateway to take itself away from everybody. */
  | { readonly kind: "shutdown" }
  /** It asks for the end of a connection, by the port of its own end; `null` when that is not to be understood. */
  | { readonly kind: "cancel"; readonly port: number | null };

const WAIT: ClientMove = { kind: "wait" };
const LINE_END = 0x0a;
const RETURN = "!".charCodeAt(0);
const SHUTDOWN = "s".charCodeAt(0);
const CANCEL = "z".charCodeAt(0);
const STREAM = "S".charCodeAt(0);
/** The three last bytes of a command that is over: its end mark as a line. */
const AFTER_COMMAND = 0x0a650a;

/** Follows both directions of one authenticated connection, chunk by chunk. */
export class Conversation {
  /** `callback` while the gateway's question has begun and not ended. */
  #gateway: "quiet" | "reply" | "callback" = "quiet";
  #callback = new CommandScanner();
  /** What the program's last words were, until the gateway's next message is over. */
  #program: "quiet" | "command" | "return" | "cancel" = "quiet";
  /** The last three bytes of the program's words. */
  #tail = 0;
  #tailAtLineStart = true;
  /** Bytes of the program that are not forwarded yet. */
  #kept: Uint8Array = new Uint8Array();
  #unanswered = 0;
  #opaque = false;

  /** Calls that wait for their answer: several when a callback calls back in turn. */
  get unanswered(): number {
    return this.#unanswered;
  }

  /** Whether the gateway's message has begun and not ended. */
  get messageUnderWay(): boolean {
    return this.#gateway !== "quiet";
  }

  /** Whether raw bytes may come, of which nothing can be told (`S`, which PySpark does not use). */
  get opaque(): boolean {
    return this.#opaque;
  }

  /** Takes what the program sent. What is to be forwarded is valid as long as the chunk is. */
  client(chunk: Uint8Array): ClientMove {
    if (this.#opaque) return { kind: "forward", bytes: chunk };
    if (this.#program === "cancel") return this.#collect(chunk);
    if (this.#kept.length === 0 && !this.#mayBeSpecial(chunk)) return this.#pass(chunk);
    const bytes = this.#kept.length === 0 ? chunk : joined(this.#kept, chunk);
    if (bytes.length === 1) {
      this.#kept = bytes.slice();
      return WAIT;
    }
    this.#kept = new Uint8Array();
    if (bytes[1] !== LINE_END) return this.#pass(bytes);
    switch (bytes[0]) {
      case CANCEL:
        this.#program = "cancel";
        return this.#collect(bytes);
      case SHUTDOWN:
        return { kind: "shutdown" };
      default:
        this.#opaque = true;
        return { kind: "forward", bytes };
    }
  }

  /** Takes what the gateway sent; all of it is to be forwarded. */
  server(chunk: Uint8Array): void {
    if (this.#opaque || chunk.length === 0) return;
    if (this.#gateway === "quiet") this.#gateway = chunk[0] === RETURN ? "reply" : "callback";
    if (this.#gateway === "reply") {
      if (chunk[chunk.length - 1] !== LINE_END) return;
      this.#unanswered = Math.max(0, this.#unanswered - 1);
    } else {
      this.#callback.push(chunk);
      if (!this.#callback.between) return;
    }
    this.#gateway = "quiet";
    if (this.#program !== "cancel") this.#program = "quiet";
  }

  /** Reads on where the program stands, for when nothing is forwarded any more. */
  rest(): CommandScanner {
    const over = this.#program === "return" ? (this.#tail & 0xff) === LINE_END : this.#tail === AFTER_COMMAND;
    const scanner = this.#program === "command" && !over
      ? CommandScanner.inside(this.#lineSoFar())
      : new CommandScanner();
    if (this.#program === "return" && !over) scanner.push(Uint8Array.of(RETURN));
    scanner.push(this.#kept);
    return scanner;
  }

  /** A shutdown or a stream only at the beginning; a cancellation also by a program that waits for an answer. */
  #mayBeSpecial(chunk: Uint8Array): boolean {
    const first = chunk[0];
    if (this.#program === "quiet") return first === SHUTDOWN || first === CANCEL || first === STREAM;
    return first === CANCEL && this.#program === "command" && this.#tail === AFTER_COMMAND;
  }

  #pass(bytes: Uint8Array): ClientMove {
    if (bytes.length === 0) return WAIT;
    if (this.#program === "quiet") {
      this.#program = bytes[0] === RETURN ? "return" : "command";
      if (this.#program === "command") this.#unanswered++;
      this.#tail = 0;
      this.#tailAtLineStart = true;
    }
    this.#remember(bytes);
    return { kind: "forward", bytes };
  }

  #remember(bytes: Uint8Array): void {
    const { length } = bytes;
    if (length > 3) this.#tailAtLineStart = bytes[length - 4] === LINE_END;
    for (let at = Math.max(0, length - 3); at < length; at++) {
      if (length <= 3) this.#tailAtLineStart = this.#tail >>> 16 === LINE_END;
      this.#tail = (this.#tail << 8 | (bytes[at] ?? 0)) & 0xffffff;
    }
  }

  /** What has come of the last line, as far as it matters: whether it is the end mark, or may become it. */
  #lineSoFar(): Uint8Array {
    const last = this.#tail & 0xff;
    if (last === LINE_END) return new Uint8Array();
    const before = this.#tail >>> 8 & 0xff;
    return before === LINE_END || before === 0 ? Uint8Array.of(last) : Uint8Array.of(before, last);
  }

  /** py4j sends the four lines one by one, hangs up after them, and is told nothing. */
  #collect(chunk: Uint8Array): ClientMove {
    if (this.#kept.length >= CANCEL_BYTES) return WAIT;
    this.#kept = joined(this.#kept, chunk.subarray(0, CANCEL_BYTES - this.#kept.length));
    const lines = this.#kept.reduce((count, byte) => count + (byte === LINE_END ? 1 : 0), 0);
    if (lines < CANCEL_LINES && this.#kept.length < CANCEL_BYTES) return WAIT;
    const text = new TextDecoder("latin1").decode(this.#kept);
    this.#kept = new Uint8Array(CANCEL_BYTES);
    return { kind: "cancel", port: cancelledPort(text.split("\n").slice(0, CANCEL_LINES).join("\n") + "\n") };
  }
}

function joined(one: Uint8Array, other: Uint8Array): Uint8Array {
  const both = new Uint8Array(one.length + other.length);
  both.set(one);
  both.set(other, one.length);
  return both;
}
