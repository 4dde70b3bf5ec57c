/**
 * Error reports that real JVMs wrote for this project (Debian's OpenJDK 17.0.15 and Temurin 25.0.3), shortened to the
 * sections that are read; folders are replaced by `/srv/job`.
 *
 * How each came about: `sent-by-kill` by `kill -SEGV`, `sigusr2` by `kill -USR2`, `raised-by-itself` by `raise(SIGSEGV)`
 * in a native library, `native-library` by a write to address 8 in one, `unsafe-after-errors` by `Unsafe.putAddress(0, 0)`
 * after three errors that were caught, `malloc-limit` under `ulimit -v`, `huge-heap` by `-Xms200g` on 24 GB,
 * `no-gc-thread` under `ulimit -u`, `crash-on-oom` by `-XX:+CrashOnOutOfMemoryError`, `compiler` by
 * `-XX:CompileCommand=MemLimit,…~crash`, `abort-on-exception` by `-XX:AbortVMOnException`.
 * @module
 */

import assert from "node:assert/strict";
import { type HsErr, parseHsErr } from "../../../src/core/hs_err/hs_err.ts";
import type { OutputLine } from "../../../src/core/verdict.ts";

const FOLDER = new URL("../../fixtures/hs_err/", import.meta.url);

/** The names of all reports. */
export const REPORTS: readonly string[] = Array.from(Deno.readDirSync(FOLDER), ({ name }) => name)
  .filter((name) => name.endsWith(".log")).sort();

/** The lines of one. */
export function report(name: string): readonly OutputLine[] {
  return numbered(Deno.readTextFileSync(new URL(name, FOLDER)).trimEnd().split("\n"));
}

/** Lines with their numbers. */
export function numbered(texts: readonly string[]): readonly OutputLine[] {
  return texts.map((text, index) => ({ number: index + 1, text }));
}

/** The texts of lines. */
export function texts(lines: readonly OutputLine[]): readonly string[] {
  return lines.map(({ text }) => text);
}

/** What the report among lines says. */
export function parsed(lines: readonly OutputLine[]): HsErr {
  const hsErr = parseHsErr(lines);
  assert.ok(hsErr !== null);
  return hsErr;
}
