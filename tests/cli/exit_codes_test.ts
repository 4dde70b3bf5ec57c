import assert from "node:assert/strict";
import { failureOf } from "../../src/cli/failure.ts";
import { EXIT, EXIT_MEANING, UserError, UserErrors } from "../../src/errors.ts";
import type { ExitCode } from "../../src/errors.ts";

const MAIN = new URL("../../src/main.ts", import.meta.url).pathname;
/** Where this Deno keeps what the set-up has fetched. */
const CACHE = Deno.env.get("DENO_DIR") ?? `${Deno.env.get("HOME")}/.cache/deno`;

/** Runs a real command line in an empty folder. */
async function run(line: string, folder: string): Promise<{ readonly code: number; readonly said: string }> {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-lock", "--cached-only", "--no-check", MAIN, ...line.split(" ")],
    cwd: folder,
    env: { HOME: folder, PATH: "/usr/bin:/bin", NO_COLOR: "1", DENO_DIR: CACHE },
    clearEnv: true,
    stdin: "null",
    stdout: "null",
  }).output();
  return { code, said: new TextDecoder().decode(stderr) };
}

/** What nothing but a command line is needed for; the others are tried where a gateway or a daemon is. */
const LINES: readonly (readonly [line: string, code: ExitCode, said: RegExp | null])[] = [
  ["version", EXIT.ok, null],
  ["status --state-dir s", EXIT.notRunning, null],
  ["wait --state-dir s", EXIT.notRunning, null],
  ["stauts", EXIT.usage, /Did you mean "rekindle status"/],
  ["completions tcsh", EXIT.usage, /completions knows bash, zsh, fish/],
  ["wait --timeout soon --state-dir s", EXIT.usage, /Cannot use --timeout "soon"/],
  ["exec --retries some -- true", EXIT.usage, /Cannot use --retries "some"/],
  ["explain no-such.log", EXIT.noInput, /Cannot read no-such\.log/],
  ["incidents show last --state-dir s", EXIT.noInput, /none are kept/],
  ["status --config no-such.json", EXIT.noInput, /no-such\.json/],
  ["restart --state-dir s", EXIT.unavailable, /Cannot restart: no daemon is running/],
  ["env --state-dir s", EXIT.unavailable, /no daemon is running/],
  ["wait --ready --timeout 0 --state-dir s", EXIT.tempFail, /Cannot wait any longer for the daemon/],
  ["run --state-dir wrong.json", EXIT.cannotCreate, null],
  ["status --config wrong.json", EXIT.config, /wrong\.json/],
  ["run --java-home /nowhere --state-dir s --api 127.0.0.1:0 --relay 0", EXIT.config, null],
];

Deno.test("a command line ends with the code that the README gives for what became of it", async () => {
  const folder = await Deno.makeTempDir({ prefix: "exit-codes-" });
  try {
    await Deno.writeTextFile(`${folder}/wrong.json`, '{ "heap": "much" }');
    for (const [line, code, said] of LINES) {
      const ended = await run(line, folder);
      assert.equal(ended.code, code, `${line}: ${ended.said}`);
      if (said !== null) assert.match(ended.said, said, line);
      assert.doesNotMatch(ended.said, /^\s+at /m, `${line} is no defect`);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("failureOf() gives the first error's code, and calls what is no user's mistake a defect", () => {
  const one = new UserError("Cannot a", { hint: "Do b.", exitCode: EXIT.noInput });
  const two = new UserError("Cannot c", { hint: "Do d.", exitCode: EXIT.usage });
  assert.deepEqual(failureOf(new UserErrors([one, two]), {}), {
    text: "rekindle: Cannot a.\n  Do b.\nrekindle: Cannot c.\n  Do d.\n",
    exitCode: EXIT.noInput,
  });
  const { text, exitCode } = failureOf(new TypeError("x is not y"), {});
  assert.equal(exitCode, EXIT.software);
  assert.match(text, /^rekindle: a defect of this program: TypeError: x is not y\n\s+at /);
});

Deno.test("every exit code has a meaning, and no two are the same number", () => {
  assert.deepEqual(Object.keys(EXIT_MEANING), Object.keys(EXIT));
  assert.equal(new Set(Object.values(EXIT)).size, Object.keys(EXIT).length);
});
