/**
 * What does a collector hand to the store? One thing that was looked for, whether it was found or not.
 * @module
 */

import type { DeathEvidence } from "../core/diagnosis/exit_cause.ts";
import type { OutputLine } from "../core/verdict.ts";

/**
 * What became of something that was looked for: kept whole, kept in part, not to be had, or left out on purpose.
 */
export const FINDING_STATUSES = ["saved", "truncated", "missing", "skipped"] as const;

/** One of {@linkcode FINDING_STATUSES}. */
export type FindingStatus = (typeof FINDING_STATUSES)[number];

/** One thing that was looked for. */
export interface Finding {
  /** A plain file name of at most 100 characters, which it gets in the incident's folder. */
  readonly name: string;
  readonly status: FindingStatus;
  /** Why it is not whole, in words; `null` when it is. */
  readonly reason: string | null;
  /** Kept when the status says so. */
  readonly content: string | Uint8Array | FileLeft | null;
}

/** A file that lies somewhere else and is to be moved: too large to be read. */
export interface FileLeft {
  readonly path: string;
}

/** The names of a heap dump in an incident. */
export const HEAP_DUMP_NAMES = { plain: "heap.hprof", gzipped: "heap.hprof.gz" } as const;

/** Whether a name is that of a heap dump. */
export function isHeapDump(name: string): boolean {
  return name === HEAP_DUMP_NAMES.plain || name === HEAP_DUMP_NAMES.gzipped;
}

/** Has no room for a path, and fits the 100 bytes that a tar archive has for it. */
const PLAIN_NAME = /^[A-Za-z0-9_][A-Za-z0-9_.+@=-]{0,99}$/;

/** Whether a name can be that of a file in an incident's folder. */
export function isPlainName(name: string): boolean {
  return PLAIN_NAME.test(name);
}

/** Whether something that was looked for is in the folder. */
export function isKept({ status }: { readonly status: FindingStatus }): boolean {
  return status === "saved" || status === "truncated";
}

/** Both outputs of a gateway, as far as they were kept in memory. */
export function outputFindings(
  { stdout, stderr }: Pick<DeathEvidence, "stdout" | "stderr">,
): readonly Finding[] {
  return [outputFinding("stdout.txt", stdout), outputFinding("stderr.txt", stderr)];
}

function outputFinding(name: string, lines: readonly OutputLine[]): Finding {
  const first = lines[0]?.number ?? 1;
  const content = lines.map((line) => `${line.text}\n`).join("");
  return first === 1
    ? { name, status: "saved", reason: null, content }
    : { name, status: "truncated", reason: `it begins with line ${first} of the output`, content };
}
