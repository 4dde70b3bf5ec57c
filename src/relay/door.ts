/**
 * Who knocks? A connection has to present a secret, soon and in few bytes, and until then costs the relay a socket
 * and the gateway nothing.
 * @module
 */

import { judgeCredentials } from "../core/relay/credentials.ts";
import type { RelayLimits } from "../core/relay/limits.ts";
import type { Clock, Connection } from "../ports.ts";

/** Room for a secret's line, and for a first command behind it. */
const READ_BYTES = 512;

/** What was heard at the door. */
export type Knock =
  /** A secret, and what came behind it. */
  | { readonly kind: "secret"; readonly secret: string; readonly rest: Uint8Array }
  /** Something else; what to answer, or `null` for nothing. */
  | { readonly kind: "refused"; readonly answer: string | null }
  /** Nothing before the deadline, or before others needed the room; the connection is closed. */
  | { readonly kind: "late" | "shed" }
  /** Nothing: it hung up. */
  | { readonly kind: "left" };

/** Hears connections that have presented nothing yet. */
export class Door {
  readonly #limits: RelayLimits;
  readonly #clock: Clock;
  /** How to turn each away, the oldest first. */
  readonly #waiting = new Map<Connection, (kind: "late" | "shed") => void>();

  constructor({ limits, clock }: { readonly limits: RelayLimits; readonly clock: Clock }) {
    this.#limits = limits;
    this.#clock = clock;
  }

  /** How many are being heard. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Hears one connection out; never rejects. */
  async hear(connection: Connection): Promise<Knock> {
    const heard = new AbortController();
    let turnedAway: Knock | null = null;
    this.#waiting.set(connection, (kind) => {
      turnedAway = { kind };
      this.#waiting.delete(connection);
      connection.close();
    });
    this.#makeRoom();
    void this.#clock.sleep(this.#limits.authMs, heard.signal).then(() => {
      if (!heard.signal.aborted) this.#waiting.get(connection)?.("late");
    });
    try {
      return await this.#listen(connection) ?? turnedAway ?? { kind: "left" };
    } finally {
      heard.abort();
      this.#waiting.delete(connection);
    }
  }

  /** A real program speaks within milliseconds and a flood does not: the oldest goes. */
  #makeRoom(): void {
    if (this.#waiting.size <= this.#limits.unauthenticated) return;
    const [oldest] = this.#waiting.values();
    oldest?.("shed");
  }

  /** `null` when the connection ends first. */
  async #listen(connection: Connection): Promise<Knock | null> {
    const buffer = new Uint8Array(Math.max(READ_BYTES, this.#limits.authBytes));
    for (let filled = 0;;) {
      const count = await connection.read(buffer.subarray(filled)).catch(() => null);
      if (count === null) return null;
      filled += count;
      const credentials = judgeCredentials(buffer.subarray(0, filled), this.#limits.authBytes);
      switch (credentials.kind) {
        case "unfinished":
          continue;
        case "refused":
          return credentials;
        case "secret": {
          const { secret, usedBytes } = credentials;
          return { kind: "secret", secret, rest: buffer.slice(usedBytes, filled) };
        }
      }
    }
  }
}
