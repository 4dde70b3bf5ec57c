/**
 * How does a process get a memory control group of its own, where this user may make one?
 * @module
 */

import { join } from "@std/path";
import { memoryGroupOf } from "./cgroup.ts";
import { readKernelFile } from "./kernel_file.ts";

/** The limit of each version. */
const LIMIT = { 1: "memory.limit_in_bytes", 2: "memory.max" } as const;

/** A group with a limit. */
export interface MadeGroup {
  /** A process that writes its number into the file `cgroup.procs` below it belongs to it. */
  readonly folder: string;
  /** Removes it; its processes have to be gone. @returns Whether it is gone. */
  remove(): boolean;
}

/**
 * Makes a group below this process's own.
 * @throws {Error} When there is no such hierarchy, or this user may not.
 */
export function makeMemoryGroup(limitBytes: number): MadeGroup {
  const own = memoryGroupOf("self", readKernelFile);
  if (own === null) throw new Error("no control group counts memory here");
  const folder = Deno.makeTempDirSync({ dir: own.folder, prefix: "rekindle-" });
  const remove = () => {
    try {
      Deno.removeSync(folder);
      return true;
    } catch {
      return false;
    }
  };
  try {
    // Version 2 gives a group no such file unless the one above hands the controller down.
    Deno.writeTextFileSync(join(folder, LIMIT[own.version]), String(limitBytes), { create: false });
  } catch (error) {
    remove();
    throw error;
  }
  return { folder, remove };
}
