/**
 * How is a small text file read that the kernel makes up at the moment it is read (proc(5), cgroups(7))?
 * @module
 */

/** Its text; `null` where there is none, or this user may not read it. */
export type ReadFile = (path: string) => string | null;

/** Reads a real one: at once, for the kernel has it in memory. */
export const readKernelFile: ReadFile = (path) => {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return null;
  }
};
