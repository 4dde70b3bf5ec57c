/**
 * How does the daemon fetch what Spark serves to Python? Results do not come over Py4J: Spark listens on a port of
 * its own for one client, which presents a secret and reads to the end (`SocketAuthHelper.scala`).
 * @module
 */

import { reasonOf } from "../errors.ts";
import type { Connection, Dialer } from "../ports.ts";
import { asReference, type JavaReference } from "./py4j_value.ts";
import type { Workbench } from "./warm_up_session.ts";

const READ_BYTES = 64 * 2 ** 10;
/** The answer to the right secret: its length in four bytes, then "ok". */
const ACCEPTED = [0, 0, 0, 2, 0x6f, 0x6b];

/**
 * Reads everything that was served and waits until the server has ended.
 * @param offer What a method such as `collectToPython` answered: port, secret, server.
 * @returns How many bytes came.
 * @throws {Error} When it is no such offer, the server refuses the secret, or Spark failed while it served.
 */
export async function drainServed(bench: Workbench, dialer: Dialer, offer: JavaReference): Promise<number> {
  const port = await elementOf(bench, offer, 0);
  const secret = await elementOf(bench, offer, 1);
  if (typeof port !== "number" || typeof secret !== "string") {
    throw new TypeError("Spark offers its results in a way that is not known here");
  }
  const connection = await dialer.dial(port, bench.signal);
  const giveUp = () => connection.close();
  bench.signal.addEventListener("abort", giveUp);
  try {
    await connection.write(withLength(new TextEncoder().encode(secret)));
    const bytes = await readToEnd(connection);
    bench.signal.throwIfAborted();
    const server = asReference(await elementOf(bench, offer, 2));
    try {
      // Throws what has gone wrong in Spark, where the stream has merely ended. Scala's `Unit` is an object too.
      await bench.get(server, "getResult");
    } finally {
      await bench.client.release(server, bench);
    }
    return bytes;
  } catch (error) {
    bench.signal.throwIfAborted();
    throw error;
  } finally {
    bench.signal.removeEventListener("abort", giveUp);
    connection.close();
  }
}

async function elementOf(bench: Workbench, array: JavaReference, index: number) {
  return await bench.call("java.lang.reflect.Array", "get", array, index);
}

/** A text or a row as Spark frames it: its length in four bytes, then itself. */
export function withLength(bytes: Uint8Array): Uint8Array {
  const framed = new Uint8Array(4 + bytes.length);
  new DataView(framed.buffer).setUint32(0, bytes.length);
  framed.set(bytes, 4);
  return framed;
}

async function readToEnd(connection: Connection): Promise<number> {
  const buffer = new Uint8Array(READ_BYTES);
  const head: number[] = [];
  let count = 0;
  for (let bytes = await read(connection, buffer); bytes !== null; bytes = await read(connection, buffer)) {
    if (head.length < ACCEPTED.length) head.push(...buffer.subarray(0, Math.min(bytes, ACCEPTED.length)));
    count += bytes;
  }
  if (ACCEPTED.some((byte, index) => head[index] !== byte)) {
    throw new Error("Spark refused the secret it had itself given out for its results");
  }
  return count - ACCEPTED.length;
}

async function read(connection: Connection, buffer: Uint8Array): Promise<number | null> {
  try {
    return await connection.read(buffer);
  } catch (cause) {
    throw new Error(`Could not read results: ${reasonOf(cause)}`, { cause });
  }
}
