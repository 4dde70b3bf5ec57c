/**
 * How connections are made and accepted on this machine's loopback address, and made to sockets in its file system.
 * @module
 */

import { reasonOf } from "../errors.ts";
import type { Connection, Dialer, Listener, Loopback, TcpConnection, UnixDialer } from "../ports.ts";

/** The address Spark's gateway listens on; `localhost` may also be `::1`, where it does not. */
const LOOPBACK = "127.0.0.1";

/** Opens real connections. */
export const dialer: Dialer & UnixDialer = { dial, dialUnix };

/** Opens and accepts real connections. */
export const loopback: Loopback = { dial, listen };

async function dial(port: number, signal: AbortSignal): Promise<TcpConnection> {
  try {
    return new OpenTcpConnection(await Deno.connect({ hostname: LOOPBACK, port, signal }));
  } catch (cause) {
    throw new Error(`Could not connect to ${LOOPBACK}:${port}: ${reasonOf(cause)}.`, { cause });
  }
}

function listen(port: number): Listener {
  try {
    return new OpenListener(Deno.listen({ hostname: LOOPBACK, port }));
  } catch (cause) {
    throw new Error(`Could not listen on ${LOOPBACK}:${port}: ${reasonOf(cause)}.`, { cause });
  }
}

class OpenListener implements Listener {
  readonly port: number;
  readonly #listener: Deno.TcpListener;
  #open = true;

  constructor(listener: Deno.TcpListener) {
    this.#listener = listener;
    this.port = listener.addr.port;
  }

  async accept(): Promise<TcpConnection | null> {
    while (this.#open) {
      try {
        return new OpenTcpConnection(await this.#listener.accept());
      } catch (error) {
        // The caller has left again: the next one is to be accepted all the same.
        if (this.#open && !(error instanceof Deno.errors.ConnectionAborted)) throw error;
      }
    }
    return null;
  }

  close(): void {
    if (this.#open) this.#listener.close();
    this.#open = false;
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

class OpenTcpConnection extends OpenConnection implements TcpConnection {
  readonly localPort: number;
  readonly remotePort: number;

  constructor(conn: Deno.TcpConn) {
    super(conn);
    this.localPort = conn.localAddr.port;
    this.remotePort = conn.remoteAddr.port;
    // Without this, two small writes before a read cost 44 ms: Nagle's algorithm (measured on Deno 2.9).
    conn.setNoDelay();
  }
}
