/**
 * May a JVM start from a class-data archive, and from which? HotSpot maps classes that an earlier JVM has loaded and
 * checked, instead of doing it again (JEP 350: from Java 13 on of an application's own classes, made at its exit).
 * @module
 */

import { GIB, setsFlag } from "./jvm_flags.ts";
import type { MemoryPlan } from "./memory/plan.ts";

/** What becomes of the archive at one start. The reason is for people, in words that follow "archive:". */
export type ArchiveDecision =
  /** Starts with these flags. */
  | {
    readonly kind: "use";
    readonly key: string;
    readonly flags: readonly string[];
    readonly reason: string;
  }
  /** Starts without; one is worth making in the background. */
  | { readonly kind: "train"; readonly key: string; readonly reason: string }
  /** Starts without, and none is to be made. */
  | { readonly kind: "none"; readonly reason: string };

/** What is found in the folder of archives. */
export interface ArchiveState {
  /** Why none can be used, or `null`: see {@linkcode archiveObstacle}. */
  readonly obstacle: string | null;
  readonly key: string;
  readonly path: string;
  /** The size of the archive of that key; `null` when there is none. */
  readonly bytes: number | null;
  /** Whether it is to be mapped where it was made for: at an address of its own, and no word of the user's says else. */
  readonly staysInPlace: boolean;
  /** Why an archive of that key was given up, or `null`. */
  readonly failure: string | null;
}

/** What stands against an archive in the words of a command and the Java that reads them. */
export interface ArchiveCommand {
  /** The JVM's own words, those in its variables included. */
  readonly words: readonly string[];
  /** Java's feature number. */
  readonly javaMajor: number;
  /** Folders on the class path that hold something. */
  readonly folders: readonly string[];
}

/** The first Java whose archives were tried here; Java 13 to 16 have them too, but no Spark is made for those alone. */
const FIRST_JAVA = 17;

/**
 * Flags that an archive does not survive a change of: which modules there are, how a reference is stored, and (a
 * collector decides on that too) whether references are compressed. HotSpot refuses an archive when they differ
 * (`FileMapHeader::validate`); in the key they make that another archive.
 */
const DECISIVE = [
  /^--?(?:add-modules|limit-modules|module-path|upgrade-module-path|patch-module)\b/,
  /^-XX:[+-]Use\w*(?:GC|CompressedOops|CompressedClassPointers|CompactObjectHeaders)$/,
  /^-XX:ObjectAlignmentInBytes=/,
];

/** The smallest heap whose references are not compressed, in bytes. */
const UNCOMPRESSED_BYTES = 32 * 2 ** 30;

/** Why no archive can be used with this command, in words; `null` when one can. */
export function archiveObstacle({ words, javaMajor, folders }: ArchiveCommand): string | null {
  if (javaMajor < FIRST_JAVA) return `Java ${javaMajor} is older than ${FIRST_JAVA}`;
  const sharing = words.find((word) => word.startsWith("-Xshare:")) ??
    words.find((word) =>
      /^-XX:[+-]?(?:SharedArchiveFile|ArchiveClassesAtExit|AutoCreateSharedArchive|AOT)/.test(word)
    );
  if (sharing !== undefined) return `the Java options decide on it themselves (${sharing.split("=")[0]})`;
  if (words.some((word) => /^-(?:javaagent|agentlib|agentpath):/.test(word))) {
    return "a Java agent may change every class";
  }
  const [folder] = folders;
  // HotSpot says "Cannot have non-empty directory in paths" and uses none.
  return folder === undefined ? null : `a folder with files is on the class path (${folder})`;
}

/** The words of a command that every JVM has to share which makes a part of its archive. */
export function wordsToShare(words: readonly string[]): readonly string[] {
  // A module may stand in a word of its own behind `--add-modules`.
  return words.filter((word, index) =>
    DECISIVE.some((pattern) => pattern.test(word)) || words[index - 1] === "--add-modules"
  );
}

/** What of a command and its heap belongs to the key of an archive. @param heapBytes The largest it may become. */
export function decisiveWords(words: readonly string[], heapBytes: number): readonly string[] {
  const uncompressed = heapBytes >= UNCOMPRESSED_BYTES && !setsFlag(words, "UseCompressedOops");
  return [...wordsToShare(words), uncompressed ? "uncompressed" : "compressed"];
}

/** Decides. */
export function decideArchive(state: ArchiveState): ArchiveDecision {
  const { obstacle, key, path, bytes, staysInPlace, failure } = state;
  if (obstacle !== null) return { kind: "none", reason: `none, because ${obstacle}` };
  if (failure !== null) {
    return { kind: "none", reason: `none, because the last one was given up: ${failure}` };
  }
  if (bytes === null) return { kind: "train", key, reason: "none yet for this Java and these jars" };
  const mebibytes = Math.round(bytes / 2 ** 20);
  return { kind: "use", key, flags: useFlags(path, { staysInPlace }), reason: `in use, ${mebibytes} MiB` };
}

/**
 * The flags of a JVM that starts from an archive. With `auto` one that does not fit is a warning on standard output
 * and a start as slow as without; only a damaged one can end the JVM, which is why its maker checks it.
 *
 * By itself HotSpot moves an archive to a random address at every start (JDK-8294323), and writes to nearly all of its
 * pages for that. One that lies at a random address already is left there: 0.03 s less to the hand-shake (Java 17), 0.12 GB less of
 * a JVM's own memory (17 and 25). Where something is in its way, HotSpot moves it as before.
 */
export function useFlags(
  path: string,
  { staysInPlace }: Pick<ArchiveState, "staysInPlace">,
): readonly string[] {
  const place = staysInPlace ? ["-XX:+UnlockDiagnosticVMOptions", `-XX:${RELOCATION}=0`] : [];
  return [`-XX:SharedArchiveFile=${path}`, "-Xshare:auto", ...place];
}

/** HotSpot's flag for where an archive is mapped; of the diagnostic ones. */
const RELOCATION = "ArchiveRelocationMode";

/** Whether the user's own words say where archives are mapped. */
export function placesArchives(words: readonly string[]): boolean {
  return setsFlag(words, RELOCATION);
}

/** How many random bytes {@linkcode baseAddress} takes. */
export const ADDRESS_BYTES = 2;

/** The lowest address, how far one is from the next, and how many there are. */
const LOWEST_ADDRESS = 64 * GIB, ADDRESS_STEP = 4 * GIB, ADDRESSES = 2 ** 14;

/**
 * Where an archive is to lie, as HotSpot takes it: above the heaps of compressed references, below 65 TiB and thus below what
 * the kernel maps by itself with 47 bits of address. A multiple of 4 GiB, from which AArch64 reaches classes as well.
 * @param bytes {@linkcode ADDRESS_BYTES} random ones.
 */
export function baseAddress(bytes: Uint8Array): string {
  const number = bytes.reduce((sum, byte) => sum * 256 + byte, 0) % ADDRESSES;
  return `0x${(LOWEST_ADDRESS + number * ADDRESS_STEP).toString(16)}`;
}

/** A file in the folder of archives. */
export interface ArchiveFile {
  readonly name: string;
  readonly modifiedMs: number;
}

/** So many archives are kept: that of now and that of before an update that may be taken back. */
const KEPT = 2;

/** Which files to remove: what is left of others' training, and all but the newest archives and notes of failure. */
export function archivesToRemove(files: readonly ArchiveFile[]): readonly string[] {
  const all = (ending: string) => files.filter(({ name }) => name.endsWith(ending));
  const old = (ending: string) => all(ending).sort((a, b) => b.modifiedMs - a.modifiedMs).slice(KEPT);
  const archives = old(".jsa");
  const kept = new Set(all(".jsa").filter((each) => !archives.includes(each)).map(({ name }) => name));
  const bases = all(".base").filter(({ name }) => !kept.has(name.replace(/base$/, "jsa")));
  return [...all(".partial"), ...archives, ...bases, ...old(".failed")].map(({ name }) => name);
}

/** What the JVM that writes an archive takes: a heap of 640 MiB, and what is beside it. */
const TRAINING_BYTES = 1.25 * GIB;

/** Whether one more JVM fits beside those that are planned. */
export function hasRoomToTrain({ budget, totalBytes }: MemoryPlan): boolean {
  return budget.jvmBytes - totalBytes >= TRAINING_BYTES;
}
