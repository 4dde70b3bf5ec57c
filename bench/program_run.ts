/**
 * How long does a program take to its first line, and to its end?
 * @module
 */

import type { Place } from "../tests/real/rekindle.ts";
import type { Command } from "./rivals/rival.ts";

/** One run. Times are from its start, in milliseconds. */
export interface ProgramRun {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** When it printed something; its end when it printed nothing. */
  readonly firstMs: number;
  readonly exitMs: number;
}

/** Runs a program in a place to its end. */
export async function runProgram(place: Place, { words, env }: Command): Promise<ProgramRun> {
  const [name = "", ...args] = words;
  const beginMs = performance.now();
  const child = new Deno.Command(name, {
    ...{ args, cwd: place.folder, env, clearEnv: true },
    ...{ stdin: "null", stdout: "piped", stderr: "piped" } as const,
  }).spawn();
  const errors = new Response(child.stderr).text();
  let firstMs: number | null = null;
  let stdout = "";
  for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
    firstMs ??= performance.now() - beginMs;
    stdout += chunk;
  }
  const { code } = await child.status;
  const exitMs = performance.now() - beginMs;
  return { code, stdout, stderr: await errors, firstMs: firstMs ?? exitMs, exitMs };
}
