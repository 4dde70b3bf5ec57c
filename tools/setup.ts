/**
 * Fills `vendor/`, the folder where Deno keeps this project's JSR packages: with the packages themselves where
 * JSR can be reached, and with the stand-ins of `tools/jsr/` where it cannot. Afterwards the program starts
 * without a network. Takes milliseconds once that is done.
 * @module
 */
// deno-lint-ignore-file no-console
import { exclusively } from "./file_lock.ts";

/** What is in `vendor/`, written when it is complete. The shell script `rekindle` reads it too. */
interface Stamp {
  readonly source: "jsr" | "stand-ins";
  /** Changes with everything the set-up depends on. */
  readonly key: string;
  /** When JSR was last asked, in milliseconds since 1970. */
  readonly at: number;
}

const root = new URL("../", import.meta.url);
const vendor = new URL("vendor/", root);
const stamp = new URL("vendor/rekindle-setup.json", root);
const dayMs = 86_400_000;

/** The module that stands in for each package, and the paths it is exported under. */
const standIns: Readonly<Record<string, readonly string[]>> = {
  "@std/cli": [".", "./parse-args"],
  "@std/log": ["."],
  "@std/path": ["."],
};

function read(path: string): Promise<string> {
  return Deno.readTextFile(new URL(path, root));
}

function standInText(name: string): Promise<string> {
  return read(`tools/jsr/${name.slice("@std/".length)}.ts`);
}

async function sha256(text: string): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text))).toHex();
}

/** Whether JSR answers within two seconds; a page of another server, such as a hotel's, does not count. */
async function reachable(): Promise<boolean> {
  try {
    const signal = AbortSignal.timeout(2000);
    const answer = await fetch("https://jsr.io/@std/log/meta.json", { signal });
    await answer.json();
    return answer.ok;
  } catch {
    return false;
  }
}

/** Where the program finds what Deno has fetched and compiled, as `rekindle` sets it. */
const denoDir = Deno.env.get("DENO_DIR") || decodeURIComponent(new URL(".rekindle/deno", root).pathname);

async function deno(args: string[], stderr: "null" | "inherit"): Promise<number> {
  const env = { DENO_DIR: denoDir };
  const options = { args, cwd: root, env, stdin: "null" as const, stdout: "null" as const, stderr };
  return (await new Deno.Command(Deno.execPath(), options).output()).code;
}

async function empty(): Promise<void> {
  await Deno.remove(vendor, { recursive: true }).catch(() => {});
  await Deno.mkdir(vendor, { recursive: true });
}

/** Has Deno fetch the packages of `deno.lock`; `false` when they could not be had. */
async function fetchPackages(): Promise<boolean> {
  await empty();
  const code = await deno(["install", "--quiet"], "null");
  // A failed fetch leaves files behind that Deno would not check again.
  if (code !== 0) await empty();
  if (code === 10) throw new Error("A JSR package differs from deno.lock");
  return code === 0;
}

/** Lays out the stand-ins as Deno lays out packages, under the versions of `deno.lock`. */
async function standIn(): Promise<void> {
  await empty();
  const lock = JSON.parse(await read("deno.lock"));
  for (const [name, paths] of Object.entries(standIns)) {
    const wanted = lock.workspace.dependencies.find((it: string) => it.startsWith(`jsr:${name}@`));
    const version: string = lock.specifiers[wanted];
    const text = await standInText(name);
    const size = new TextEncoder().encode(text).length;
    const folder = new URL(`jsr.io/${name}/`, vendor);
    await Deno.mkdir(new URL(version, folder), { recursive: true });
    await Deno.writeTextFile(new URL(`${version}/mod.ts`, folder), text);
    const exports = Object.fromEntries(paths.map((path) => [path, "./mod.ts"]));
    const manifest = { "/mod.ts": { size, checksum: `sha256-${await sha256(text)}` } };
    await Deno.writeTextFile(new URL(`${version}_meta.json`, folder), JSON.stringify({ exports, manifest }));
    await Deno.writeTextFile(new URL("meta.json", folder), JSON.stringify({ versions: { [version]: {} } }));
  }
}

/** What the program imports beyond JSR, so that it starts without a network. */
async function cacheProgram(): Promise<void> {
  const main = new URL("src/main.ts", root);
  if (await Deno.stat(main).catch(() => null) === null) return;
  // With the lock for its checksums, then without it as the program runs: that takes the packages' index as well.
  for (const lock of [[], ["--no-lock"]]) {
    if (await deno(["cache", "--quiet", ...lock, "src/main.ts"], "inherit") === 0) continue;
    throw new Error("The modules of src/main.ts could not all be had, for the reason given above");
  }
}

/** The daemon in one file, for `rekindle run`; without it, it runs from its sources. */
async function bundleProgram(): Promise<void> {
  const script = decodeURIComponent(new URL("tools/bundle", root).pathname);
  const options = { env: { DENO_DIR: denoDir }, stdin: "null", stdout: "null", stderr: "null" } as const;
  await new Deno.Command(script, options).output();
}

async function lastStamp(): Promise<Partial<Stamp>> {
  return await Deno.readTextFile(stamp).then(JSON.parse).catch(() => ({}));
}

function isFresh(last: Partial<Stamp>, key: string): boolean {
  return last.key === key && (last.source === "jsr" || Date.now() - (last.at ?? 0) < dayMs);
}

async function setUp(key: string): Promise<void> {
  const last = await lastStamp();
  if (isFresh(last, key)) return;
  let source: Stamp["source"] = "jsr";
  if (!await reachable() || !await fetchPackages()) {
    source = "stand-ins";
    // Other commands may be running on the stand-ins that are there.
    if (last.key !== key || !await exists("jsr.io/")) {
      await standIn();
      console.error("JSR cannot be reached: using the stand-ins of tools/jsr/");
    }
  }
  await cacheProgram();
  await bundleProgram();
  const now: Stamp = { source, key, at: Date.now() };
  await Deno.writeTextFile(stamp, JSON.stringify(now));
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(new URL(path, vendor)).then(() => true, () => false);
}

try {
  const parts = [read("deno.lock"), ...Object.keys(standIns).map(standInText)];
  const key = await sha256((await Promise.all(parts)).join("\0"));
  const last = await lastStamp();
  // `rekindle` compares times, not contents: a file that was touched must not bring it here every time.
  if (isFresh(last, key)) await Deno.utime(stamp, new Date(), new Date()).catch(() => {});
  else {
    await Deno.mkdir(new URL(".rekindle/", root), { recursive: true });
    await exclusively(new URL(".rekindle/setup.lock", root), () => setUp(key));
  }
} catch (error) {
  console.error(`The set-up failed. ${error instanceof Error ? error.message : error}.`);
  Deno.exit(1);
}
