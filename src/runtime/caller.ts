/**
 * Who is at the other end of a loopback connection: which user, and which process?
 *
 * All of it is read in the background: a long table takes milliseconds, the descriptors of all processes take tens of
 * them, and programs' calls would wait for that.
 * @module
 */

import type { Holder } from "../core/relay/departure.ts";
import { parseStat } from "./procfs.ts";
import { type Caller, callerIn, inodeOf } from "./sockets.ts";

/** Rows of 150 bytes; the kernel gives no more than a page of them at a time. */
const PIECE_BYTES = 16_384;

/** The ports of the calling and of the answering end. */
interface Ports {
  readonly from: number;
  readonly to: number;
}

/** The user of the calling end; `null` when not known, or the connection is not open any more. */
export async function callerOf(connection: Ports): Promise<number | null> {
  return (await lookUp(connection))?.userId ?? null;
}

/**
 * The process at the calling end. A fork holds its parent's sockets too: the eldest is the one that called.
 * @returns `null` when it is not known, such as in another container, or the connection is not open any more.
 */
export async function processBehind(connection: Ports): Promise<Holder | null> {
  const caller = await lookUp(connection);
  if (caller === null) return null;
  const holders: Holder[] = [];
  for (const name of await namesIn("/proc")) {
    const pid = Number(name);
    if (!Number.isInteger(pid) || !await holds(pid, caller.inode)) continue;
    const stat = parseStat(await textOf(`/proc/${pid}/stat`));
    if (stat !== null) holders.push({ pid, startTicks: stat.startTicks });
  }
  return holders.sort((a, b) => a.startTicks - b.startTicks)[0] ?? null;
}

async function lookUp(connection: Ports): Promise<Caller | null> {
  // A program whose socket is of IPv6 is in the second one.
  for (const path of ["/proc/net/tcp", "/proc/net/tcp6"]) {
    const caller = await callerAt(path, connection).catch(() => null);
    if (caller !== null) return caller;
  }
  return null;
}

/**
 * Reads no further than to the caller: only to say that nothing follows, the kernel walks through its table of
 * connections once more, which takes 2 of 4 ms where memory, and so that table, is large (24 GiB).
 */
async function callerAt(path: string, connection: Ports): Promise<Caller | null> {
  using table = await Deno.open(path);
  const decoder = new TextDecoder();
  const piece = new Uint8Array(PIECE_BYTES);
  let rest = "";
  for (let count = await table.read(piece); count !== null; count = await table.read(piece)) {
    const text = rest + decoder.decode(piece.subarray(0, count));
    const end = text.lastIndexOf("\n") + 1;
    const caller = callerIn(text.slice(0, end), connection);
    if (caller !== null) return caller;
    rest = text.slice(end);
  }
  return null;
}

async function holds(pid: number, inode: string): Promise<boolean> {
  const folder = `/proc/${pid}/fd`;
  for (const name of await namesIn(folder)) {
    const link = await Deno.readLink(`${folder}/${name}`).catch(() => "");
    if (inodeOf(link) === inode) return true;
  }
  return false;
}

function textOf(path: string): Promise<string> {
  return Deno.readTextFile(path).catch(() => "");
}

/** None when it may not be seen, or is gone. */
async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name);
  } catch {
    return [];
  }
}
