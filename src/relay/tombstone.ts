/**
 * How does a program go on that has no gateway any more? Each of its calls is answered; nothing is forwarded.
 * @module
 */

import { CommandScanner, type Want } from "../core/relay/command_scanner.ts";
import { answersTo } from "../core/relay/tombstone.ts";
import type { Connection } from "../ports.ts";
import type { Inbox } from "./inbox.ts";

const UTF8 = new TextEncoder();
const READ_BYTES = 4096;

/** Answers one connection in a gateway's stead. */
export class Tombstone {
  readonly #client: Connection;
  readonly #sentence: () => string;
  readonly #scanner: CommandScanner;

  /**
   * @param sentence Asked at each call: more may be known by then.
   * @param scanner Where the program stands in what it says.
   */
  constructor(client: Connection, sentence: () => string, scanner = new CommandScanner()) {
    this.#client = client;
    this.#sentence = sentence;
    this.#scanner = scanner;
  }

  /** Answers what ends in these bytes; `false` when the connection is of no more use. */
  async answer(bytes: Uint8Array): Promise<boolean> {
    return await this.give(this.#scanner.push(bytes));
  }

  /** Gives what is wanted; `false` when the connection is of no more use. */
  async give(wants: readonly Want[]): Promise<boolean> {
    const { text, close } = answersTo(wants, this.#sentence());
    try {
      if (text !== "") await this.#client.write(UTF8.encode(text));
      return !close;
    } catch {
      return false;
    }
  }

  /** Answers until the program hangs up. */
  async serve(inbox: Inbox): Promise<void> {
    const buffer = new Uint8Array(READ_BYTES);
    for (let open = true; open;) {
      const bytes = await inbox.next(buffer);
      open = bytes !== null && await this.answer(bytes);
    }
  }
}
