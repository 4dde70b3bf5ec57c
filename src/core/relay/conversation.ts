/**
 * Whose turn is it on a connection? The protocol is strict question and answer, so that the first byte after an answer
 * begins a command; a line `s` or `z` anywhere else is a name or an argument. Nothing else is read: a new command of a
 * newer py4j passes like any other.
 * @module
 */

import { CANCEL_BYTES, CANCEL_LINES, cancelledPort } from "./cancel.ts";
import { CommandScanner, type Want } from "./command_scanner.ts";

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
const REFLECTION = "r".charCodeAt(0);
/** The three last bytes of a command that is over: its end mark as a line. */
const AFTER_COMMAND = 0x0a650a;
const NOTHING: Uint8Array = new Uint8Array();

const LATIN = new TextDecoder("latin1");

/** Follows both directions of one authenticated connection, chunk by chunk. */
export class Conversation {
  /** Which message of the gateway has begun and not ended: an answer, or a question inside a call. */
  #gateway: "quiet" | "reply" | "callback" = "quiet";
  readonly #callback = new CommandScanner();
  /** What the program said last; quiet once the gateway has spoken. */
  #program: "quiet" | "command" | "return" | "cancel" | "cancelled" = "quiet";
  /** The last three bytes of that. */
  #tail = 0;
  /** What it has sent and is not forwarded yet. */
  #kept = NOTHING;
  #unanswered = 0;
  /** The last command, when it asks for a name. */
  #reflection = NOTHING;
  #opaque = false;

  /** What is waited for, the last command's first: several when a callback calls back in turn. */
  get unanswered(): readonly Want[] {
    return Array.from(
      { length: this.#unanswered },
      (_, at) => at === 0 && new CommandScanner().push(this.#reflection)[0] || "error",
    );
  }

  /** Whether the gateway's message has begun and not ended. */
  get messageUnderWay(): boolean {
    return this.#gateway !== "quiet";
  }

  /** Whether raw bytes may come, of which nothing can be told (`S`, which PySpark does not use). */
  get opaque(): boolean {
    return this.#opaque;
  }

  /** Takes what the program sent. What is to be forwarded may be the chunk itself. */
  client(chunk: Uint8Array): ClientMove {
    if (this.#opaque) return { kind: "forward", bytes: chunk };
    if (this.#program === "cancel") return this.#collect(chunk);
    if (this.#program === "cancelled" || chunk.length === 0) return WAIT;
    if (this.#kept.length === 0 && !this.#mayBeSpecial(chunk)) return this.#pass(chunk);
    const bytes = joined(this.#kept, chunk);
    if (bytes.length === 1) {
      this.#kept = bytes;
      return WAIT;
    }
    this.#kept = NOTHING;
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
      this.#reflection = NOTHING;
    } else {
      this.#callback.push(chunk);
      if (!this.#callback.between) return;
    }
    this.#gateway = "quiet";
    if (this.#program === "command" || this.#program === "return") this.#program = "quiet";
  }

  /** Reads on from where the program stands, for when nothing is forwarded any more. */
  rest(): CommandScanner {
    const scanner = this.#where();
    scanner.push(this.#kept);
    return scanner;
  }

  #where(): CommandScanner {
    const between = new CommandScanner();
    switch (this.#program) {
      case "quiet":
        return between;
      case "command":
        return this.#tail === AFTER_COMMAND ? between : CommandScanner.inside(this.#lineSoFar());
      case "return":
        if ((this.#tail & 0xff) !== LINE_END) between.push(Uint8Array.of(RETURN));
        return between;
      case "cancel":
      case "cancelled":
        return CommandScanner.inside(NOTHING);
    }
  }

  /** A shutdown or a stream only where a command begins; a cancellation also from a program that waits for an answer. */
  #mayBeSpecial([first]: Uint8Array): boolean {
    if (this.#program === "quiet") return first === SHUTDOWN || first === CANCEL || first === STREAM;
    return first === CANCEL && this.#program === "command" && this.#tail === AFTER_COMMAND;
  }

  #pass(bytes: Uint8Array): ClientMove {
    if (this.#program === "quiet") {
      this.#program = bytes[0] === RETURN ? "return" : "command";
      if (this.#program === "command") this.#ask(bytes);
      this.#tail = 0;
    }
    for (let at = Math.max(0, bytes.length - 3); at < bytes.length; at++) {
      this.#tail = (this.#tail << 8 | (bytes[at] ?? 0)) & 0xffffff;
    }
    return { kind: "forward", bytes };
  }

  #ask(bytes: Uint8Array): void {
    this.#unanswered++;
    this.#reflection = bytes[0] === REFLECTION ? bytes.slice() : NOTHING;
  }

  /** Of the last line as much as tells whether it is the end mark, or may become it. */
  #lineSoFar(): Uint8Array {
    const [before, last] = [this.#tail >>> 8 & 0xff, this.#tail & 0xff];
    if (last === LINE_END) return NOTHING;
    return before === LINE_END || before === 0 ? Uint8Array.of(last) : Uint8Array.of(before, last);
  }

  /** py4j sends the four lines one by one, is told nothing, and hangs up. */
  #collect(chunk: Uint8Array): ClientMove {
    this.#kept = joined(this.#kept, chunk.subarray(0, CANCEL_BYTES));
    const lines = LATIN.decode(this.#kept).split("\n");
    if (lines.length <= CANCEL_LINES && this.#kept.length < CANCEL_BYTES) return WAIT;
    this.#program = "cancelled";
    this.#kept = NOTHING;
    return { kind: "cancel", port: cancelledPort(lines.slice(0, CANCEL_LINES)) };
  }
}

function joined(one: Uint8Array, other: Uint8Array): Uint8Array {
  const both = new Uint8Array(one.length + other.length);
  both.set(one);
  both.set(other, one.length);
  return both;
}
