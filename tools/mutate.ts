/**
 * Which mistakes in the core would no test notice? Makes small ones in a copy of the sources, one at a time, and runs the
 * tests of the core on each.
 *
 *     ./denow task mutate [--count 60] [--seed N] [src/core/FILE.ts …]
 * @module
 */
// deno-lint-ignore-file no-console
import { parseArgs } from "@std/cli/parse-args";
import { basename, dirname, join } from "@std/path";

const ROOT = new URL("..", import.meta.url).pathname;
/** Where decisions are made; what only reads or words them is left to its own tests. */
const DECISIONS = [
  "transition lifecycle ending moves restart_policy health diagnosis/exit_cause",
  "watch/judgement watch/signs watch/excuse watch/watching watch/absence",
  "memory/adjust memory/plan memory/fit memory/budget pool/arrange pool/step pool/front",
  "relay/turn relay/lease relay/conversation",
].flatMap((names) => names.split(" ").map((name) => `src/core/${name}.ts`));
/** Ten times what the tests of the core take: a loop without an end is noticed too. */
const TIMEOUT_MS = 300_000;

/** A line of one file, and what is to stand in its place. */
interface Mutant {
  readonly file: string;
  readonly index: number;
  readonly line: string;
  readonly mutated: string;
}

/** What is looked for in a line, and what takes its place. */
const MISTAKES: readonly (readonly [RegExp, string | ((found: string) => string)])[] = [
  [/ === /g, " !== "],
  [/ !== /g, " === "],
  [/ (?:<|>) (?!=)/g, (sign) => `${sign.trimEnd()}= `],
  [/ (?:<|>)= /g, (sign) => sign.replace("=", "")],
  [/ && /g, " || "],
  [/ \|\| /g, " && "],
  [/ \?\? (?=.*[,;)])/g, " && "],
  [/ \+ /g, " - "],
  [/ - /g, " + "],
  [/ \* /g, " / "],
  [/\bMath\.min\b/g, "Math.max"],
  [/\bMath\.max\b/g, "Math.min"],
  [/\.some\(/g, ".every("],
  [/\.every\(/g, ".some("],
  [/\btrue\b/g, "false"],
  [/\bfalse\b/g, "true"],
  [/\bif \((?=.*\) )/g, "if (! "],
  [/(?<![\w.])!(?=[\w(])/g, ""],
  [/(?<![\w$.])\d[\d_]*(?![\w.])/g, (number) => `${Number(number.replaceAll("_", "")) + 1}`],
  [/(?<=\breturn )[^;{[]+(?=;$)/g, "null"],
  // An effect, or one step of several.
  [/^\s+(?:\.\.\.)?[\w.#]+\(.*\)[;,]$/g, ""],
  [/^\s+\{ kind: .*\},$/g, ""],
];

/** Every mistake that can be made in a file, beside its comments, types and texts. */
function mutantsOf(file: string): readonly Mutant[] {
  return Deno.readTextFileSync(join(ROOT, file)).split("\n").flatMap((line, index) => {
    if (/^\s*(?:\*|\/\*|\/\/|import |export type|readonly |\||\})/.test(line)) return [];
    const code = line.replaceAll(/"[^"]*"|\/(?:[^/\\\s]|\\.)+\/[a-z]*/g, (text) => "\0".repeat(text.length));
    return MISTAKES.flatMap(([pattern, by]) =>
      [...code.matchAll(pattern)].map(({ 0: found, index: at }) => {
        const mutated = line.slice(0, at) + (typeof by === "string" ? by : by(found)) +
          line.slice(at + found.length);
        return { file, index, line, mutated };
      })
    );
  });
}

/** The same numbers for the same seed: a linear congruence (Numerical Recipes). */
function shuffled<T>(all: readonly T[], seed: number): readonly T[] {
  let state = seed >>> 0;
  const drawn = all.map((each) =>
    [state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0, each] as const
  );
  return drawn.toSorted(([a], [b]) => a - b).map(([, each]) => each);
}

/** Whether tests fail, or do not come to an end. */
async function fails(copy: string, tests: readonly string[]): Promise<boolean> {
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: ["test", "-A", "--no-check", "--no-lock", "--fail-fast", "--quiet", ...tests],
    ...{ cwd: copy, stdin: "null", stdout: "null", stderr: "null" },
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).output();
  return !success;
}

/** The tests that are named after a file; they find most, and soon. */
function nearest(file: string): readonly string[] {
  const folder = dirname(file).replace(/^src/, "tests");
  const name = basename(file, ".ts");
  return [...Deno.readDirSync(join(ROOT, folder))].map((entry) => entry.name)
    .filter((entry) => entry.startsWith(name) && entry.endsWith("_test.ts")).map((entry) =>
      join(folder, entry)
    );
}

async function isNoticed({ file, index, mutated }: Mutant, copy: string): Promise<boolean> {
  const path = join(copy, file);
  const sound = await Deno.readTextFile(path);
  await Deno.writeTextFile(path, sound.split("\n").with(index, mutated).join("\n"));
  try {
    const near = nearest(file);
    return near.length > 0 && await fails(copy, near) || await fails(copy, ["tests/core"]);
  } finally {
    await Deno.writeTextFile(path, sound);
  }
}

async function main(): Promise<number> {
  const { count, seed, _: files } = parseArgs(Deno.args, {
    string: ["_"],
    default: { count: 60, seed: Date.now() % 100_000 },
  });
  const all = (files.length > 0 ? files.map(String) : DECISIONS).flatMap(mutantsOf);
  const mutants = shuffled(all, Number(seed)).slice(0, Number(count));
  console.log(`${mutants.length} of ${all.length} mutants, --seed ${seed}`);
  const copy = await Deno.makeTempDir({ prefix: "rekindle-mutate-" });
  let survived = 0;
  try {
    // What the tests read beside the sources is only looked at.
    for (const each of ["docs", "vendor", "README.md"]) {
      await Deno.symlink(join(ROOT, each), join(copy, each));
    }
    const parts = ["src", "tests", "deno.json"].map((each) => join(ROOT, each));
    await new Deno.Command("cp", { args: ["-r", ...parts, copy] }).output();
    if (await fails(copy, ["tests/core"])) throw new Error("The tests fail before anything is changed");
    for (const mutant of mutants) {
      if (await isNoticed(mutant, copy)) continue;
      survived++;
      console.log(
        `\n${mutant.file}:${mutant.index + 1}\n- ${mutant.line.trim()}\n+ ${mutant.mutated.trim()}`,
      );
    }
  } finally {
    await Deno.remove(copy, { recursive: true });
  }
  console.log(`\n${mutants.length - survived} of ${mutants.length} noticed`);
  return survived === 0 ? 0 : 1;
}

Deno.exit(await main());
