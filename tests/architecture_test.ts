import assert from "node:assert/strict";
import { dirname, join, relative } from "@std/path";

const SOURCES = new URL("../src", import.meta.url).pathname;

/**
 * What the files of each layer may import from `src/`; a name stands for the folder or the file. A layer is the
 * folder, or the file's own name at the top. Layers that are not named here put the others together.
 */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  core: ["core"],
  errors: [],
  log: ["printable"],
  nearest: [],
  printable: [],
  ports: ["core types"],
  options: [],
  config: ["config", "core", "errors", "nearest", "options", "ports"],
  folders: ["errors"],
  gateway: ["gateway", "core", "ports", "errors"],
  relay: ["relay", "core", "ports", "errors"],
  incident: ["incident", "core", "ports", "errors"],
  supervisor: ["supervisor", "core", "ports", "errors", "gateway", "incident"],
  api: ["api", "core", "errors", "ports types"],
  runtime: ["runtime", "core types", "ports", "errors"],
};

/** The layers that put the others together. */
const ASSEMBLY = ["cli", "daemon", "doctor", "drill", "main", "version"];

/** What reads and validates a configuration file: loaded only when there is one. */
const CONFIG_PACKAGES = ["@cfworker/json-schema", "@humanwhocodes/momoa"];

/** Names of the outside world, and the only files that may use them. */
const RESERVED: readonly (readonly [string, RegExp, (path: string) => boolean])[] = [
  ["the Deno global", /\bDeno\b\s*[.[]/, (path) => isRuntime(path) || path === "main.ts"],
  ["timers", /\bset(?:Timeout|Interval)\b/, isRuntime],
  // Bounds a command's own requests, which nothing waits for under a clock that stands still.
  [
    "the deadline of a request",
    /\bAbortSignal\.timeout\b/,
    (path) => path.startsWith("cli/") || path.startsWith("drill/"),
  ],
  ["the clock", /\bDate\.now\b|\bnew Date\(\)|\bperformance\.now\b/, isRuntime],
  // The assembly hands the function itself to the loop, which is given its chance as a value.
  ["chance", /\bMath\.random\b/, (path) => isRuntime(path) || path === "daemon/assembly.ts"],
  ["@std/log", /"@std\/log"/, (path) => path === "log.ts"],
  // Some take 22 ms of every command's start and 12 MB: they are loaded where they are used, with `await import(…)`.
  ["a module of Node's, loaded at once", /^import\s+(?!type\b)[^;]*?\bfrom\s+"node:/m, () => false],
  ["the console", /\bconsole\s*\./, () => false],
];

interface Source {
  /** Relative to `src/`. */
  readonly path: string;
  readonly text: string;
  /** The text without comments. */
  readonly code: string;
}

interface Import {
  readonly specifier: string;
  readonly typeOnly: boolean;
}

async function readSources(folder: string): Promise<readonly Source[]> {
  const sources: Source[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = join(folder, name);
    if (isDirectory) sources.push(...await readSources(path));
    else if (name.endsWith(".ts")) {
      const text = await Deno.readTextFile(path);
      const code = text.replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "");
      sources.push({ path: relative(SOURCES, path), text, code });
    }
  }
  return sources;
}

function importsOf({ code }: Source): readonly Import[] {
  const statements = code.matchAll(/^(?:import|export)\s+(type\s)?[^;]*?\bfrom\s+"([^"]+)"/gm);
  const loads = code.matchAll(/\bimport\s*\(?\s*"([^"]+)"/g);
  return [
    ...[...statements].map(([, type, specifier = ""]) => ({ specifier, typeOnly: type !== undefined })),
    ...[...loads].map(([, specifier = ""]) => ({ specifier, typeOnly: false })),
  ];
}

function isRuntime(path: string): boolean {
  return path.startsWith("runtime/");
}

function layerOf(path: string): string {
  return (path.split("/")[0] ?? "").replace(/\.ts$/, "");
}

const sources = await readSources(SOURCES);
const others =
  (await Promise.all(["tests", "tools", "bench"].map((name) => readSources(join(SOURCES, "..", name)))))
    .flat();

/** Every file and what is wrong with it. */
function offences(judge: (source: Source) => readonly string[]): readonly string[] {
  return sources.flatMap((source) => judge(source).map((offence) => `${source.path}: ${offence}`));
}

Deno.test("the rules of this file see the sources and their imports", () => {
  assert.ok(sources.length > 30);
  const transition = sources.find(({ path }) => path === "core/transition.ts");
  assert.ok(transition !== undefined);
  const imports = importsOf(transition).map(({ specifier, typeOnly }) => `${specifier} ${typeOnly}`);
  assert.ok(imports.includes("./moves.ts false") && imports.includes("./moves.ts true"));
});

Deno.test("every layer is known", () => {
  const known = [...Object.keys(MAY_IMPORT), ...ASSEMBLY];
  const layers = new Set(sources.map(({ path }) => layerOf(path)));
  assert.deepEqual([...layers].filter((layer) => !known.includes(layer)), []);
});

Deno.test("every layer imports only from the layers below it", () => {
  const judge = (source: Source) => {
    const allowed = MAY_IMPORT[layerOf(source.path)];
    if (allowed === undefined) return [];
    return importsOf(source).filter(({ specifier }) => specifier.startsWith(".")).filter((each) => {
      const layer = layerOf(join(dirname(source.path), each.specifier));
      return !allowed.includes(layer) && !(each.typeOnly && allowed.includes(`${layer} types`));
    }).map(({ specifier }) => specifier);
  };
  assert.deepEqual(offences(judge), []);
});

Deno.test("nothing is imported but this project's files and the packages that are meant to be", () => {
  const packages = ["@std/cli/parse-args", "@std/log", "@std/path"];
  const judge = (source: Source) =>
    importsOf(source).map(({ specifier }) => specifier).filter((specifier) =>
      !packages.includes(specifier) &&
      !(CONFIG_PACKAGES.includes(specifier) && source.path === "config/file.ts") &&
      !/^\.{1,2}\/.*\.ts$/.test(specifier) &&
      // The files of the page, as text.
      !/^\.\/dashboard\/[\w./]+\.(?:html|css|svg|js)$/.test(specifier) &&
      !(isRuntime(source.path) && specifier.startsWith("node:"))
    );
  assert.deepEqual(offences(judge), []);
});

for (const [what, pattern, allowed] of RESERVED) {
  Deno.test(`${what}: named only where that is allowed`, () => {
    assert.deepEqual(offences(({ path, code }) => allowed(path) ? [] : code.match(pattern) ?? []), []);
  });
}

Deno.test("the assembly hands chance on and never draws itself", () => {
  const assembly = sources.find(({ path }) => path === "daemon/assembly.ts");
  assert.equal(assembly?.code.match(/Math\.random\b/g)?.length, 1);
  assert.doesNotMatch(assembly.code, /Math\.random\s*\(/);
});

Deno.test("no source has a default export", () => {
  assert.deepEqual(
    offences(({ code }) => /^export default\b|\bas default\b/m.test(code) ? ["has one"] : []),
    [],
  );
});

Deno.test("no source, test, bench or tool is longer than 300 lines", () => {
  const tooLong = [...sources, ...others].flatMap(({ path, text }) => {
    const lines = text.split("\n").length - 1;
    return lines > 300 ? [`${path}: ${lines} lines`] : [];
  });
  assert.deepEqual(tooLong, []);
});

Deno.test("a function, constant or class is exported because another file uses it", () => {
  const all = [...sources, ...others];
  const judge = ({ path, code }: Source) =>
    code.matchAll(/^export (?:abstract )?(?:async )?(?:function\*?|const|class) (\w+)/gm)
      .map(([, name = ""]) => name)
      // A command is loaded by its file's name, and its row takes it.
      .filter((name) => name !== "command" || !path.startsWith("cli/"))
      .filter((name) =>
        !all.some((other) => other.path !== path && new RegExp(`\\b${name}\\b`).test(other.code))
      )
      .toArray();
  assert.deepEqual(offences(judge), []);
});

Deno.test("every source begins by saying which question it answers", () => {
  const judge = ({ text }: Source) =>
    /^\/\*\*\n(?: \*.*\n)+? \* @module\n \*\/\n/.test(text) ? [] : ["no header"];
  assert.deepEqual(offences(judge), []);
});
