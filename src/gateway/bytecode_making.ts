/**
 * How is a home with PySpark's bytecode made? By the Python that is to read it, in some seconds, beside its place; it is
 * there whole or not at all.
 * @module
 */

import { join } from "@std/path";
import type { ChildLauncher, Files } from "../ports.ts";
import { BYTECODE_SCRIPT } from "./bytecode_script.ts";
import { lastOf } from "./last_output.ts";

/** A home, there or not, and what it is made from. */
export interface BytecodePlace {
  readonly path: string;
  /** Spark's own home, without links that an update may turn elsewhere. */
  readonly source: string;
  /** The Python that it is for. */
  readonly python: string;
}

/** What making one needs. */
export interface BytecodeMaking {
  /** Where all homes are kept. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly files: Files;
  readonly children: ChildLauncher;
  /** Ends the making and its process. */
  readonly signal: AbortSignal;
}

/** How it went. */
export type BytecodeOutcome =
  | { readonly kind: "made"; readonly bytes: number }
  /** Somebody else is making one. */
  | { readonly kind: "busy" };

/** What a home is worth making for, in it. */
export const ARCHIVE = "python/lib/pyspark.zip";
/** The names of homes. */
export const MADE = /^[0-9a-f]{16}$/;
/** So many are kept: that of now, and that of before an update, which a gateway may still use. */
const KEPT = 2;

/**
 * Makes it, unless it has been made meanwhile.
 * @throws {Error} When it cannot be made, or Python does not take what was made; nothing of it is left.
 */
export async function makeBytecode(place: BytecodePlace, making: BytecodeMaking): Promise<BytecodeOutcome> {
  const { folder, files } = making;
  const bytesOf = async () => (await files.stat(join(place.path, ARCHIVE)))?.bytes ?? null;
  await files.makeDir(folder);
  const lock = await files.tryLock(join(folder, "lock"));
  if (lock === null) return { kind: "busy" };
  try {
    if (await bytesOf() === null) await write(place, making);
    return { kind: "made", bytes: await bytesOf() ?? 0 };
  } finally {
    lock.release();
  }
}

async function write(place: BytecodePlace, making: BytecodeMaking): Promise<void> {
  const { folder, files } = making;
  const { path } = place;
  const partial = `${path}.partial`;
  await files.remove(partial);
  try {
    await compile(place, partial, making);
    await files.remove(path);
    await files.rename(partial, path);
  } finally {
    await tidy(folder, files);
  }
}

async function compile(
  { path, source, python }: BytecodePlace,
  partial: string,
  making: BytecodeMaking,
): Promise<void> {
  const { env, cwd, children, signal } = making;
  signal.throwIfAborted();
  // Isolated: what lies in the working folder, or on a user's path, is no module of ours.
  const args = ["-I", "-W", "ignore", "-c", BYTECODE_SCRIPT, source, partial, path];
  const child = children.spawn({ program: python, args, env, cwd });
  const kill = () => child.signal("SIGKILL");
  signal.addEventListener("abort", kill);
  try {
    const [{ code }, , said] = await Promise.all([child.exited, lastOf(child.stdout), lastOf(child.stderr)]);
    signal.throwIfAborted();
    if (code !== 0) throw new Error(said.trim().split("\n").at(-1) || `${python} ended with ${code}`);
  } finally {
    signal.removeEventListener("abort", kill);
  }
}

/** Removes what is half made, by this daemon or one that was killed, and all homes but the newest. */
async function tidy(folder: string, files: Files): Promise<void> {
  const found = await Promise.all((await files.list(folder)).map(async (name) => {
    const path = join(folder, name);
    return { name, path, modifiedMs: (await files.stat(path))?.modifiedMs ?? 0 };
  }));
  const newest = found.filter(({ name }) => MADE.test(name)).sort((a, b) => b.modifiedMs - a.modifiedMs);
  const partial = found.filter(({ name }) => name.endsWith(".partial"));
  for (const { path } of [...partial, ...newest.slice(KEPT)]) await files.remove(path);
}
