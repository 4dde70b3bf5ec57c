/**
 * Does `./rekindle` set up what is missing, keep quiet otherwise, and then become the program?
 * @module
 */
import assert from "node:assert/strict";
import { fromFileUrl, join } from "@std/path";
import { type Checkout, checkOut, type Outcome, run } from "./checkout.ts";

const program = `import { parseArgs } from "@std/cli/parse-args";
const { _: words } = parseArgs(Deno.args);
const stdin = await new Response(Deno.stdin.readable).text();
console.log(JSON.stringify({ words, stdin, cwd: Deno.cwd(), pid: Deno.pid, env: Deno.env.toObject() }));
Deno.exit(Number(words[0] ?? 0));
`;

/** What the program tells of itself. */
interface Told {
  readonly words: readonly unknown[];
  readonly stdin: string;
  readonly cwd: string;
  readonly pid: number;
  readonly env: Readonly<Record<string, string>>;
}

async function freshCheckout(): Promise<Checkout> {
  const checkout = await checkOut(["denow", "rekindle", "deno.json", "deno.lock", "tools"]);
  await Deno.mkdir(join(checkout.path, "src"));
  await Deno.writeTextFile(join(checkout.path, "src/main.ts"), program);
  await Deno.mkdir(join(checkout.path, ".deno/bin"), { recursive: true });
  await Deno.symlink(Deno.execPath(), join(checkout.path, ".deno/bin/deno"));
  return checkout;
}

/** The proxy is a port where nothing listens: JSR is out of reach, at once. */
function environment(checkout: Checkout): Record<string, string> {
  return { PATH: "/usr/bin:/bin", HOME: checkout.path, HTTPS_PROXY: "http://127.0.0.1:9" };
}

function told(outcome: Outcome): Told {
  assert.notEqual(outcome.stdout, "", outcome.stderr);
  return JSON.parse(outcome.stdout);
}

Deno.test("rekindle sets up a fresh checkout, then passes everything through to the program", async () => {
  await using checkout = await freshCheckout();
  const env = environment(checkout);
  const rekindle = join(checkout.path, "rekindle");

  const first = await run(rekindle, { args: ["0", "a b"], env, stdin: "kept for the program" });
  assert.match(first.stderr, /^JSR cannot be reached: using the stand-ins of tools\/jsr\/\n$/);
  assert.deepEqual(told(first).words, [0, "a b"]);
  assert.equal(told(first).stdin, "kept for the program");

  const link = join(checkout.path, "..", "a link");
  await Deno.symlink(rekindle, link);
  const elsewhere = join(checkout.path, "src");
  const second = await run(link, { args: ["7"], env, cwd: elsewhere });
  assert.equal(second.stderr, "");
  assert.equal(second.code, 7);
  assert.equal(told(second).cwd, elsewhere);
  assert.equal(told(second).pid, second.pid, "a parent was left in between");

  const folder = join(checkout.path, "..", "a linked folder");
  await Deno.symlink(checkout.path, folder);
  const ways = [[join(folder, "src/..", "rekindle")], ["/bin/sh", "rekindle"]] as const;
  for (const [command, ...words] of ways) {
    const third = await run(command, { args: [...words, "0"], env, cwd: checkout.path });
    assert.equal(told(third).env.DENO_DIR, join(checkout.path, ".rekindle/deno"), command);
  }
});

Deno.test("rekindle changes nothing in the environment but what it promises", async () => {
  await using checkout = await freshCheckout();
  // A user's variables, under names that a script would like to use as well.
  const names = ["self", "root", "own", "file", "flags", "bundle", "version", "wanted", "deno", "stamp"];
  const env = { ...environment(checkout), ...Object.fromEntries(names.map((name) => [name, "mine"])) };
  const redirecting = { DENO_SERVE_ADDRESS: "tcp:127.0.0.1:9", DENO_AUTO_SERVE: "1" };
  const outcome = await run(join(checkout.path, "rekindle"), { env: { ...env, ...redirecting } });
  // What the shell itself exports.
  const { PWD: _pwd, OLDPWD: _old, SHLVL: _level, _: _last, ...rest } = told(outcome).env;
  assert.deepEqual(rest, {
    ...env,
    DENO_DIR: join(checkout.path, ".rekindle/deno"),
    DENO_NO_UPDATE_CHECK: "1",
    REKINDLE_PROVISION: join(checkout.path, "tools/provision.ts"),
  });
});

Deno.test("what is fetched and compiled lies with the project, unless the user has said where", async () => {
  await using checkout = await freshCheckout();
  const env = environment(checkout);
  const rekindle = join(checkout.path, "rekindle");
  await run(rekindle, { env });
  assert.ok((await Deno.stat(join(checkout.path, ".rekindle/deno/gen"))).isDirectory);
  const DENO_DIR = join(checkout.path, "mine");
  assert.equal(told(await run(rekindle, { env: { ...env, DENO_DIR } })).env.DENO_DIR, DENO_DIR);
});

Deno.test("rekindle sets up again when an input is newer than the set-up, or stand-ins are a day old", async () => {
  await using checkout = await freshCheckout();
  const env = environment(checkout);
  const stamp = join(checkout.path, "vendor/rekindle-setup.json");
  const rekindle = join(checkout.path, "rekindle");
  await run(rekindle, { env });
  const content = JSON.parse(await Deno.readTextFile(stamp));
  const hourMs = 3_600_000;
  /** Makes the set-up `hours` old, and its inputs two days. */
  const age = async (hours: number) => {
    const at = Date.now() - hours * hourMs;
    const inputs = [
      "deno.lock",
      "tools/setup.ts",
      ...["cli", "log", "path"].map((it) => `tools/jsr/${it}.ts`),
    ];
    const old = new Date(Date.now() - 48 * hourMs);
    for (const input of inputs) await Deno.utime(join(checkout.path, input), old, old);
    await Deno.writeTextFile(stamp, JSON.stringify({ ...content, at }));
    await Deno.utime(stamp, new Date(at), new Date(at));
  };
  const ranSetUp = async () => {
    const before = (await Deno.stat(stamp)).mtime?.getTime();
    const { code, stderr } = await run(rekindle, { env });
    assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
    return (await Deno.stat(stamp)).mtime?.getTime() !== before;
  };

  await age(1);
  assert.equal(await ranSetUp(), false);
  for (const input of ["deno.lock", "tools/setup.ts", "tools/jsr/path.ts"]) {
    await age(1);
    await Deno.utime(join(checkout.path, input), new Date(), new Date());
    assert.equal(await ranSetUp(), true, input);
  }
  await age(25);
  assert.equal(await ranSetUp(), true, "stand-ins of yesterday");
  assert.ok(JSON.parse(await Deno.readTextFile(stamp)).at > Date.now() - hourMs, "asked JSR again");

  await age(25);
  await Deno.writeTextFile(stamp, JSON.stringify({ ...content, source: "jsr", at: 0 }));
  const yesterday = new Date(Date.now() - 25 * hourMs);
  await Deno.utime(stamp, yesterday, yesterday);
  assert.equal(await ranSetUp(), false, "real packages stay");
});

Deno.test("every command takes the bundle, unless a source is newer that cannot be bundled", async () => {
  await using checkout = await freshCheckout();
  const env = environment(checkout);
  const rekindle = join(checkout.path, "rekindle");
  const bundle = join(checkout.path, "dist/rekindle.js");
  const came = async (...args: string[]) => {
    const { stdout, stderr, code } = await run(rekindle, { args, env });
    assert.equal(stderr, "");
    return code === 42 ? "from the bundle" : stdout.includes('"words"') ? "from the sources" : stdout;
  };
  await run(rekindle, { env });
  assert.equal(await came("run"), "from the sources", "there is no bundle, for the bundler cannot be had");

  await Deno.mkdir(join(checkout.path, "dist"), { recursive: true });
  await Deno.writeTextFile(bundle, "Deno.exit(42);");
  for (const command of ["run", "exec", "submit", "shell", "status"]) {
    assert.equal(await came(command), "from the bundle");
  }

  const past = new Date(Date.now() - 3_600_000);
  await Deno.utime(bundle, past, past);
  assert.equal(await came("run"), "from the sources");
  assert.deepEqual([...Deno.readDirSync(join(checkout.path, "dist"))].map(({ name }) => name), [
    "rekindle.js",
  ]);
});

Deno.test("the bundle disposes of all that the sources dispose of", async () => {
  await using checkout = await freshCheckout();
  await Deno.writeTextFile(
    join(checkout.path, "src/main.ts"),
    `function open(name: string) {
  const end = () => console.log(name, "closed");
  return { use: () => console.log(name, "used"), [Symbol.dispose]: end, [Symbol.asyncDispose]: () => Promise.resolve(end()) };
}
async function work() {
  using one = open("one");
  one.use();
  await using two = open("two");
  two.use();
}
await work();
`,
  );
  // Where the set-up has put the bundler.
  const DENO_DIR = Deno.env.get("DENO_DIR") || fromFileUrl(new URL("../../.rekindle/deno", import.meta.url));
  const bundled = await run(join(checkout.path, "tools/bundle"), {
    env: { ...environment(checkout), DENO_DIR },
  });
  assert.equal(bundled.code, 0, bundled.stderr);
  const { stdout } = await run(Deno.execPath(), { args: ["run", join(checkout.path, "dist/rekindle.js")] });
  assert.equal(stdout, "one used\ntwo used\ntwo closed\none closed\n");
});

Deno.test("every command has the same flags of V8 wherever it is started: what Deno's cache holds is of use with those only", async () => {
  const flags = await Promise.all(["rekindle", "systemd/rekindle", "tools/bundle"].map(async (path) => {
    const text = await Deno.readTextFile(new URL(`../../${path}`, import.meta.url));
    return [...text.matchAll(/--(?:max-semi-space-size|no-turbofan|invocation-count-for-maglev)[=\w-]*/g)]
      .map(String);
  }));
  assert.equal(flags[0]?.length, 3);
  for (const others of flags) assert.deepEqual(others, flags[0]);
});

Deno.test("rekindle does not start the program when the set-up fails", async () => {
  await using checkout = await freshCheckout();
  await Deno.writeTextFile(join(checkout.path, "src/main.ts"), `import "./missing.ts";`);
  const outcome = await run(join(checkout.path, "rekindle"), { env: environment(checkout) });
  assert.equal(outcome.code, 1);
  assert.match(outcome.stderr, /missing\.ts[^]*\nThe set-up failed\. The modules of src\/main\.ts/);
});
