import assert from "node:assert/strict";
import { join } from "@std/path";
import { denoRuntime } from "../../src/runtime/deno.ts";

const SOURCES = new URL("../../src", import.meta.url).pathname;

Deno.test("denoRuntime() has every port", () => {
  assert.deepEqual(Object.keys(denoRuntime()).sort(), ["children", "clock", "dialer", "files", "machine"]);
});

Deno.test("nothing but runtime/ and main.ts names the Deno global", async () => {
  const offenders: string[] = [];
  for await (const path of sourcesBelow(SOURCES)) {
    const allowed = path.startsWith(join(SOURCES, "runtime")) || path === join(SOURCES, "main.ts");
    if (!allowed && /\bDeno\.[a-zA-Z]/.test(withoutComments(await Deno.readTextFile(path)))) {
      offenders.push(path);
    }
  }
  assert.deepEqual(offenders, []);
});

async function* sourcesBelow(folder: string): AsyncGenerator<string> {
  for await (const entry of Deno.readDir(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory) yield* sourcesBelow(path);
    else if (path.endsWith(".ts")) yield path;
  }
}

function withoutComments(source: string): string {
  return source.replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "");
}
