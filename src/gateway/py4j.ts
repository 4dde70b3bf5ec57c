/**
 * How the daemon calls into a gateway: one authenticated connection, one exchange at a time. There are no timers
 * here: deadlines are the callers', through their signals.
 * @module
 */

import { reasonOf } from "../errors.ts";
import type { Connection, Dialer } from "../ports.ts";
import { LineSplitter } from "./line_splitter.ts";
import {
  authCommand,
  callCommand,
  classCommand,
  constructorCommand,
  decodeReply,
  deleteCommand,
  exceptionCommand,
  fieldCommand,
  lookUpCommand,
  type Reply,
  staticMemberCommand,
  type Target,
} from "./py4j_codec.ts";
import { Py4jAuthError, Py4jConnectionLost, Py4jJavaError, Py4jProtocolError } from "./py4j_error.ts";
import { asReference, type JavaArgument, type JavaReference, type JavaValue } from "./py4j_value.ts";

/** Room for most replies in one read. */
const READ_BYTES = 16 * 2 ** 10;

const UTF8 = new TextEncoder();

/** Where to connect, and with what. */
export interface ConnectOptions {
  readonly dialer: Dialer;
  readonly port: number;
  readonly secret: string;
  /** Ends the attempt. */
  readonly signal: AbortSignal;
  /** The longest reply accepted, in bytes. @default {1048576} */
  readonly maxLineBytes?: number;
}

/** When to give up. */
export interface ExchangeOptions {
  /** Once aborted, the exchange fails with its reason; if it was under way, the connection is closed. */
  readonly signal: AbortSignal;
}

/** How to make a call. */
export interface CallOptions extends ExchangeOptions {
  readonly args?: readonly JavaArgument[];
}

/** A reply that tells of no error. */
type Answer = Extract<Reply, { readonly kind: "value" | "class" | "package" | "method" | "no-member" }>;

/**
 * One authenticated connection to a gateway.
 *
 * Calls made at the same time wait for each other: the protocol has no request numbers, so only one can be under
 * way, and who merely reads a figure should not have to know who else is asking. For the same reason an exchange
 * that failed or was given up closes the connection: its late reply would be taken for the next one's. Every call
 * rejects with the signal's reason, or with
 * - {@linkcode Py4jJavaError} when Java answered with an exception, which is no fault of the connection;
 * - {@linkcode Py4jConnectionLost} when the connection ended, in this exchange or an earlier one;
 * - {@linkcode Py4jProtocolError} when the answer is not Py4J;
 * - `TypeError`, before anything is sent, when a name or an argument cannot be, and, after the exchange, when
 *   Java answered with a plain value where an object was wanted.
 */
export class Py4jClient implements Disposable {
  readonly #connection: Connection;
  readonly #lines: LineSplitter;
  readonly #buffer = new Uint8Array(READ_BYTES);
  /** Resolves when every exchange asked for so far has ended. */
  #lastTurn: Promise<void> = Promise.resolve();
  /** Why the connection was closed. */
  #end: string | null = null;

  private constructor(connection: Connection, maxLineBytes: number | undefined) {
    this.#connection = connection;
    this.#lines = new LineSplitter({ maxLineBytes });
  }

  /**
   * Connects and presents the secret, which is not kept.
   * @throws {Py4jAuthError} When the gateway does not accept the secret.
   * @throws {Py4jConnectionLost} When nothing listens there, or the peer closes the connection.
   * @throws {Py4jProtocolError} When the peer is not a gateway.
   */
  static async connect(options: ConnectOptions): Promise<Py4jClient> {
    const { dialer, port, signal } = options;
    const request = authCommand(options.secret);
    const client = new Py4jClient(await dial(dialer, port, signal), options.maxLineBytes);
    try {
      checkAccepted(await client.#inTurn(signal, () => client.#exchange(request)));
      return client;
    } catch (error) {
      client.close();
      throw error;
    }
  }

  /** Whether the connection can be used no more. */
  get closed(): boolean {
    return this.#end !== null;
  }

  /** Calls a method: a static one when the target is the full name of a class. A `void` method answers null. */
  async call(target: Target, method: string, options: CallOptions): Promise<JavaValue> {
    return valueOf(await this.#ask(callCommand(target, method, options.args ?? []), options));
  }

  /** Makes an object. */
  async construct(className: string, options: CallOptions): Promise<JavaReference> {
    return asReference(valueOf(await this.#ask(constructorCommand(className, options.args ?? []), options)));
  }

  /** The `java.lang.Class` object of a class, for methods that want one; a new reference each time. */
  async classOf(className: string, options: ExchangeOptions): Promise<JavaReference> {
    return asReference(valueOf(await this.#ask(classCommand(className), options)));
  }

  /** The full name of a class the JVM can load, or null when it has none of that name. */
  async findClass(name: string, options: ExchangeOptions): Promise<string | null> {
    const answer = await this.#ask(lookUpCommand(name), options);
    return answer.kind === "class" ? answer.name : null;
  }

  /** The value of a static field. */
  async staticField(className: string, field: string, options: ExchangeOptions): Promise<JavaValue> {
    return valueOf(await this.#ask(staticMemberCommand(className, field), options));
  }

  /** The value of a public field of an object. */
  async field(object: JavaReference, field: string, options: ExchangeOptions): Promise<JavaValue> {
    return valueOf(await this.#ask(fieldCommand(object, field), options));
  }

  /** Lets the JVM forget an object; harmless when it did before. Nothing else ever does, not even closing. */
  async release(object: JavaReference, options: ExchangeOptions): Promise<void> {
    await this.#ask(deleteCommand(object), options);
  }

  /** The stack trace of an exception object, as Java prints it. */
  async exceptionText(throwable: JavaReference, options: ExchangeOptions): Promise<string> {
    return String(valueOf(await this.#ask(exceptionCommand(throwable), options)));
  }

  /** Closes the connection; harmless when closed before. What is under way or waiting fails. */
  close(): void {
    this.#close("it was closed on this side");
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #close(reason: string): void {
    if (this.#end !== null) return;
    this.#end = reason;
    this.#connection.close();
  }

  #ask(command: string, { signal }: ExchangeOptions): Promise<Answer> {
    return this.#inTurn(signal, async () => {
      const reply = await this.#exchange(command);
      switch (reply.kind) {
        case "thrown":
          throw await this.#takeException(reply.throwable);
        case "error":
        case "fatal":
          throw new Py4jJavaError(reply.trace);
        default:
          return reply;
      }
    });
  }

  /** Reads what was thrown and releases it: it is as much an object of the gateway as a result is. */
  async #takeException(throwable: JavaReference): Promise<Py4jJavaError> {
    const reply = await this.#exchange(exceptionCommand(throwable));
    if (this.#end === null) await this.#exchange(deleteCommand(throwable));
    if (reply.kind === "value" && typeof reply.value === "string") return new Py4jJavaError(reply.value);
    return new Py4jJavaError("trace" in reply ? reply.trace : "");
  }

  async #inTurn<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const previous = this.#lastTurn;
    const turn = Promise.withResolvers<void>();
    this.#lastTurn = previous.then(() => turn.promise);
    const giveUp = () => this.#close("an exchange was given up");
    try {
      await unlessAborted(previous, signal);
      signal.throwIfAborted();
      signal.addEventListener("abort", giveUp);
      return await work();
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    } finally {
      signal.removeEventListener("abort", giveUp);
      turn.resolve();
    }
  }

  async #exchange(command: string): Promise<Reply> {
    if (this.#end !== null) throw this.#lost();
    try {
      await this.#connection.write(UTF8.encode(command));
      const reply = decodeReply(await this.#readLine());
      if (reply.kind === "fatal") this.#close("the gateway did not understand a command");
      return reply;
    } catch (error) {
      this.#close(reasonOf(error));
      throw error instanceof Py4jProtocolError ? error : this.#lost(error);
    }
  }

  async #readLine(): Promise<string> {
    while (true) {
      const bytes = await this.#connection.read(this.#buffer);
      if (bytes === null) {
        throw new Error(`it ended ${this.#lines.pendingBytes > 0 ? "inside" : "before"} a reply`);
      }
      const [line, ...more] = this.#lines.push(this.#buffer.subarray(0, bytes));
      if (line === undefined) continue;
      if (more.length > 0 || this.#lines.pendingBytes > 0) {
        throw new Py4jProtocolError("More than a reply came");
      }
      return line;
    }
  }

  #lost(cause?: unknown): Py4jConnectionLost {
    return new Py4jConnectionLost(`The connection to the gateway is of no use: ${this.#end}`, { cause });
  }
}

async function dial(dialer: Dialer, port: number, signal: AbortSignal): Promise<Connection> {
  try {
    return await dialer.dial(port, signal);
  } catch (cause) {
    signal.throwIfAborted();
    throw new Py4jConnectionLost(reasonOf(cause), { cause });
  }
}

/** The peer's own words are not passed on: if it is no gateway, they may hold the secret. */
function checkAccepted(reply: Reply): void {
  if (reply.kind === "error") throw new Py4jAuthError("The gateway refused the secret");
  if (reply.kind === "fatal") {
    throw new Py4jAuthError("The gateway does not know the command that presents a secret");
  }
  if (reply.kind !== "value" || reply.value !== null) {
    throw new Py4jProtocolError("The secret was not answered");
  }
}

function valueOf(answer: Answer): JavaValue {
  if (answer.kind === "value") return answer.value;
  throw new Py4jJavaError(`There is no such field: the gateway answered "${answer.kind}"`);
}

/** Waits for what never rejects. */
function unlessAborted(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  const { promise: settled, resolve, reject } = Promise.withResolvers<void>();
  const giveUp = () => reject(signal.reason);
  signal.throwIfAborted();
  signal.addEventListener("abort", giveUp);
  void promise.then(() => {
    signal.removeEventListener("abort", giveUp);
    resolve();
  });
  return settled;
}
