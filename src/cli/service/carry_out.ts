/**
 * How are a service's steps shown and taken?
 * @module
 */

import { join } from "@std/path";
import { EXIT, UserError } from "../../errors.ts";
import type { ChildLauncher, Files } from "../../ports.ts";
import { printable } from "../../printable.ts";
import type { Step } from "./steps.ts";

/** What taking steps needs. */
export interface Doing {
  readonly files: Pick<Files, "makeTempDir" | "writeAtomic" | "remove">;
  readonly children: Pick<ChildLauncher, "run">;
  readonly print: (text: string) => void;
  readonly env: Readonly<Record<string, string>>;
  /** The checkout, or the folder of an installed program. */
  readonly root: string;
}

/** A start may take as long as systemd allows, and the first bundle fetches its bundler. */
const STEP_TIMEOUT_MS = 300_000;

/** How many of its last lines a command that failed is quoted with. */
const SAID_LINES = 3;

/** A step as a person would type it. */
export function shown({ words, input }: Step): string {
  const line = words.map((word) =>
    /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
  );
  return printable(
    [...line, ...(input === undefined ? [] : [` # with ${input.changed.join(", ")}`])].join(" "),
  );
}

/**
 * Takes one step after the other, and shows each before it is taken.
 * @throws {UserError} At the first one that fails: what was done before stays.
 */
export async function carryOut(steps: readonly Step[], doing: Doing): Promise<void> {
  for (const step of steps) {
    doing.print(`${shown(step)}\n`);
    const failure = step.input === undefined
      ? await take(step.words, doing)
      : await takeWithInput(step.words, step.input.text, doing);
    if (failure === null) continue;
    if (step.mayFail) doing.print(`  passed over: ${printable(failure)}\n`);
    else throw await stepFailure(step, failure, doing);
  }
}

/** The values reach the file by a file of this user's alone, not by a command line that all may read. */
async function takeWithInput(words: readonly string[], text: string, doing: Doing): Promise<string | null> {
  const folder = await doing.files.makeTempDir(doing.env.TMPDIR || "/tmp", "rekindle-service-");
  try {
    const path = join(folder, "settings.json");
    await doing.files.writeAtomic(path, text);
    return await take(words.map((word) => word === "/dev/stdin" ? path : word), doing);
  } finally {
    await doing.files.remove(folder);
  }
}

/** @returns What it said when it failed, as one line; `null` when it did not. */
async function take(
  [program = "", ...args]: readonly string[],
  { children, env, root }: Doing,
): Promise<string | null> {
  try {
    // What the checkout's set-up has fetched is used for the bundle.
    const own = { ...env, DENO_DIR: env.DENO_DIR ?? join(root, ".rekindle/deno"), NO_COLOR: "1" };
    const result = await children.run({ program, args, env: own, cwd: "/" }, STEP_TIMEOUT_MS);
    if (result.exit.code === 0) return null;
    const said = result.stderr.trim().split(/\s*\n\s*/).slice(-SAID_LINES).join("; ");
    return said || `exit code ${result.exit.code}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function stepFailure({ words }: Step, failure: string, doing: Doing): Promise<UserError> {
  if (words.includes("restart")) return await startFailure(words, failure, doing);
  return new UserError(`Cannot go on: ${shown({ words })} failed (${failure})`, {
    hint:
      "What is printed above was done and stays; install again when it is corrected, or remove the service.",
    exitCode: EXIT.cannotCreate,
  });
}

/** systemd says only that it failed; the service's own last words say why. */
async function startFailure(
  words: readonly string[],
  failure: string,
  { children, env }: Doing,
): Promise<UserError> {
  const unit = words.at(-1) ?? "";
  const args = [...(words.includes("--user") ? ["--user"] : []), "-u", unit];
  const journal = { program: "journalctl", args: [...args, "-o", "cat", "-n", "20"], env, cwd: "/" };
  const log = await children.run(journal, STEP_TIMEOUT_MS).catch(() => null);
  // What systemd writes of a unit names it.
  const own = new TextDecoder().decode(log?.stdout).split("\n").filter((line) =>
    line.trim() !== "" && !line.includes(unit)
  );
  const why = own.slice(-SAID_LINES).map((line) => `\n  ${printable(line)}`).join("");
  return new UserError(`Cannot start ${unit}: ${why === "" ? failure : `its last words were${why}`}`, {
    hint: `It is installed, and will be started when you install it again with what it lacks. ` +
      `All of its log: journalctl ${args.join(" ")}`,
    exitCode: EXIT.unavailable,
  });
}
