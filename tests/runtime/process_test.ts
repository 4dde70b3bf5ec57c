import assert from "node:assert/strict";
import { join } from "@std/path";
import { environment, isTerminal, pid, userId, workingFolder } from "../../src/runtime/process.ts";

const MODULE = import.meta.resolve("../../src/runtime/process.ts");
const CONFIG = new URL("../../deno.json", import.meta.url).pathname;
const LARGE = `"x".repeat(2 ** 22)`;

Deno.test("this process is described as it is", () => {
  assert.equal(pid, Deno.pid);
  assert.equal(userId(), Deno.uid());
  assert.equal(workingFolder(), Deno.cwd());
  const copy = environment();
  assert.deepEqual(copy, Deno.env.toObject());
  copy["REKINDLE_TEST_COPY"] = "1";
  assert.equal(Deno.env.get("REKINDLE_TEST_COPY"), undefined);
});

Deno.test("isTerminal() is false for pipes", async () => {
  const { stdout } = await evaluate(`
    import { isTerminal } from "${MODULE}";
    console.log(isTerminal("stdin"), isTerminal("stdout"), isTerminal("stderr"));`);
  assert.equal(stdout, "false false false\n");
  assert.equal(typeof isTerminal("stdout"), "boolean");
});

Deno.test("writeStandard() writes everything to either stream", async () => {
  const { code, stdout, stderr } = await evaluate(`
    import { writeStandard } from "${MODULE}";
    const both = [writeStandard("stdout", ${LARGE}), writeStandard("stderr", "schön\\n")];
    Deno.exit(both.every(Boolean) ? 0 : 1);`);
  assert.equal(code, 0);
  assert.equal(stdout.length, 2 ** 22);
  assert.equal(stderr, "schön\n");
});

Deno.test("writeStandard() tells, and does not throw, when its reader is gone", async () => {
  const code = `
    import { writeStandard } from "${MODULE}";
    Deno.exit(writeStandard("stdout", ${LARGE}) ? 1 : 42);`;
  // A pipeline tells the exit code of its last command only.
  const script = '{ "$@"; echo $? >&2; } | true';
  const { stderr } = await run("sh", ["-c", script, "sh", ...denoEval(code)]);
  assert.equal(stderr, "42\n");
});

Deno.test("writeStandard() gives up and tells when nobody reads a non-blocking pipe", async () => {
  const code = `
    import { writeStandard } from "${MODULE}";
    Deno.exit(writeStandard("stdout", ${LARGE}) ? 1 : 42);`;
  const python = `
import os, subprocess, sys
unread, pipe = os.pipe()
os.set_blocking(pipe, False)
sys.exit(subprocess.run(sys.argv[1:], stdout=pipe).returncode)`;
  assert.equal((await run("python3", ["-c", python, ...denoEval(code)])).code, 42);
});

Deno.test("onUncaught() reports errors and rejections nobody caught, and the process lives", async () => {
  const { code, stdout, stderr } = await evaluate(`
    import { onUncaught } from "${MODULE}";
    const reported = [];
    const done = Promise.withResolvers();
    onUncaught((error) => {
      reported.push(error.message);
      if (reported.length === 2) done.resolve();
      if (error.message === "thrown") throw new Error("the report failed");
    });
    queueMicrotask(() => { throw new Error("thrown"); });
    Promise.reject(new Error("rejected"));
    await done.promise;
    console.log(reported.sort().join());`);
  assert.equal(code, 0);
  assert.equal(stdout, "rejected,thrown\n");
  assert.equal(
    stderr,
    "An error could not be reported: Error: the report failed\nThe error was: Error: thrown\n",
  );
});

Deno.test("onUncaught() puts the default back when it is ended", async () => {
  const { code, stdout } = await evaluate(`
    import { onUncaught } from "${MODULE}";
    onUncaught(() => console.log("reported"))();
    Promise.reject(new Error("rejected"));
    // The default ends the process in the first turn of the event loop.
    for (let turn = 0; turn < 1000; turn++) await Deno.stat(".");
    console.log("alive");`);
  assert.equal(code, 1);
  assert.equal(stdout, "");
});

Deno.test("leave() gives Deno the time to keep what it has made of the program", async () => {
  const folder = await Deno.makeTempDir({ prefix: "rekindle-leave-" });
  try {
    const program = join(folder, "program.ts");
    await Deno.writeTextFile(program, `import { leave } from "${MODULE}"; await leave(7);`);
    const args = ["run", "-A", "--no-lock", "--no-config", program];
    const { code } = await run(Deno.execPath(), args, { DENO_DIR: join(folder, "deno") });
    assert.equal(code, 7);
    const kept = (await Array.fromAsync(Deno.readDir(join(folder, "deno"))))
      .filter(({ name }) => name.startsWith("v8_code_cache"))
      .map(({ name }) => new TextDecoder().decode(Deno.readFileSync(join(folder, "deno", name))));
    assert.ok(kept.some((text) => text.includes(program)), "the program is in the cache");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function evaluate(code: string): Promise<Outcome> {
  const [program = "", ...args] = denoEval(code);
  return run(program, args);
}

function denoEval(code: string): readonly string[] {
  return [Deno.execPath(), "eval", "--config", CONFIG, "--no-lock", "--ext=ts", code];
}

async function run(program: string, args: readonly string[], env = {}): Promise<Outcome> {
  const command = new Deno.Command(program, {
    args: [...args],
    stdin: "null",
    env: { NO_COLOR: "1", ...env },
  });
  const { code, stdout, stderr } = await command.output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}
