/**
 * How connections are made: to this machine's loopback address, and to sockets in its file system.
 * @module
 */

import { reasonOf } from "../errors.ts";
import type { Connection, Dialer, UnixDialer } from "../ports.ts";

/** The address Spark's gateway listens on; `localhost` may also be `::1`, where it does not. */
const LOOPBACK = "127.0.0.1";

/** Opens real connections. */
export const dialer: Dialer & UnixDialer = { dial, dialUnix };

async function dial(port: number, signal: AbortSignal): Promise<Connection> {
  try {
    const conn = await Deno.connect({ hostname: LOOPBACK, port, signal });
    // Without this, two small writes before a read cost 44 ms: Nagle's algorithm (measured on Deno 2.9).
    conn.setNoDelay();
    return new OpenConnection(conn);
  } catch (cause) {
    throw new Error(`Could not connect to ${LOOPBACK}:${port}: ${reasonOf(cause)}.`, { cause });
  }
}

/** The kernel answers at once: a connection is made, refused, or (with the listener's queue full) not possible now. */
async function dialUnix(path: string, signal: AbortSignal): Promise<Connection> {
  try {
    signal.throwIfAborted();
    const { isSocket, uid } = await Deno.lstat(path);
    if (isSocket === false) throw new Error("it is no socket");
    // In a folder such as /tmp anybody can put one in the place of another.
    if (uid !== Deno.uid()) throw new Error("it belongs to another user");
    return new OpenConnection(await Deno.connect({ transport: "unix", path }));
  } catch (cause) {
    throw new Error(`Could not connect to ${path}: ${reasonOf(cause)}.`, { cause });
  }
}

class OpenConnection implements Connection {
  readonly #conn: Deno.Conn;
  #open = true;

  constructor(conn: Deno.Conn) {
    this.#conn = conn;
  }

  async read(buffer: Uint8Array): Promise<number | null> {
    try {
      return await this.#conn.read(buffer);
    } catch (error) {
      // Closing interrupts a pending read: for the reader the stream has simply ended.
      if (!this.#open) return null;
      throw error;
    }
  }

  async write(bytes: Uint8Array): Promise<void> {
    for (let written = 0; written < bytes.length;) written += await this.#conn.write(bytes.subarray(written));
  }

  close(): void {
    if (this.#open) this.#conn.close();
    this.#open = false;
  }
}
