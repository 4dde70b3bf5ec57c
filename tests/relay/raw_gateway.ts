/**
 * A gateway that does nothing by itself but let in who has the secret: what it says, a test says.
 * @module
 */

import assert from "node:assert/strict";

/** One connection to it. */
export class RawCall {
  readonly #conn: Deno.TcpConn;
  readonly #buffer = new Uint8Array(2 ** 16);
  /** Read and not asked for yet. */
  #kept = "";

  constructor(conn: Deno.TcpConn) {
    this.#conn = conn;
    conn.setNoDelay();
  }

  /** The port of the other end. */
  get callerPort(): number {
    return this.#conn.remoteAddr.port;
  }

  /** Reads until the text has come, and nothing else. */
  async expect(text: string): Promise<void> {
    while (this.#kept.length < text.length) {
      const count = await this.#conn.read(this.#buffer);
      assert.ok(count !== null, `the connection ended behind ${JSON.stringify(this.#kept)}`);
      this.#kept += new TextDecoder("latin1").decode(this.#buffer.subarray(0, count));
    }
    assert.equal(this.#kept.slice(0, text.length), text);
    this.#kept = this.#kept.slice(text.length);
  }

  /** Everything until the end. */
  async rest(): Promise<string> {
    for (;;) {
      const count = await this.#conn.read(this.#buffer).catch(() => null);
      if (count === null) return this.#kept;
      this.#kept += new TextDecoder("latin1").decode(this.#buffer.subarray(0, count));
    }
  }

  /** Reads as many bytes as fit. */
  async read(buffer: Uint8Array): Promise<number | null> {
    return await this.#conn.read(buffer);
  }

  async send(content: string | Uint8Array): Promise<void> {
    let rest = typeof content === "string" ? new TextEncoder().encode(content) : content;
    while (rest.length > 0) rest = rest.subarray(await this.#conn.write(rest));
  }

  close(): void {
    try {
      this.#conn.close();
    } catch {
      // Closed before.
    }
  }
}

/** Listens until it is disposed of. */
export class RawGateway implements Disposable {
  readonly secret = "fedcba9876543210fedcba9876543210";
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #calls: RawCall[] = [];

  readonly port: number = this.#listener.addr.port;

  /** The next connection, as it comes. */
  async accept(): Promise<RawCall> {
    const call = new RawCall(await this.#listener.accept());
    this.#calls.push(call);
    return call;
  }

  /** The next connection, let in. */
  async letIn(): Promise<RawCall> {
    const call = await this.accept();
    await call.expect(`A\n${this.secret}\n`);
    await call.send("!yv\n");
    return call;
  }

  [Symbol.dispose](): void {
    for (const call of this.#calls) call.close();
    this.#listener.close();
  }
}
