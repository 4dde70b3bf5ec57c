/**
 * How files are kept: private to their user, replaced whole or not at all, locked by `flock`.
 * @module
 */

import { dirname, join } from "@std/path";
import type { Appender, DiskSpace, FileLock, Files, FileStat } from "../ports.ts";
import { openFile } from "./open_file.ts";
import { readStream } from "./read_stream.ts";

const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;

/** This machine's file system. */
export const files: Files = {
  readText: (path) => Deno.readTextFile(path),
  readBytes: (path) => Deno.readFile(path),
  readStream: (path) => readStream(path),
  open: openFile,
  writeAtomic,
  append,
  makeDir,
  makeTempDir,
  remove,
  rename: (from, to) => Deno.rename(from, to),
  stat,
  list,
  space,
  realPath: (path) => unlessAbsent(Deno.realPath(path)),
  tryLock,
};

async function writeAtomic(path: string, content: string | Uint8Array): Promise<void> {
  const folder = dirname(path);
  // Not made of `path`'s own name: that may already be as long as a name can be.
  const temporary = join(folder, `.${crypto.randomUUID()}.tmp`);
  try {
    {
      using file = await openPrivate(temporary, { write: true, createNew: true });
      await writeAll(file, typeof content === "string" ? new TextEncoder().encode(content) : content);
      await file.sync();
    }
    await Deno.rename(temporary, path);
    // The rename itself lives in the folder and is lost with the power unless that is synced too.
    using parent = await Deno.open(folder);
    await parent.sync();
  } catch (error) {
    await remove(temporary);
    throw error;
  }
}

async function append(path: string): Promise<Appender> {
  const file = await openPrivate(path, { append: true, create: true });
  return { write: (bytes) => writeAll(file, bytes), sync: () => file.sync(), close: closeOnce(file) };
}

async function tryLock(path: string): Promise<FileLock | null> {
  // The file stays for ever: removing it would let two processes lock two files of the same name.
  const file = await openPrivate(path, { write: true, create: true });
  const release = closeOnce(file);
  try {
    if (await file.tryLock(true)) return { release };
  } catch (error) {
    release();
    throw error;
  }
  release();
  return null;
}

/** Makes missing parents one by one: a recursive `mkdir` leaves their modes to the umask. */
async function makeDir(path: string): Promise<void> {
  try {
    await makeOneDir(path);
  } catch (error) {
    const parent = dirname(path);
    if (!(error instanceof Deno.errors.NotFound) || parent === path) throw error;
    await makeDir(parent);
    await makeOneDir(path);
  }
}

/** An existing folder keeps its mode: it may be one that others share, such as `/tmp`. */
async function makeOneDir(path: string): Promise<void> {
  try {
    await Deno.mkdir(path, { mode: FOLDER_MODE });
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists && (await stat(path))?.isDirectory) return;
    throw error;
  }
  await Deno.chmod(path, FOLDER_MODE);
}

async function makeTempDir(parent: string, prefix: string): Promise<string> {
  const path = await Deno.makeTempDir({ dir: parent, prefix });
  await Deno.chmod(path, FOLDER_MODE);
  return path;
}

async function remove(path: string): Promise<void> {
  try {
    await Deno.remove(path, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory)) throw error;
  }
}

async function stat(path: string): Promise<FileStat | null> {
  const info = await unlessAbsent(Deno.stat(path));
  return info && {
    isFile: info.isFile,
    isDirectory: info.isDirectory,
    bytes: info.size,
    modifiedMs: info.mtime?.getTime() ?? 0,
  };
}

async function list(path: string): Promise<readonly string[]> {
  const entries = await unlessAbsent(Array.fromAsync(Deno.readDir(path)));
  return (entries ?? []).map((entry) => entry.name).sort();
}

/** Deno has no call of its own for statfs(2). `bavail` leaves out what only root may take. */
async function space(path: string): Promise<DiskSpace | null> {
  try {
    const { statfs } = await import("node:fs/promises");
    const { bavail, blocks, bsize } = await statfs(path);
    // File systems without a size, such as some network ones, say 0.
    return blocks > 0 ? { freeBytes: bavail * bsize, totalBytes: blocks * bsize } : null;
  } catch {
    return null;
  }
}

/** `null` where there is nothing or it may not be looked at; a path through a file counts as nothing. */
async function unlessAbsent<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    const { NotFound, NotADirectory, PermissionDenied } = Deno.errors;
    if (error instanceof NotFound || error instanceof NotADirectory || error instanceof PermissionDenied) {
      return null;
    }
    throw error;
  }
}

/** Opens a file that only its owner may read or write, whatever the umask is and whoever made it. */
async function openPrivate(path: string, options: Deno.OpenOptions): Promise<Deno.FsFile> {
  const file = await Deno.open(path, { ...options, mode: FILE_MODE });
  try {
    const { isFile, mode } = await file.stat();
    // Devices and pipes are left alone: a log sent to `/dev/null` must not take it away from everybody else.
    if (isFile && mode !== null && (mode & 0o777) !== FILE_MODE) await Deno.chmod(path, FILE_MODE);
    return file;
  } catch (error) {
    file.close();
    throw error;
  }
}

/** One `write` may take only a part of the bytes. */
async function writeAll(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  for (let written = 0; written < bytes.length;) written += await file.write(bytes.subarray(written));
}

/** Closing a file twice throws `BadResource`. */
function closeOnce(file: Deno.FsFile): () => void {
  let open = true;
  return () => {
    if (open) file.close();
    open = false;
  };
}
