/**
 * How an exchange with a gateway can fail. None of these errors ever quotes what was sent: the first thing sent
 * on every connection is the secret, and a peer that is no gateway may echo it.
 * @module
 */

/** The peer does not speak Py4J as a gateway does; its connection is of no further use. */
export class Py4jProtocolError extends Error {
  override readonly name = "Py4jProtocolError";
}

/** The gateway refused the secret, or does not ask for one. */
export class Py4jAuthError extends Error {
  override readonly name = "Py4jAuthError";
}

/**
 * The connection ended before the reply came. That is not the death of the JVM: since py4j 0.10.9.8 a Ctrl-C
 * in one attached program closes every connection of the gateway.
 */
export class Py4jConnectionLost extends Error {
  override readonly name = "Py4jConnectionLost";
}

/** Java answered with an exception: thrown by the called code, or by py4j when there is no such method or object. */
export class Py4jJavaError extends Error {
  override readonly name = "Py4jJavaError";
  /** The stack trace as Java prints it, or what else the gateway said; its first line is the message. */
  readonly trace: string;

  /** @param trace The stack trace; empty when a static field was not found (`ReflectionCommand.java`). */
  constructor(trace: string) {
    super(trace.split(/\r?\n/, 1)[0] || "Java has no such class or member");
    this.trace = trace;
  }
}

/** Whether py4j knows no such method or constructor; it finds that out before it calls anything (`Py4JException`). */
export function isNotThere(error: unknown): boolean {
  return error instanceof Py4jJavaError &&
    /^py4j\.Py4JException: (?:Method|Constructor) .* does not exist/.test(error.message);
}
