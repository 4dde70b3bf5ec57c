/**
 * How is a file opened so that it is certainly the one of that name, and nothing that waits or leads elsewhere?
 * @module
 */

import type { FileHandle } from "node:fs/promises";
import type { OpenFile } from "../ports.ts";

/** No such thing, a file in the place of a folder, a link, not allowed, a socket. */
const REFUSALS = ["ENOENT", "ENOTDIR", "ELOOP", "EACCES", "EPERM", "ENXIO"];

/** Opens a regular file; `null` for anything else, a link to one among it, and for what may not be read. */
export async function openFile(path: string): Promise<OpenFile | null> {
  // Deno's own call follows links, and waits for a writer where the name is a pipe's. Loaded by those who open a file so:
  // Node's file system takes 22 ms of a start and 12 MB (measured).
  const { constants, open } = await import("node:fs/promises");
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const handle = await open(path, flags).catch((error: unknown) => {
    if (error instanceof Error && "code" in error && REFUSALS.includes(String(error.code))) return null;
    throw error;
  });
  if (handle === null) return null;
  try {
    const { size, mtimeMs, dev, ino, mode } = await handle.stat();
    if ((mode & constants.S_IFMT) === constants.S_IFREG) {
      const facts = { bytes: size, modifiedMs: mtimeMs, identity: `${dev}:${ino}` };
      return { ...facts, ...methodsOf(handle) };
    }
  } catch (error) {
    await handle.close();
    throw error;
  }
  await handle.close();
  return null;
}

function methodsOf(handle: FileHandle): Pick<OpenFile, "read" | "close"> {
  let closed: Promise<void> | null = null;
  return {
    read: async (from, bytes) => {
      const buffer = new Uint8Array(bytes);
      const { bytesRead } = await handle.read(buffer, 0, bytes, from);
      return buffer.subarray(0, bytesRead);
    },
    close: () => closed ??= handle.close(),
  };
}
