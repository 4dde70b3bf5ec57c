/**
 * Where class-data archives are kept, and which one belongs to a command. Nothing is ever written into a JDK.
 *
 * Not an AOT cache (JEP 483, JDK 24 and later), which would be a second kind of file for some of the JDKs only: on JDK 25 a start
 * and first result took 5.5 s with one and 6.1 s with an archive, and making it took longest of all.
 * @module
 */

import { basename, dirname, join } from "@std/path";
import {
  type ArchiveDecision,
  archiveObstacle,
  archivesToRemove,
  decideArchive,
  decisiveWords,
  placesArchives,
} from "../core/archive.ts";
import { readMaxHeap } from "../core/jvm_flags.ts";
import type { FileLock, Files } from "../ports.ts";
import { digestOf } from "./digest.ts";
import type { JavaInstallation } from "./java_home.ts";
import type { SparkInstallation } from "./spark_home.ts";

/** The command that is to start from an archive. */
export interface ArchiveRequest {
  readonly spark: SparkInstallation;
  readonly java: JavaInstallation;
  /** The JVM's own words, as they will be executed, without those of an archive. */
  readonly words: readonly string[];
  /** The words in the variables that a JVM reads. */
  readonly variableWords: readonly string[];
}

/** The folder of archives. */
export class ArchiveFolder {
  readonly #folder: string;
  readonly #files: Files;

  /** @param folder Is made when an archive is. */
  constructor(folder: string, files: Files) {
    this.#folder = folder;
    this.#files = files;
  }

  /** Where the archive of a key is, once there is one. */
  pathOf(key: string): string {
    return join(this.#folder, `${key}.jsa`);
  }

  /**
   * Where what it lies on is: the JDK's own classes, archived once more for an address of their own. Its name stands in the
   * archive, and some look for it nowhere else (seen with Java 25).
   */
  basePathOf(key: string): string {
    return join(this.#folder, `${key}.base`);
  }

  /** What to do at the next start. Reads the size and date of each jar: 250 to 280 of them, some milliseconds. */
  async decide(request: ArchiveRequest): Promise<ArchiveDecision> {
    const { java, spark } = request;
    const words = [...request.variableWords, ...request.words];
    const [classPath, identity, place] = await Promise.all([
      this.#readClassPath(request.words),
      this.#identityOf(java),
      this.#place(),
    ]);
    const obstacle = archiveObstacle({ words, javaMajor: java.major, folders: classPath.folders });
    const key = await digestOf([
      identity,
      place,
      spark.version,
      ...classPath.jars,
      ...decisiveWords(words, readMaxHeap(words) ?? 0),
    ]);
    const path = this.pathOf(key);
    const [stat, base, failure] = await Promise.all([
      this.#files.stat(path),
      this.#files.stat(this.basePathOf(key)),
      this.#files.readText(this.#failureOf(key)).catch(() => null),
    ]);
    const staysInPlace = base !== null && !placesArchives(words);
    return decideArchive({ obstacle, key, path, bytes: stat?.bytes ?? null, staysInPlace, failure });
  }

  /** Gives an archive up, for good: it does not fit, or a JVM that started from it failed. */
  async drop(key: string, reason: string): Promise<void> {
    await this.#files.makeDir(this.#folder);
    await this.#files.writeAtomic(this.#failureOf(key), reason);
    await this.#files.remove(this.pathOf(key));
    await this.#files.remove(this.basePathOf(key));
  }

  /** The right to make an archive, and where to; `null` when somebody else is making one. */
  async beginTraining(key: string): Promise<Training | null> {
    await this.#files.makeDir(this.#folder);
    const lock = await this.#files.tryLock(join(this.#folder, "lock"));
    if (lock === null) return null;
    const place = { path: this.pathOf(key), basePath: this.basePathOf(key) };
    const training = new Training(this.#folder, this.#files, { ...place, key, lock });
    await training.tidy();
    return training;
  }

  /** An archive does not survive being moved to another folder: {@linkcode basePathOf}. */
  async #place(): Promise<string> {
    const there = await this.#files.realPath(this.#folder);
    if (there !== null) return there;
    const parent = dirname(this.#folder);
    return join(await this.#files.realPath(parent) ?? parent, basename(this.#folder));
  }

  #failureOf(key: string): string {
    return join(this.#folder, `${key}.failed`);
  }

  /** The file `release` names vendor, version and build; the library's date tells one build from its repackaging. */
  async #identityOf({ home, version }: JavaInstallation): Promise<string> {
    const [place, release, library] = await Promise.all([
      this.#files.realPath(home),
      this.#files.readText(join(home, "release")).catch(() => version),
      this.#files.stat(join(home, "lib/server/libjvm.so")),
    ]);
    return [place, release, library?.modifiedMs, library?.bytes].join("\n");
  }

  /** HotSpot compares each jar's path, size and date, in order; a folder must be empty. */
  async #readClassPath(words: readonly string[]) {
    const at = words.findLastIndex((word) => ["-cp", "-classpath", "--class-path"].includes(word));
    const jars: string[] = [];
    const folders: string[] = [];
    for (const entry of (at === -1 ? "" : words[at + 1] ?? "").split(":")) {
      const all = /(?:^|\/)\*$/.test(entry);
      const folder = all ? entry.slice(0, -1) : entry;
      const names = all ? (await this.#files.list(folder)).filter((name) => /\.jar$/i.test(name)) : [""];
      // All at once: one by one they took 10 ms of a start, and 3 ms so.
      const found = await Promise.all(names.map(async (name) => {
        const path = folder + name;
        return { path, stat: await this.#files.stat(path) };
      }));
      for (const { path, stat } of found) {
        jars.push(stat === null ? path : `${path} ${stat.bytes} ${stat.modifiedMs}`);
        if (stat?.isDirectory && (await this.#files.list(path)).length > 0) folders.push(path);
      }
    }
    return { jars, folders };
  }
}

/** An archive that is being made; nobody else makes one meanwhile. Disposing of it ends that. */
export class Training implements AsyncDisposable {
  readonly key: string;
  /** Where the archive is written before it is known to be good. */
  readonly partialPath: string;
  /** Where what it lies on is written, which is of no use without it. */
  readonly basePath: string;
  readonly #path: string;
  readonly #folder: string;
  readonly #files: Files;
  readonly #lock: FileLock;

  constructor(
    folder: string,
    files: Files,
    place: { key: string; path: string; basePath: string; lock: FileLock },
  ) {
    this.key = place.key;
    this.partialPath = join(folder, `${place.key}.partial`);
    this.basePath = place.basePath;
    this.#path = place.path;
    this.#folder = folder;
    this.#files = files;
    this.#lock = place.lock;
  }

  /**
   * Puts the archive in its place. The JVM has written it read-only, so that it cannot be opened to be synced: a power
   * failure may leave it cut off, a JVM that starts from it then dies at once, and {@linkcode ArchiveFolder.drop} ends that.
   */
  async keep(): Promise<void> {
    await this.#files.rename(this.partialPath, this.#path);
  }

  /** Removes what killed trainers have left, and all archives but the newest. */
  async tidy(): Promise<void> {
    const names = await this.#files.list(this.#folder);
    const found = await Promise.all(names.map(async (name) => {
      const stat = await this.#files.stat(join(this.#folder, name));
      return { name, modifiedMs: stat?.modifiedMs ?? 0 };
    }));
    for (const name of archivesToRemove(found)) await this.#files.remove(join(this.#folder, name));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.tidy();
    } finally {
      this.#lock.release();
    }
  }
}
