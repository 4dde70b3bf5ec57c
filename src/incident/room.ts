/**
 * How much may evidence take of the disk? What it never takes is left to those who need the disk to live.
 * @module
 */

import type { Files } from "../ports.ts";

/** Room that evidence never takes: this share of the whole file system, within these bounds. */
export const SPACE_FLOOR = { bytes: 200 * 2 ** 20, share: 0.02, mostBytes: 5 * 2 ** 30 } as const;

/**
 * How much evidence may be written into a folder, in bytes: less than none on a full disk, and no end of it where the
 * room is not known, which is no reason to keep nothing.
 */
export async function roomBytes(folder: string, files: Files): Promise<number> {
  const space = await files.space(folder).catch(() => null);
  if (space === null) return Infinity;
  const { bytes, share, mostBytes } = SPACE_FLOOR;
  return space.freeBytes - Math.min(mostBytes, Math.max(bytes, space.totalBytes * share));
}
