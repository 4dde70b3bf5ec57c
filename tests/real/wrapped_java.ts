/**
 * A Java that does something before it becomes the machine's.
 * @module
 */

import { join } from "@std/path";
import type { Place } from "./rekindle.ts";

/**
 * Makes it in a place, where it is the only one.
 * @param line What it does first, as a line of shell.
 * @param root What the place's path begins with, as it is seen from here, when it is in another file system.
 * @returns The variables that name it.
 */
export async function wrappedJava(place: Place, line: string, root = ""): Promise<Record<string, string>> {
  const home = join(place.folder, "java");
  const { javaHome } = place.spark;
  await Deno.mkdir(root + join(home, "bin"), { recursive: true });
  await Deno.copyFile(join(javaHome, "release"), root + join(home, "release"));
  const script = `#!/bin/sh\n${line}\nexec ${javaHome}/bin/java "$@"\n`;
  await Deno.writeTextFile(root + join(home, "bin/java"), script, { mode: 0o755 });
  return { JAVA_HOME: home };
}
