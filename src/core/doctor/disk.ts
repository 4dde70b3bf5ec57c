/**
 * Can everything be written that a gateway writes, and is there room for it?
 * @module
 */

import { formatSize, GIB, MIB } from "../jvm_flags.ts";
import type { Examination, Finding } from "./finding.ts";

/** A folder that is written to. */
export interface FolderFact {
  /** What is kept there. */
  readonly for: string;
  readonly path: string;
  /** What chose it. */
  readonly by: string;
  /** Why nothing can be written there; `null` when something could. */
  readonly failure: string | null;
  readonly freeBytes: number | null;
  /** How many more files there may be; `null` when the file system does not count them. */
  readonly freeFiles: number | null;
  /** Whether programs and libraries cannot be loaded from there. */
  readonly isNoExec: boolean;
  /** What is there at least to be. */
  readonly need: Need;
}

/** How much room something needs. */
export type Need = "records" | "scratch" | "libraries";

/**
 * Records: below 200 MiB only manifests of incidents are kept. Scratch: a first shuffle of any size. Libraries: what the
 * JVM unpacks of its jars to load it is 2 MiB.
 */
const WANTED: Readonly<Record<Need, { readonly bytes: number; readonly leastBytes: number }>> = {
  records: { bytes: 200 * MIB, leastBytes: 4 * MIB },
  scratch: { bytes: GIB, leastBytes: 16 * MIB },
  libraries: { bytes: 200 * MIB, leastBytes: 8 * MIB },
};
/** A shuffle of two hundred by two hundred partitions makes tens of thousands of files. */
const WANTED_FILES = 10_000;
/** A start alone makes some dozens. */
const LEAST_FILES = 100;

/** Judges the folders. */
export function examineDisk(folders: readonly FolderFact[]): Examination {
  const room = folders.flatMap(({ freeBytes }) => freeBytes ?? []);
  return {
    seen: room.length === 0
      ? `${folders.length} folders`
      : `${folders.length} folders, the fullest has ${formatSize(Math.min(...room))} left`,
    findings: folders.flatMap((folder) => [...ofWriting(folder), ...ofRoom(folder), ...ofLibraries(folder)]),
  };
}

function ofWriting({ path, by, failure, for: what }: FolderFact): readonly Finding[] {
  if (failure === null) return [];
  const isFull = /no space|quota/i.test(failure);
  return [{
    severity: "error",
    what: `Cannot write to ${path} (${what}, ${by}): ${failure}`,
    why: `${what[0]?.toUpperCase()}${what.slice(1)} cannot be kept there.`,
    fix: isFull ? `df -h ${path}; du -xsh ${path}/* shows what to remove` : fixOf(by, path),
  }];
}

function fixOf(by: string, path: string): string {
  return by === "TMPDIR" || by === "/tmp"
    ? `export TMPDIR=DIR, or: chmod u+rwx ${path}`
    : by.startsWith("spark.") || by.startsWith("--conf")
    ? `Name another folder: ${by}`
    : `Name another folder: --state-dir DIR, or: chmod u+rwx ${path}`;
}

function ofRoom(
  { path, by, failure, freeBytes, freeFiles, need, for: what }: FolderFact,
): readonly Finding[] {
  if (failure !== null) return [];
  const { bytes, leastBytes } = WANTED[need];
  const findings: Finding[] = [];
  if (freeBytes !== null && freeBytes < bytes) {
    findings.push({
      severity: freeBytes < leastBytes ? "error" : "warning",
      what: `Only ${formatSize(freeBytes)} are left for ${what} in ${path} (${by})`,
      why: need === "records"
        ? "Incidents lose their evidence first, then logs and ledger stop."
        : "Shuffles, caches and Python's data are written there: jobs fail with No space left on device.",
      fix: need === "records"
        ? `rekindle incidents rm ID, or another disk: --state-dir DIR`
        : `--conf spark.local.dir=DIR, or export TMPDIR=DIR, on a larger disk`,
    });
  }
  if (freeFiles !== null && freeFiles < WANTED_FILES) {
    findings.push({
      severity: freeFiles < LEAST_FILES ? "error" : "warning",
      what: `Only ${freeFiles} more files may be made in ${path} (${what}, ${by}): its inodes are used up`,
      why: "It looks like a full disk with room to spare: No space left on device.",
      fix: `df -i ${path}; remove small files, or name another disk`,
    });
  }
  return findings;
}

/** Compression and compiled functions are native code that Java unpacks to its temporary folder. */
function ofLibraries({ path, by, isNoExec, need }: FolderFact): readonly Finding[] {
  if (!isNoExec || need !== "libraries") return [];
  return [{
    severity: "error",
    what: `${path} (${by}) is mounted noexec`,
    why:
      "Java loads the libraries for zstd, snappy and lz4 from there: UnsatisfiedLinkError at the first shuffle.",
    fix: `export TMPDIR=DIR on another file system, or: mount -o remount,exec ${path}`,
  }];
}
