/**
 * A gateway for tests: listens on loopback, authenticates, frames and answers as py4j 0.10.9.9 does. What it does
 * by itself is pinned to real PySpark by the scenarios; what it can be told to do instead no gateway does.
 * @module
 */

import { setImmediate } from "node:timers/promises";
import { FakeJvm, fatal } from "./fake_jvm.ts";

/** How a reply is sent. */
export interface Delivery {
  /** Sent one after the other. */
  readonly pieces: Iterable<string | Uint8Array<ArrayBuffer>>;
  /** Whether the connection is closed then. */
  readonly close?: boolean;
}

/** What to do otherwise than py4j. */
export interface FakePy4jOptions {
  /** Decides how each reply is sent, given the line and the request it answers. */
  readonly deliver?: (line: string, request: readonly string[]) => Delivery;
}

/** Lines of a command, its letter included, before its arguments or its end mark. */
const FIXED_LINES: Readonly<Record<string, number>> = { c: 3, i: 2, f: 4, m: 3, p: 2, r: 3 };

/** A gateway that listens until it is disposed of. */
export class FakePy4jServer implements AsyncDisposable {
  readonly secret = "0123456789abcdef0123456789abcdef";
  readonly port: number;
  readonly jvm = new FakeJvm();
  /** Every command received, line by line. */
  readonly requests: (readonly string[])[] = [];
  readonly #listener: Deno.TcpListener;
  readonly #deliver: NonNullable<FakePy4jOptions["deliver"]>;
  readonly #open = new Set<Deno.TcpConn>();
  readonly #served: Promise<void>[] = [];
  readonly #accepting: Promise<void>;
  readonly #waiting: (() => void)[] = [];

  constructor(options: FakePy4jOptions = {}) {
    this.#deliver = options.deliver ?? ((line) => ({ pieces: [`${line}\n`] }));
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    this.port = (this.#listener.addr as Deno.NetAddr).port;
    this.#accepting = this.#accept();
  }

  /** Resolves when so many commands have been received in all. */
  async received(count: number): Promise<void> {
    while (this.requests.length < count) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#waiting.push(resolve);
      await promise;
    }
  }

  /** Resolves when every connection made so far has ended. */
  async allClosed(): Promise<void> {
    await Promise.all(this.#served);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#shutDown();
    await this.#accepting;
    await this.allClosed();
  }

  #shutDown(): void {
    this.jvm.shutDown();
    try {
      this.#listener.close();
    } catch {
      // Closed before, by a JVM that was halted.
    }
    for (const conn of this.#open) this.#close(conn);
  }

  #close(conn: Deno.TcpConn): void {
    if (this.#open.delete(conn)) conn.close();
  }

  async #accept(): Promise<void> {
    for await (const conn of this.#listener) {
      conn.setNoDelay();
      this.#open.add(conn);
      this.#served.push(this.#serve(conn));
    }
  }

  async #serve(conn: Deno.TcpConn): Promise<void> {
    try {
      const lines = readLines(conn);
      let authenticated = false;
      for await (const letter of lines) {
        const answer = await this.#answer(letter, { lines, authenticated });
        if (answer === "halted") return this.#shutDown();
        authenticated ||= letter === "A";
        const { pieces, close } = this.#deliver(answer.line, this.requests.at(-1) ?? []);
        await send(conn, pieces);
        if (close || answer.close) return;
      }
    } catch {
      // The client is gone.
    } finally {
      this.#close(conn);
    }
  }

  async #answer(letter: string, state: { readonly lines: Lines; readonly authenticated: boolean }) {
    const { lines, authenticated } = state;
    const fixed = FIXED_LINES[letter];
    if (letter === "A") return this.#authenticate(await next(lines));
    if (fixed === undefined) {
      return { line: fatal(`py4j.Py4JException: Unknown command received: ${letter}`), close: true };
    }
    if (!authenticated) return { line: "!xsAuthentication error: unexpected command.", close: true };
    const request = [letter];
    while (request.length < fixed) request.push(await next(lines));
    // `r c` has one name, `r u` and `r m` have two.
    if (letter === "r" && request[1] !== "c") request.push(await next(lines));
    for (let part = await next(lines); part !== "e"; part = await next(lines)) request.push(part);
    this.#record(request);
    return await this.jvm.execute(request);
  }

  #authenticate(secret: string) {
    this.#record(["A", secret]);
    if (secret === this.secret) return { line: "!yv" };
    return { line: "!xsAuthentication error: bad auth token received.", close: true };
  }

  #record(request: readonly string[]): void {
    this.requests.push(request);
    for (const wake of this.#waiting.splice(0)) wake();
  }
}

type Lines = AsyncGenerator<string, void, void>;

async function next(lines: Lines): Promise<string> {
  const { value, done } = await lines.next();
  if (done) throw new Error("The stream ended inside a command");
  return value;
}

/** As Java's `readLine`: `\n`, `\r` and `\r\n` end a line, a `\r` at once. */
async function* readLines(conn: Deno.TcpConn): Lines {
  const decoder = new TextDecoder();
  const buffer = new Uint8Array(2 ** 16);
  let text = "";
  let afterReturn = false;
  for (let count = await conn.read(buffer); count !== null; count = await conn.read(buffer)) {
    text += decoder.decode(buffer.subarray(0, count), { stream: true });
    if (afterReturn && text.startsWith("\n")) text = text.slice(1);
    afterReturn = text.endsWith("\r");
    const lines = text.split(/\r\n|\r|\n/);
    text = lines.pop() ?? "";
    yield* lines;
  }
}

async function send(conn: Deno.TcpConn, pieces: Delivery["pieces"]): Promise<void> {
  for (const piece of pieces) {
    let rest = typeof piece === "string" ? new TextEncoder().encode(piece) : piece;
    while (rest.length > 0) rest = rest.subarray(await conn.write(rest));
    // Lets the client read this piece by itself.
    await setImmediate();
  }
}
