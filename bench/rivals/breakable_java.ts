/**
 * How does the same Java break for all rivals, so that no gateway can start for a while?
 * @module
 */

import { join } from "@std/path";
import type { Place } from "../../tests/real/rekindle.ts";
import { wrappedJava } from "../../tests/real/wrapped_java.ts";
import type { Home } from "./rival.ts";

/** Makes a Java that ends at once with exit code 1 while a file lies beside it; the variables that name it. */
export async function breakableJava({ place, root }: Home): Promise<Record<string, string>> {
  const check = `if [ -e ${markOf(place)} ]; then echo 'Java is broken' >&2; exit 1; fi`;
  return await wrappedJava(place, check, root);
}

/** Lays the file, or takes it away. */
export async function breakJava({ place, root }: Home, broken: boolean): Promise<void> {
  if (broken) await Deno.writeTextFile(root + markOf(place), "");
  else await Deno.remove(root + markOf(place));
}

function markOf(place: Place): string {
  return join(place.folder, "broken");
}
