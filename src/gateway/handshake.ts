/**
 * What does the file say in which a new gateway publishes how to reach it? Port, length of the secret, secret
 * (`PythonGatewayServer.scala`, the same from Spark 3.3 to 4.2).
 * @module
 */

import type { Clock, Files } from "../ports.ts";

const HEADER_BYTES = 8;
/** Spark writes 64 by default; `spark.authenticate.secretBitLength` is a few times 256 at the very most. */
const MAX_SECRET_BYTES = 4096;
/** Whatever else is written there is no secret of Spark, which uses hexadecimal digits, or of py4j: Base64. */
const PRINTABLE_ASCII = /^[!-~]+$/;

/** How to reach one gateway. The secret is no property, so that it shows up in no log. */
export class Handshake {
  /** The TCP port on the loopback address. */
  readonly port: number;
  readonly #secret: string;

  /** @param port The port. @param secret What every connection must present. */
  constructor(port: number, secret: string) {
    this.port = port;
    this.#secret = secret;
  }

  /** What every connection must present. */
  secret(): string {
    return this.#secret;
  }
}

/** The file is no hand-shake file, and more bytes would not make it one. */
export class HandshakeError extends Error {
  override readonly name = "HandshakeError";
}

/**
 * Reads the hand-shake file.
 * @returns `null` while bytes are missing. Spark renames the complete file into place, so that is not expected.
 * @throws {HandshakeError} When the port is not from 1 to 65535, the secret not from 1 to 4096 printable ASCII
 * characters, or bytes follow it.
 */
export function decodeHandshake(bytes: Uint8Array): Handshake | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const port = view.byteLength < 4 ? null : view.getInt32(0);
  if (port !== null && (port < 1 || port > 65535)) throw unreadable(`its port is ${port}`);
  const secretBytes = view.byteLength < HEADER_BYTES ? null : view.getInt32(4);
  if (secretBytes !== null && (secretBytes < 1 || secretBytes > MAX_SECRET_BYTES)) {
    throw unreadable(`its secret is ${secretBytes} bytes long`);
  }
  if (port === null || secretBytes === null || view.byteLength < HEADER_BYTES + secretBytes) return null;
  if (view.byteLength > HEADER_BYTES + secretBytes) throw unreadable("bytes follow its secret");
  const secret = String.fromCharCode(...bytes.subarray(HEADER_BYTES));
  if (!PRINTABLE_ASCII.test(secret)) throw unreadable("its secret is not printable ASCII");
  return new Handshake(port, secret);
}

/** How often the file is looked for. */
const POLL_MS = 10;

/**
 * Waits for the file.
 * @returns `null` when `signal` was aborted before it was there.
 * @throws {Error} When it is no hand-shake file, or an incomplete one.
 */
export async function awaitHandshake(
  path: string,
  { files, clock }: { readonly files: Files; readonly clock: Clock },
  signal: AbortSignal,
): Promise<Handshake | null> {
  while (!signal.aborted) {
    // Renamed into place by the gateway: whoever sees the name sees the whole file.
    if (await files.stat(path) !== null) {
      const handshake = decodeHandshake(await files.readBytes(path));
      if (handshake === null) throw new Error("The gateway's hand-shake file is incomplete");
      return handshake;
    }
    await clock.sleep(POLL_MS, signal);
  }
  return null;
}

function unreadable(why: string): HandshakeError {
  return new HandshakeError(`Could not read the gateway's hand-shake file: ${why}`);
}
