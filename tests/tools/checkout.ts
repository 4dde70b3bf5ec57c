/**
 * A copy of what the shell scripts need, in a folder with a space in its name, with a program that tells how it
 * was started in place of the real one. Nothing in it reaches for the network.
 * @module
 */
import { dirname, fromFileUrl, join } from "@std/path";

const root = fromFileUrl(new URL("../../", import.meta.url));

/** What a script left behind. */
export interface Outcome {
  readonly pid: number;
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A temporary copy of parts of the project. */
export interface Checkout extends AsyncDisposable {
  /** Its root; the folder above it is free for the test's own files. */
  readonly path: string;
}

/** Copies `names` (files, or folders whole) of the project into a temporary folder. */
export async function checkOut(names: readonly string[]): Promise<Checkout> {
  const above = await Deno.realPath(await Deno.makeTempDir({ prefix: "rekindle-tools-" }));
  const path = join(above, "my checkout");
  await Deno.mkdir(path);
  for (const name of names) await copy(join(root, name), join(path, name));
  return { path, [Symbol.asyncDispose]: () => Deno.remove(above, { recursive: true }) };
}

async function copy(from: string, to: string): Promise<void> {
  if ((await Deno.stat(from)).isDirectory) {
    await Deno.mkdir(to, { recursive: true });
    for await (const { name } of Deno.readDir(from)) await copy(join(from, name), join(to, name));
  } else {
    await Deno.mkdir(dirname(to), { recursive: true });
    await Deno.copyFile(from, to);
  }
}

/** Writes a shell script that may be executed, and the folders above it. */
export async function writeScript(path: string, lines: string): Promise<void> {
  await Deno.mkdir(dirname(path), { recursive: true });
  await Deno.writeTextFile(path, `#!/bin/sh\n${lines}\n`, { mode: 0o755 });
}

/** Runs a program to its end. Its environment is `env` alone when that is given. */
export async function run(program: string, options: {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly stdin?: string;
} = {}): Promise<Outcome> {
  const child = new Deno.Command(program, {
    args: [...options.args ?? []],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.env === undefined ? {} : { env: { ...options.env }, clearEnv: true }),
  }).spawn();
  // A program that never reads its input may be gone before it is written.
  const writing = new Blob([options.stdin ?? ""]).stream().pipeTo(child.stdin).catch(() => {});
  const [output] = await Promise.all([child.output(), writing]);
  const text = new TextDecoder();
  return {
    pid: child.pid,
    code: output.code,
    stdout: text.decode(output.stdout),
    stderr: text.decode(output.stderr),
  };
}
