/**
 * Which Deno does `./denow` take, and what does it do on a machine that has none?
 * @module
 */
import assert from "node:assert/strict";
import { join } from "@std/path";
import { type Checkout, checkOut, run, writeScript } from "./checkout.ts";

/** A script that calls itself Deno `version`, and tells its name and arguments. */
function fakeDeno(name: string, version: string): string {
  return `if [ "$1" = --version ]; then echo "deno ${version} (stable)"; else echo "${name}:$*"; exit 5; fi`;
}

/** A machine with nothing on it but a shell and two tools, and an empty home. */
async function bareMachine(): Promise<Checkout & { bin: string; home: string; env: Record<string, string> }> {
  const checkout = await checkOut(["denow"]);
  const bin = join(checkout.path, "..", "bin"), home = join(checkout.path, "..", "home");
  await Deno.mkdir(bin);
  await Deno.mkdir(home);
  for (const tool of ["sh", "sed", "readlink", "cat", "mkdir", "cp"]) {
    const found = await run("/bin/sh", { args: ["-c", `command -v ${tool}`] });
    await Deno.symlink(found.stdout.trim(), join(bin, tool));
  }
  return { ...checkout, bin, home, env: { PATH: bin, HOME: home } };
}

Deno.test("denow takes the project's own Deno, then the PATH's, then the home's, each only when new enough", async () => {
  await using machine = await bareMachine();
  const places = [
    ["npm", join(machine.path, ".deno/node_modules/@deno/linux-x64-glibc/deno")],
    ["PATH", join(machine.bin, "deno")],
    ["home", join(machine.home, ".deno/bin/deno")],
  ] as const;
  const own = join(machine.path, ".deno/bin/deno");
  await writeScript(own, fakeDeno("own", "2.10.0"));
  for (const [name, path] of places) await writeScript(path, fakeDeno(name, "2.9.0"));
  const taken = async () =>
    await run(join(machine.path, "denow"), { args: ["task", "a b"], env: machine.env });
  const first = await taken();
  assert.deepEqual([first.stdout, first.stderr, first.code], ["own:task a b\n", "", 5]);
  await writeScript(own, fakeDeno("own", "2.8.12"));
  for (const [name, path] of places) {
    assert.equal((await taken()).stdout, `${name}:task a b\n`);
    await writeScript(path, "exit 1");
  }
});

Deno.test("denow asks a Deno of the project's own for its version once, and again when it is another", async () => {
  await using machine = await bareMachine();
  const own = join(machine.path, ".deno/bin/deno");
  const taken = async () => await run(join(machine.path, "denow"), { args: ["x"], env: machine.env });
  await writeScript(own, fakeDeno("own", "2.9.0"));
  const past = new Date(Date.now() - 60_000);
  await Deno.utime(own, past, past);
  assert.equal((await taken()).stdout, "own:x\n");
  await writeScript(own, `if [ "$1" = --version ]; then exit 1; fi; echo "unasked:$*"`);
  await Deno.utime(own, past, past);
  assert.equal((await taken()).stdout, "unasked:x\n");
  await Deno.utime(own, new Date(Date.now() + 1000), new Date(Date.now() + 1000));
  assert.notEqual((await taken()).stdout, "unasked:x\n");
});

Deno.test("denow works through a link, by a bare name, and without a home", async () => {
  await using machine = await bareMachine();
  await writeScript(join(machine.path, ".deno/bin/deno"), fakeDeno("own", "2.9.8"));
  const link = join(machine.bin, "denow link");
  await Deno.symlink(join(machine.path, "denow"), link);
  assert.equal((await run(link, { env: { PATH: machine.bin } })).stdout, "own:\n");
  const bare = { args: ["denow"], cwd: machine.path, env: { PATH: machine.bin } };
  assert.equal((await run("/bin/sh", bare)).stdout, "own:\n");
});

Deno.test("denow leaves the PATH as it is, so that a program it starts finds the user's own Python", async () => {
  await using machine = await bareMachine();
  await writeScript(
    join(machine.home, ".deno/bin/deno"),
    `${fakeDeno("home", "2.9.8").replace("$*", "$PATH")}`,
  );
  assert.equal(
    (await run(join(machine.path, "denow"), { env: machine.env })).stdout,
    `home:${machine.bin}\n`,
  );
});

Deno.test("denow installs Deno with pip, be it in an environment of its own, or with npm", async (t) => {
  const pip = `for word; do
  case $last in --target | --prefix) into=$word ;; esac
  last=$word
done`;
  const ways = {
    "pip": {
      python3: `${pip}\n[ "$3" = --version ] || { mkdir -p "$into/bin" && cp "$FAKE" "$into/bin/deno"; }`,
    },
    "venv": {
      python3: `[ "$2" = venv ] || exit 1
mkdir -p "$3/bin" && cp "$PIP" "$3/bin/python"`,
    },
    "npm": {
      python3: "exit 1",
      npm: `${pip}\nmkdir -p "$into/node_modules/@deno/x" && cp "$FAKE" "$into/node_modules/@deno/x/deno"`,
    },
  };
  for (const [name, programs] of Object.entries(ways)) {
    await t.step(name, async () => {
      await using machine = await bareMachine();
      const FAKE = join(machine.home, "fake"), PIP = join(machine.home, "pip");
      await writeScript(FAKE, fakeDeno("new", "2.9.8"));
      await writeScript(PIP, ways.pip.python3);
      for (const [program, lines] of Object.entries(programs)) {
        await writeScript(join(machine.bin, program), lines);
      }
      const env = { ...machine.env, FAKE, PIP };
      const outcome = await run(join(machine.path, "denow"), { args: ["run"], env });
      assert.equal(outcome.stdout, "new:run\n", outcome.stderr);
      assert.match(
        outcome.stderr,
        /^Deno 2\.9 or newer was not found: installing it in .*my checkout\/\.deno\n$/,
      );
    });
  }
});

Deno.test("denow says what it would take when Deno cannot be installed", async () => {
  await using machine = await bareMachine();
  for (const program of ["python3", "npm"]) await writeScript(join(machine.bin, program), "exit 1");
  const outcome = await run(join(machine.path, "denow"), { env: machine.env });
  assert.equal(outcome.code, 127);
  assert.match(outcome.stderr, /could not be installed[^]*python3-venv[^]*https:\/\/docs\.deno\.com/);
});
