/**
 * How does a folder get a disk of its own that can be filled?
 * @module
 */

import { join } from "@std/path";
import { reasonOf } from "../errors.ts";
import type { ChildLauncher, Files } from "../ports.ts";

/** Mounting takes milliseconds. */
const MOUNT_MS = 10_000;

/** What it needs. */
export interface DiskPorts {
  readonly files: Files;
  readonly children: ChildLauncher;
}

/**
 * Gives a folder a small file system in memory.
 * @param size Such as `16m`.
 * @returns Takes it away again.
 * @throws {Error} When this user may not.
 */
export async function mountSmallDisk(
  folder: string,
  size: string,
  ports: DiskPorts,
): Promise<() => Promise<void>> {
  await ports.files.makeDir(folder);
  await run(["mount", "-t", "tmpfs", "-o", `size=${size},mode=700`, "tmpfs", folder], ports);
  // Lazily, because a JVM may still write there.
  return () => run(["umount", "-l", folder], ports);
}

async function run([program = "", ...args]: readonly string[], { children }: DiskPorts): Promise<void> {
  const env = { PATH: "/usr/sbin:/usr/bin:/sbin:/bin" };
  const { exit, stderr } = await children.run({ program, args, env, cwd: "/" }, MOUNT_MS);
  if (exit.code !== 0) throw new Error(`${program} failed: ${stderr.trim() || `exit code ${exit.code}`}`);
}

/** Leaves no room in a folder's file system; returns what gives it back. */
export async function fillDisk(
  folder: string,
  { files }: Pick<DiskPorts, "files">,
): Promise<() => Promise<void>> {
  const filler = join(folder, "filler");
  const file = await files.append(filler);
  try {
    for (let bytes = 2 ** 20; bytes >= 1;) {
      try {
        await file.write(new Uint8Array(bytes));
      } catch (error) {
        if (!/space|quota/i.test(reasonOf(error))) throw error;
        bytes = bytes > 1 ? Math.floor(bytes / 4) : 0;
      }
    }
  } finally {
    file.close();
  }
  return () => files.remove(filler);
}
