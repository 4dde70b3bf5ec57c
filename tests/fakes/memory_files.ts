/**
 * A file system of one test: in memory, with links, and with a disk that fails or waits when the test says so.
 * @module
 */

import { basename, dirname, join, resolve } from "@std/path";
import type { Appender, DiskSpace, FileLock, Files, FileStat, OpenFile } from "../../src/ports.ts";

type Entry =
  | { readonly kind: "folder" }
  | { readonly kind: "file"; bytes: Uint8Array<ArrayBuffer>; modifiedMs: number }
  | { readonly kind: "link"; readonly target: string };

/** What is done to a path. */
export type Operation = keyof Files | "write" | "sync";

/** Files in memory; what is true of real ones as far as the daemon can see is true of them. */
export class MemoryFiles implements Files {
  /** Called before every operation: what it throws is what the operation throws, what it waits for is waited for. */
  disk: (operation: Operation, path: string) => void | Promise<void> = () => {};
  /** The room there is, which writing does not change. */
  room: DiskSpace | null = { freeBytes: 2 ** 40, totalBytes: 2 ** 41 };
  /** Every operation so far that changed something, with its path, in order. */
  readonly changes: string[] = [];
  readonly #entries = new Map<string, Entry>([["/", { kind: "folder" }]]);
  readonly #locked = new Set<string>();
  #folders = 0;
  #writes = 0;
  readonly #identities = new WeakMap<Entry, string>();
  #identity = 0;

  /** @param tree Paths with their text; a text that begins with `-> ` makes a link. */
  constructor(tree: Readonly<Record<string, string>> = {}) {
    for (const [path, text] of Object.entries(tree)) this.put(path, text);
  }

  /** Makes or changes a file, at once and with its parents; a text that begins with `-> ` makes a link. */
  put(path: string, text: string | Uint8Array<ArrayBuffer>): void {
    this.#makeParents(path);
    const link = typeof text === "string" ? /^-> (.+)$/.exec(text)?.[1] : undefined;
    if (link !== undefined) this.#entries.set(path, { kind: "link", target: resolve(dirname(path), link) });
    else this.#write(path, typeof text === "string" ? new TextEncoder().encode(text) : text);
  }

  /** Every path below a folder, sorted. */
  tree(folder: string): readonly string[] {
    return [...this.#entries.keys()].filter((path) => path.startsWith(`${folder}/`)).sort();
  }

  /** The text of a file, or `null`. */
  text(path: string): string | null {
    const entry = this.#find(path);
    return entry?.kind === "file" ? new TextDecoder().decode(entry.bytes) : null;
  }

  async readText(path: string): Promise<string> {
    return new TextDecoder().decode(await this.readBytes(path));
  }

  async readStream(path: string): Promise<ReadableStream<Uint8Array>> {
    const bytes = await this.readBytes(path);
    return ReadableStream.from([bytes]);
  }

  async open(path: string): Promise<OpenFile | null> {
    await this.disk("open", path);
    const entry = this.#entries.get(path);
    if (entry?.kind !== "file") return null;
    const { bytes: { length: bytes }, modifiedMs } = entry;
    const identity = this.#identities.get(entry) ?? String(++this.#identity);
    this.#identities.set(entry, identity);
    const read = (from: number, count: number) => Promise.resolve(entry.bytes.slice(from, from + count));
    return { bytes, modifiedMs, identity, read, close: () => Promise.resolve() };
  }

  async readBytes(path: string): Promise<Uint8Array> {
    await this.disk("readBytes", path);
    const entry = this.#find(path);
    if (entry?.kind !== "file") throw new Error(`No such file (os error 2): readfile '${path}'`);
    return entry.bytes;
  }

  async writeAtomic(path: string, content: string | Uint8Array): Promise<void> {
    await this.#change("writeAtomic", path);
    this.#needParent(path);
    this.#write(path, typeof content === "string" ? new TextEncoder().encode(content) : content.slice());
  }

  async append(path: string): Promise<Appender> {
    await this.#change("append", path);
    this.#needParent(path);
    if (this.#find(path) === null) this.#write(path, new Uint8Array());
    const entry = this.#find(path);
    if (entry?.kind !== "file") throw new Error(`Is a directory (os error 21): open '${path}'`);
    const write = async (bytes: Uint8Array) => {
      await this.disk("write", path);
      const grown = new Uint8Array(entry.bytes.length + bytes.length);
      grown.set(entry.bytes);
      grown.set(bytes, entry.bytes.length);
      entry.bytes = grown;
    };
    return { write, sync: async () => await this.disk("sync", path), close: () => {} };
  }

  async makeDir(path: string): Promise<void> {
    await this.#change("makeDir", path);
    this.#makeParents(join(path, "x"));
  }

  async makeTempDir(parent: string, prefix: string): Promise<string> {
    const path = join(parent, `${prefix}${++this.#folders}`);
    await this.#change("makeTempDir", path);
    this.#needParent(path);
    this.#entries.set(path, { kind: "folder" });
    return path;
  }

  async remove(path: string): Promise<void> {
    await this.#change("remove", path);
    for (const each of [path, ...this.tree(path)]) this.#entries.delete(each);
  }

  async rename(from: string, to: string): Promise<void> {
    await this.#change("rename", from);
    const entry = this.#entries.get(from);
    if (entry === undefined) throw new Error(`No such file (os error 2): rename '${from}'`);
    this.#needParent(to);
    this.#entries.delete(from);
    this.#entries.set(to, entry);
  }

  async stat(path: string): Promise<FileStat | null> {
    await this.disk("stat", path);
    const entry = this.#find(path);
    if (entry === null) return null;
    if (entry.kind === "folder") return { isFile: false, isDirectory: true, bytes: 4096, modifiedMs: 0 };
    return { isFile: true, isDirectory: false, bytes: entry.bytes.length, modifiedMs: entry.modifiedMs };
  }

  async list(path: string): Promise<readonly string[]> {
    await this.disk("list", path);
    const folder = this.#resolve(path);
    return folder === null
      ? []
      : this.tree(folder).filter((each) => dirname(each) === folder).map((each) => basename(each));
  }

  async space(path: string): Promise<DiskSpace | null> {
    await this.disk("space", path);
    return this.#find(path) === null ? null : this.room;
  }

  async realPath(path: string): Promise<string | null> {
    await this.disk("realPath", path);
    return this.#resolve(path);
  }

  async tryLock(path: string): Promise<FileLock | null> {
    await this.disk("tryLock", path);
    if (this.#locked.has(path)) return null;
    this.#locked.add(path);
    return { release: () => void this.#locked.delete(path) };
  }

  async #change(operation: Operation, path: string): Promise<void> {
    await this.disk(operation, path);
    this.changes.push(`${operation} ${path}`);
  }

  /** Each write makes a later time than the one before. */
  #write(path: string, bytes: Uint8Array<ArrayBuffer>): void {
    this.#entries.set(path, { kind: "file", bytes, modifiedMs: ++this.#writes });
  }

  #makeParents(path: string): void {
    const folder = dirname(path);
    if (folder !== path) this.#makeParents(folder);
    if (this.#find(folder) === null) this.#entries.set(folder, { kind: "folder" });
  }

  #needParent(path: string): void {
    if (this.#find(dirname(path))?.kind !== "folder") {
      throw new Error(`No such folder (os error 2): '${path}'`);
    }
  }

  #find(path: string): Exclude<Entry, { kind: "link" }> | null {
    const entry = this.#entries.get(this.#resolve(path) ?? "");
    return entry === undefined || entry.kind === "link" ? null : entry;
  }

  /** The path with every link resolved, or `null` where that leads to nothing. */
  #resolve(path: string, depth = 0): string | null {
    let real = "/";
    for (const name of resolve("/", path).split("/").filter((each) => each !== "")) {
      real = join(real, name);
      const entry = this.#entries.get(real);
      if (entry === undefined) return null;
      const target = entry.kind === "link" ? depth < 8 ? this.#resolve(entry.target, depth + 1) : null : real;
      if (target === null) return null;
      real = target;
    }
    return real;
  }
}
