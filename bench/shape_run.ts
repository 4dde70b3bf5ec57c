/**
 * What does a program of one shape take, until its first result and to its end?
 * @module
 */

import { fromFileUrl } from "@std/path";
import type { Place } from "../tests/real/rekindle.ts";
import { cpuBelowMs } from "./proc.ts";
import { runProgram } from "./program_run.ts";
import type { Command } from "./rivals/rival.ts";

/** The program; it is told its shape. */
export const SHAPES = fromFileUrl(new URL("shapes.py", import.meta.url));

/** One run. Times are from the program's start, in milliseconds. */
export interface ShapeRun {
  readonly firstMs: number;
  readonly exitMs: number;
  /** Processor time of driver, JVM and workers to the first result, without what a JVM had used before. */
  readonly cpuMs: number;
}

/**
 * Runs it to its end.
 * @param jvms The pids of the gateways that run already: it is attached to any of them, or to none.
 * @throws {Error} When it fails.
 */
export async function runShape(place: Place, command: Command, jvms: readonly number[]): Promise<ShapeRun> {
  const before = new Map(jvms.map((pid) => [pid, cpuBelowMs(pid)]));
  const { code, stdout, stderr, firstMs, exitMs } = await runProgram(place, command);
  if (code !== 0) throw new Error(`${command.words.join(" ")} failed:\n${stderr}`);
  const { jvm, cpu } = JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
  return { firstMs, exitMs, cpuMs: cpu * 1000 - (before.get(jvm) ?? 0) };
}
