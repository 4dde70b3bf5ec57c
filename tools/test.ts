/**
 * Runs all tests: types first, then those on real gateways file by file beside the others, as many at a time as there are
 * processors. Each file is a process of its own, so that one that dies takes nobody with it.
 *
 * The last line has the form of Deno's own: `ok | 12 passed (3 steps) | 0 failed | 1 ignored (1m2s)`.
 * @module
 */
// deno-lint-ignore-file no-console
import { archiveOptions, makeArchives } from "./test_archives.ts";
import { type Failure, failures } from "./test_failures.ts";

const ROOT = new URL("..", import.meta.url).pathname;
const REAL = "tests/real";
/** Those that take minutes, longest first: one that is begun last would run alone. */
const LONG = [
  "memory",
  "pool",
  "relay",
  "exec",
  "chaos",
  "deaths",
  "supervision",
  "run",
  "archive",
  "readme",
  "warm_up",
  "heap_dump",
  "submit",
];

/**
 * For the Spark of the tests, whose JVMs live for seconds: in those the second compiler costs more than it gives. A run of
 * `exec_test.ts` takes 0.71 of the processor time without it.
 */
const JAVA_OPTIONS = "-XX:TieredStopAtLevel=1";
const ARCHIVES = await Deno.makeTempDir({ prefix: "rekindle-archives-" });
const ENV = { TEST_SPARK_SUBMIT_OPTS: `${JAVA_OPTIONS} ${archiveOptions(ARCHIVES)}` };

/** What one process of tests has come to. */
interface Outcome {
  readonly passed: number;
  readonly steps: number;
  readonly failed: number;
  readonly ignored: number;
  readonly failures: readonly Failure[];
}

/** One process: the words behind `deno test`, and what it is called. */
interface Job {
  readonly name: string;
  readonly args: readonly string[];
}

async function deno(args: readonly string[]): Promise<{ readonly code: number; readonly text: string }> {
  const command = new Deno.Command("sh", {
    // One stream, so that a failure stands beside what led to it.
    args: ["-c", 'exec "$@" 2>&1', "sh", Deno.execPath(), ...args],
    cwd: ROOT,
    env: ENV,
    stdin: "null",
    stderr: "inherit",
  });
  const { code, stdout } = await command.output();
  return { code, text: new TextDecoder().decode(stdout) };
}

/** The jobs in the order in which they are begun. */
function jobs(): readonly Job[] {
  const files = [...Deno.readDirSync(`${ROOT}${REAL}`)].map(({ name }) => name)
    .filter((name) => name.endsWith("_test.ts")).toSorted();
  const place = (name: string) =>
    (LONG.indexOf(name.replace(/_test\.ts$/, "")) + LONG.length + 1) % (LONG.length + 1);
  const real = files.toSorted((a, b) => place(a) - place(b))
    .map((name) => ({ name: `${REAL}/${name}`, args: [`${REAL}/${name}`] }));
  // They take minutes, too.
  return real.toSpliced(LONG.length, 0, { name: "all others", args: [`--ignore=${REAL}`, "tests/"] });
}

async function runJob({ name, args }: Job): Promise<Outcome> {
  const startMs = performance.now();
  const { code, text } = await deno(["test", "-A", "--no-check", ...args]);
  console.log(`\n--- ${name} (${seconds(startMs)})\n${text.trimEnd()}`);
  // deno-lint-ignore no-control-regex
  const line = text.replaceAll(/\x1b\[[0-9;]*m/g, "").match(/^(?:ok|FAILED) \| \d+ passed.*$/gm)?.at(-1) ??
    "";
  const count = (word: string) => Number(new RegExp(`(\\d+) ${word}`).exec(line)?.[1] ?? 0);
  const outcome = {
    passed: count("passed"),
    steps: Number(/passed \((\d+) step/.exec(line)?.[1] ?? 0),
    failed: count("failed"),
    ignored: count("ignored"),
    failures: failures(text),
  };
  if (code === 0 && line !== "" || outcome.failed > 0) return outcome;
  const error = `ended with exit code ${code} beside its tests`;
  console.log(`${name} ${error}`);
  return { ...outcome, failed: 1, failures: [{ test: name, error }] };
}

function seconds(sinceMs: number): string {
  const all = Math.round((performance.now() - sinceMs) / 1000);
  return all < 60 ? `${all}s` : `${Math.floor(all / 60)}m${all % 60}s`;
}

async function main(): Promise<number> {
  const startMs = performance.now();
  const [types] = await Promise.all([deno(["check", "tests/"]), makeArchives(ARCHIVES, JAVA_OPTIONS)]);
  if (types.code !== 0) {
    console.log(types.text);
    return types.code;
  }
  const waiting = [...jobs()];
  const outcomes: Outcome[] = [];
  const lane = async () => {
    for (let job = waiting.shift(); job !== undefined; job = waiting.shift()) {
      outcomes.push(await runJob(job));
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, navigator.hardwareConcurrency) }, lane));
  const sum = (figure: Exclude<keyof Outcome, "failures">) =>
    outcomes.reduce((total, outcome) => total + outcome[figure], 0);
  const failed = sum("failed");
  // Once more at the end: whoever looks at the last lines alone has to see what failed.
  for (const { test, error } of outcomes.flatMap((outcome) => outcome.failures)) {
    console.log(`\nFAILED ${test}\n  ${error}`);
  }
  console.log(
    `\n${failed === 0 ? "ok" : "FAILED"} | ${sum("passed")} passed (${
      sum("steps")
    } steps) | ${failed} failed | ` +
      `${sum("ignored")} ignored (${seconds(startMs)})`,
  );
  return failed === 0 ? 0 : 1;
}

let code = 1;
try {
  code = await main();
} finally {
  await Deno.remove(ARCHIVES, { recursive: true });
}
Deno.exit(code);
