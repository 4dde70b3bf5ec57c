/**
 * What a gateway answers byte by byte, without a client that interprets it.
 * @module
 */

/** A loopback connection that sends text as it is and reads lines as they are. */
export class RawConnection implements Disposable {
  readonly #conn: Deno.TcpConn;
  readonly #decoder = new TextDecoder();
  #text = "";
  #open = true;

  private constructor(conn: Deno.TcpConn) {
    this.#conn = conn;
  }

  static async open(port: number): Promise<RawConnection> {
    const conn = await Deno.connect({ hostname: "127.0.0.1", port });
    conn.setNoDelay();
    return new RawConnection(conn);
  }

  /** The port of this end. */
  get localPort(): number {
    return this.#conn.localAddr.port;
  }

  /** Sends text and reads one line. */
  async ask(text: string): Promise<string | null> {
    await this.send(text);
    return await this.line();
  }

  async send(text: string): Promise<void> {
    let rest = new TextEncoder().encode(text);
    while (rest.length > 0) rest = rest.subarray(await this.#conn.write(rest));
  }

  /** The next line, or `null` when the peer closed or reset the connection. */
  async line(): Promise<string | null> {
    const buffer = new Uint8Array(4096);
    while (!this.#text.includes("\n")) {
      const bytes = await this.#conn.read(buffer).catch((error) => {
        if (error instanceof Deno.errors.ConnectionReset) return null;
        throw error;
      });
      if (bytes === null) return null;
      this.#text += this.#decoder.decode(buffer.subarray(0, bytes), { stream: true });
    }
    const end = this.#text.indexOf("\n");
    const line = this.#text.slice(0, end);
    this.#text = this.#text.slice(end + 1);
    return line;
  }

  [Symbol.dispose](): void {
    if (this.#open) this.#conn.close();
    this.#open = false;
  }
}
