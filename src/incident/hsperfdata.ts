/**
 * What the performance data of HotSpot tells of a JVM: the file `/tmp/hsperfdata_<user>/<pid>`, which every JVM
 * keeps in shared memory, and which one that was killed leaves behind.
 *
 * JDK 8 to 25 write one format (`perfMemory.hpp`): a prologue, then entries of a name and a value each, which are
 * changed in place. `-XX:-UsePerfData` turns the file off.
 * @module
 */

import { join } from "@std/path";
import type { GcVitals } from "../core/watch/vitals.ts";
import type { Files } from "../ports.ts";

/** Every entry by its name, such as `sun.gc.cause`. Numbers over 2^53 lose their last digits. */
export type PerfData = ReadonlyMap<string, number | string>;

/** HotSpot on Linux keeps its files here, whatever `java.io.tmpdir` and `TMPDIR` say (`os_posix.cpp`). */
const TEMPORARY = "/tmp";
const FOLDER_PREFIX = "hsperfdata_";

const MAGIC = 0xcafec0c0;
const MAJOR_VERSION = 2;
const PROLOGUE_BYTES = 32;
/** The part of an entry that stands before its name. */
const ENTRY_BYTES = 20;
const NUMBER = "J".charCodeAt(0);
const NUMBER_BYTES = 8;
const TEXT = "B".charCodeAt(0);

const decoder = new TextDecoder();

/**
 * Reads the file's bytes. The JVM writes meanwhile: one number may be newer than another, and a text may be
 * half old and half new.
 * @returns `null` when that is no such file, a part of one, or one that its JVM is still making.
 */
export function parsePerfData(bytes: Uint8Array): PerfData | null {
  if (bytes.length < PROLOGUE_BYTES) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [byteOrder, majorVersion, isComplete] = [view.getUint8(4), view.getUint8(5), view.getUint8(7)];
  if (view.getUint32(0) !== MAGIC || majorVersion !== MAJOR_VERSION || isComplete === 0) return null;
  const little = byteOrder === 1;
  let offset = view.getInt32(24, little);
  if (offset < PROLOGUE_BYTES) return null;
  const data = new Map<string, number | string>();
  for (let left = view.getInt32(28, little); left > 0; left--) {
    const entry = readEntry(view, offset, little);
    if (entry === null) return null;
    if (entry.value !== null) data.set(entry.name, entry.value);
    // Always forward, and never beyond the bytes: however many entries are promised, this comes to an end.
    offset = entry.end;
  }
  return data;
}

interface Entry {
  readonly name: string;
  /** `null` for a type that HotSpot does not use. */
  readonly value: number | string | null;
  readonly end: number;
}

function readEntry(view: DataView, start: number, little: boolean): Entry | null {
  if (start + ENTRY_BYTES > view.byteLength) return null;
  const field = (at: number) => view.getInt32(start + at, little);
  const [bytes, nameAt, elements, dataAt] = [field(0), field(4), field(8), field(16)];
  const type = view.getUint8(start + 12);
  const isNumber = type === NUMBER && elements === 0;
  const end = start + bytes;
  const valueStart = start + dataAt;
  const valueEnd = valueStart + (isNumber ? NUMBER_BYTES : elements);
  if (nameAt < ENTRY_BYTES || dataAt < ENTRY_BYTES || elements < 0) return null;
  if (valueEnd > end || end > view.byteLength) return null;
  const name = readText(view, start + nameAt, end);
  if (name === null) return null;
  if (isNumber) return { name, value: Number(view.getBigInt64(valueStart, little)), end };
  return { name, value: type === TEXT ? readText(view, valueStart, valueEnd) : null, end };
}

/** The text up to its terminating zero; `null` when there is none before `end`. */
function readText(view: DataView, start: number, end: number): string | null {
  if (start >= end) return null;
  const bytes = new Uint8Array(view.buffer, view.byteOffset + start, end - start);
  const zero = bytes.indexOf(0);
  return zero < 0 ? null : decoder.decode(bytes.subarray(0, zero));
}

/**
 * What a JVM's performance data tells of garbage collection.
 *
 * The times are those of pauses: every collector that is listed adds to them, G1's "concurrent cycle pauses"
 * (JDK 8 to 11: "stop-the-world phases") too, because that is remark and cleanup and not the work done beside the
 * program. A pause counts when it has ended; until then only the cause tells of it.
 *
 * The old generation's size is renewed at each collection, and on JDK 17 and before with Serial and Parallel every
 * 50 ms besides. For G1 the greatest size is the whole heap, of which some is always young. G1 counts the bytes of
 * an array, not those it wastes: it may be out of memory with half of its heap unused when arrays are a bit larger
 * than half a region.
 *
 * @returns `null` for JVMs that measure something else: Shenandoah (its times hold the concurrent work, its only
 *   space is the whole heap), ZGC without generations and Epsilon. Generational ZGC never pauses for long.
 */
export function gcVitalsOf(data: PerfData): GcVitals | null {
  // Where there is no young generation beside it, what is called old is the whole heap.
  if (data.get("sun.gc.generation.1.name") !== "old" || !data.has("sun.gc.generation.0.name")) return null;
  const ticksPerSecond = numberOf(data, "sun.os.hrt.frequency");
  const oldUsedBytes = numberOf(data, "sun.gc.generation.1.space.0.used");
  const oldMaxBytes = numberOf(data, "sun.gc.generation.1.space.0.maxCapacity");
  const cause = data.get("sun.gc.cause");
  if (!ticksPerSecond || oldUsedBytes === null || !oldMaxBytes || typeof cause !== "string") return null;
  return {
    pausedMs: sumOf(data, /^sun\.gc\.collector\.\d+\.time$/) / ticksPerSecond * 1000,
    collections: sumOf(data, /^sun\.gc\.collector\.\d+\.invocations$/),
    cause: cause === "No GC" ? null : cause,
    oldUsedBytes,
    oldMaxBytes,
    heapCommittedBytes: sumOf(data, /^sun\.gc\.generation\.\d+\.space\.\d+\.capacity$/),
    metaspaceBytes: numberOf(data, "sun.gc.metaspace.used"),
  };
}

/** The number of that name; `null` when there is none, or it is negative. */
export function numberOf(data: PerfData, name: string): number | null {
  const value = data.get(name);
  return typeof value === "number" && value >= 0 ? value : null;
}

function sumOf(data: PerfData, names: RegExp): number {
  let sum = 0;
  // A number that is being written, or a damaged file: none of these is ever below nothing.
  for (const name of data.keys()) if (names.test(name)) sum += numberOf(data, name) ?? 0;
  return sum;
}

/**
 * The files that JVMs with this pid keep or have left: one for each user who had one. For the pid of a dead JVM,
 * to remove what it left; the next JVM that this user starts would do it too. Nothing here says whose they are.
 */
export async function perfDataPaths(pid: number, files: Files): Promise<readonly string[]> {
  const folders = (await files.list(TEMPORARY)).filter((name) => name.startsWith(FOLDER_PREFIX));
  const paths: string[] = [];
  for (const folder of folders) {
    const path = join(TEMPORARY, folder, String(pid));
    if ((await files.stat(path))?.isFile) paths.push(path);
  }
  return paths;
}

/** Reads the performance data of one JVM again and again. */
export class PerfDataReader {
  readonly #pid: number;
  readonly #files: Files;
  #path: string | null = null;

  constructor(pid: number, files: Files) {
    this.#pid = pid;
    this.#files = files;
  }

  /** What the data tells of garbage collection: see {@linkcode PerfDataReader.data}. */
  async read(): Promise<GcVitals | null> {
    const data = await this.data();
    return data && gcVitalsOf(data);
  }

  /**
   * What the data tells now, or what a JVM that was killed has last told; `null` when there is none. Meant for a
   * child of this process, whose pid cannot come to mean another process before its end was noticed.
   *
   * All of it is parsed at each call: 0.3 ms for 187 entries, less than the read itself takes (0.4 ms).
   */
  async data(): Promise<PerfData | null> {
    try {
      this.#path ??= await this.#find();
      if (this.#path === null) return null;
      return parsePerfData(await this.#files.readBytes(this.#path));
    } catch {
      // The file went: with its JVM, or somebody cleaned the folder.
      this.#path = null;
      return null;
    }
  }

  /** Where the file was last found; `null` before that. */
  get path(): string | null {
    return this.#path;
  }

  /**
   * The file that the process itself writes to. Its name alone does not say so: an older process may have had the
   * pid, another container may share the folder, and any user can put a file there.
   */
  async #find(): Promise<string | null> {
    const maps = await this.#files.readText(`/proc/${this.#pid}/maps`);
    // Address, rights (written to, shared), offset, device, inode, path (proc(5)).
    const line = /^\S+ rw-s \S+ \S+ \S+ +(\/.*\/hsperfdata_[^/\n]+\/(\d+))$/gm;
    for (const [, path, name] of maps.matchAll(line)) {
      if (path !== undefined && name === String(this.#pid)) return path;
    }
    return null;
  }
}

/** The newest gateways' data is what a death may ask for. */
const KEPT_READERS = 16;

/** Reads the data of several JVMs. */
export class PerfDataReaders {
  readonly #files: Files;
  readonly #readers = new Map<number, PerfDataReader>();

  constructor(files: Files) {
    this.#files = files;
  }

  /** What this JVM publishes of its collector; `null` when it publishes nothing. */
  async read(pid: number): Promise<GcVitals | null> {
    return await this.#readerOf(pid).read();
  }

  /** Everything that this JVM publishes; `null` when that is nothing. */
  async data(pid: number): Promise<PerfData | null> {
    return await this.#readerOf(pid).data();
  }

  /** Where this JVM's data was last found; `null` when it was not. */
  pathOf(pid: number): string | null {
    return this.#readers.get(pid)?.path ?? null;
  }

  #readerOf(pid: number): PerfDataReader {
    const reader = this.#readers.get(pid) ?? new PerfDataReader(pid, this.#files);
    this.#readers.set(pid, reader);
    const [oldest] = this.#readers.keys();
    if (this.#readers.size > KEPT_READERS && oldest !== undefined) this.#readers.delete(oldest);
    return reader;
  }
}
