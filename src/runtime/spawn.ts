/**
 * How a process is started, why it could not be, and how it ended.
 * @module
 */

import type { ExitStatus } from "../core/verdict.ts";
import { reasonOf } from "../errors.ts";
import type { ChildSpec } from "../ports.ts";

/** Why a process could not be started. */
export type SpawnFailureKind = "notFound" | "notExecutable" | "badFolder" | "other";

/** A process that could not be started: the message says which, and why. */
export class SpawnFailure extends Error {
  override readonly name = "SpawnFailure";
  readonly kind: SpawnFailureKind;

  /**
   * @param kind Why, for a program to act on.
   * @param options The text for a person, and what Deno threw.
   */
  constructor(kind: SpawnFailureKind, options: { message: string; cause: unknown }) {
    super(options.message, { cause: options.cause });
    this.kind = kind;
  }
}

/** Where the standard streams lead, and whether the process leads a session of its own. */
export type SpawnOptions = Required<Pick<Deno.CommandOptions, "stdin" | "stdout" | "stderr" | "detached">>;

/**
 * Starts a process with exactly the given environment. A name without a slash is looked up on that
 * environment's `PATH`, a relative path below `spec.cwd` (measured on Deno 2.9).
 * @throws {SpawnFailure}
 */
export function spawnProcess(spec: ChildSpec, options: SpawnOptions): Deno.ChildProcess {
  const { program, args, env, cwd } = spec;
  try {
    return new Deno.Command(program, { args: [...args], env, cwd, clearEnv: true, ...options }).spawn();
  } catch (error) {
    throw explain(spec, error);
  }
}

function explain({ program, cwd }: ChildSpec, cause: unknown): SpawnFailure {
  const failure = (kind: SpawnFailureKind, reason: string) =>
    new SpawnFailure(kind, { message: `Could not start ${program}: ${reason}`, cause });
  // Deno reports a missing folder, a missing program and a missing interpreter with one class.
  if (!isFolder(cwd)) {
    return failure("badFolder", `its working folder ${cwd} is not a folder that can be entered.`);
  }
  if (cause instanceof Deno.errors.NotFound) {
    return failure(
      "notFound",
      "there is no such program, or the interpreter its first line names is missing.",
    );
  }
  if (cause instanceof Deno.errors.PermissionDenied) {
    return failure("notExecutable", "it is not a program this user may execute.");
  }
  return failure("other", `${reasonOf(cause)}.`);
}

function isFolder(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}

/** How a process ended; resolves once it has been reaped, and never rejects. */
export async function exitOf(process: Deno.ChildProcess): Promise<ExitStatus> {
  try {
    const { code, signal } = await process.status;
    return { code, signal };
  } catch (error) {
    // Deno knows no name for a realtime signal and rejects with "Invalid signal: 34" (measured on 2.9).
    const number = /^Invalid signal: (\d+)$/.exec(reasonOf(error))?.[1];
    return number === undefined
      ? { code: 1, signal: null }
      : { code: 128 + Number(number), signal: `SIG${number}` };
  }
}
