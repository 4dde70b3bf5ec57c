/**
 * How does the relay get a connection of its own to the gateway?
 * @module
 */

import { ACCEPTED } from "../core/relay/tombstone.ts";
import type { Loopback, TcpConnection } from "../ports.ts";
import type { GatewayAddress } from "./gateways.ts";

/**
 * Connects and presents the gateway's secret.
 * @returns `null` when the gateway does not take it, or `signal` is aborted first; never rejects.
 */
export async function callOn(
  { port, secret }: GatewayAddress,
  { loopback, signal }: { readonly loopback: Loopback; readonly signal: AbortSignal },
): Promise<TcpConnection | null> {
  const connection = await loopback.dial(port, signal).catch(() => null);
  if (connection === null) return null;
  const giveUp = () => connection.close();
  signal.addEventListener("abort", giveUp);
  const accepted = !signal.aborted && await present(secret, connection).catch(() => false);
  signal.removeEventListener("abort", giveUp);
  if (accepted && !signal.aborted) return connection;
  connection.close();
  return null;
}

async function present(secret: string, connection: TcpConnection): Promise<boolean> {
  await connection.write(new TextEncoder().encode(`A\n${secret}\n`));
  const answer = new Uint8Array(ACCEPTED.length);
  for (let filled = 0; filled < answer.length;) {
    const count = await connection.read(answer.subarray(filled));
    if (count === null) return false;
    filled += count;
  }
  return new TextDecoder("latin1").decode(answer) === ACCEPTED;
}
