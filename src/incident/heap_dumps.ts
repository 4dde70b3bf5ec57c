/**
 * May a gateway's heap be dumped, and where to? Only where the user wants it and the disk has room, and once a day for
 * each cause.
 * @module
 */

import { join } from "@std/path";
import { formatSize } from "../core/jvm_flags.ts";
import type { CauseClass } from "../core/verdict.ts";
import { reasonOf } from "../errors.ts";
import type { Clock, FileLock, Files } from "../ports.ts";
import { HEAP_DUMP_NAMES } from "./finding.ts";
import { HeapDump } from "./heap_dump.ts";
import { roomBytes } from "./room.ts";
import { sameDay } from "./store.ts";
import type { IncidentStore } from "./store.ts";

/** What deciding needs. */
export interface HeapDumpOptions {
  /** Whether the user wants heap dumps. */
  readonly wanted: boolean;
  /** Whether this Java can compress them while it writes (17 and later). */
  readonly gzips: boolean;
  /** Where those that are being written lie, each daemon's in a folder of its own: best on the disk of the store. */
  readonly folder: string;
  readonly store: IncidentStore;
  readonly files: Files;
  readonly clock: Clock;
}

/**
 * Of the heap, the room a dump may need: a heap of small objects made 1.6 times its size (Java 17 and 25), a gzipped
 * one a third of it.
 */
const ROOM_FACTOR = 2;

/** The folder of a daemon is its own for as long as this file in it is locked. */
const LOCK_FILE = "lock";

/** The heap dumps of one daemon. */
export class HeapDumps {
  readonly #options: HeapDumpOptions;
  /** Whether the user wants heap dumps of the gateways to come. */
  wanted: boolean;
  #own: Promise<{ readonly path: string; readonly lock: FileLock }> | null = null;

  constructor(options: HeapDumpOptions) {
    this.#options = options;
    this.wanted = options.wanted;
  }

  /**
   * Decides for a generation that is about to be started. Most deaths that come with a dump are for want of heap, so
   * a JVM that is started within a day of such a one is not told to write another. Never rejects.
   */
  async begin(generation: number, heapBytes: number): Promise<HeapDump> {
    const { gzips, files } = this.#options;
    const name = gzips ? HEAP_DUMP_NAMES.gzipped : HEAP_DUMP_NAMES.plain;
    const refuses = (cause: CauseClass) => this.#refusal(cause, heapBytes);
    const common = { name, heapBytes, files, refuses };
    if (!this.wanted) {
      return new HeapDump({ ...common, path: null, refusal: "heap dumps are off (--heap-dump)" });
    }
    try {
      const { path: own } = await (this.#own ??= this.#claim());
      const path = join(own, `g${generation}${name.slice("heap".length)}`);
      return new HeapDump({ ...common, path, refusal: await refuses("heap-oom") });
    } catch (error) {
      this.#own = null;
      const refusal = `there is no folder to write it to: ${reasonOf(error)}`;
      return new HeapDump({ ...common, path: null, refusal });
    }
  }

  /** Removes what daemons have left that are gone. What cannot be removed is left to the next one. */
  async sweep(): Promise<void> {
    const { folder, files } = this.#options;
    for (const name of await files.list(folder)) {
      const path = join(folder, name);
      const lock = await files.tryLock(join(path, LOCK_FILE)).catch(() => null);
      if (lock === null) continue;
      await files.remove(path).catch(() => {});
      lock.release();
    }
  }

  /** Gives the daemon's own folder up, with what is in it. */
  async close(): Promise<void> {
    const own = await this.#own?.catch(() => null) ?? null;
    this.#own = null;
    if (own === null) return;
    await this.#options.files.remove(own.path).catch(() => {});
    own.lock.release();
  }

  async #claim(): Promise<{ readonly path: string; readonly lock: FileLock }> {
    const { folder, files } = this.#options;
    await files.makeDir(folder);
    const path = await files.makeTempDir(folder, "");
    const lock = await files.tryLock(join(path, LOCK_FILE));
    if (lock === null) throw new Error("somebody else has locked it");
    return { path, lock };
  }

  /** Why there is to be no dump of a death of this class now, or `null`. */
  async #refusal(cause: CauseClass, heapBytes: number): Promise<string | null> {
    const { store, folder, files, clock } = this.#options;
    const kept = await store.dumpOf(cause, clock.date());
    if (kept !== null) return sameDay(kept);
    const spareBytes = await roomBytes(folder, files);
    const neededBytes = ROOM_FACTOR * heapBytes;
    if (spareBytes >= neededBytes) return null;
    return `the disk has ${formatSize(Math.max(0, spareBytes))} to spare, and the dump of a heap of ${
      formatSize(heapBytes)
    } may need ${formatSize(neededBytes)}`;
  }
}
