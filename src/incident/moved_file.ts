/**
 * How does a file that is too large to be read get into another folder, whatever file system that is on?
 * @module
 */

import type { Files } from "../ports.ts";

/**
 * Moves a file; it is private to its user afterwards.
 * @throws {Error} When it could not be moved: nothing is left at `to` then, and the file is where it was.
 */
export async function moveFile(from: string, to: string, files: Files): Promise<void> {
  try {
    await files.rename(from, to);
  } catch {
    // Another file system (EXDEV), or a trouble that copying will meet again and name.
    await copyFile(from, to, files);
    await files.remove(from);
    return;
  }
  // Opening it to append makes it 0600, whoever wrote it.
  (await files.append(to)).close();
}

async function copyFile(from: string, to: string, files: Files): Promise<void> {
  const source = await files.readStream(from);
  try {
    const copy = await files.append(to);
    try {
      for await (const chunk of source) await copy.write(chunk);
      await copy.sync();
    } finally {
      copy.close();
    }
  } catch (error) {
    await source.cancel().catch(() => {});
    await files.remove(to).catch(() => {});
    throw error;
  }
}
