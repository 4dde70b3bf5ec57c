/**
 * How is the gateway that runs asked for its threads, its objects or its heap, for a person and not for an incident?
 * @module
 */

import { join } from "@std/path";
import type { Dumping, DumpKind, DumpOutcome, HeapDumpDocument } from "../api/dumps.ts";
import { formatSize } from "../core/jvm_flags.ts";
import { reasonOf } from "../errors.ts";
import { AttachClient } from "../incident/attach.ts";
import type { AttachContext, AttachTarget } from "../incident/attach.ts";
import { heapDumpMs } from "../incident/heap_dump.ts";
import { roomBytes } from "../incident/room.ts";
import type { Logger } from "../log.ts";
import type { Runtime } from "../runtime/deno.ts";

/** Below the state folder; of what the daemon removes by itself, nothing lies there. */
const FOLDER = "heaps";

/** A heap of small objects made 1.6 times its size (Java 17 and 25). */
const ROOM_FACTOR = 2;

/** How many are told of; a file is not removed when it is not told of any more. */
const REMEMBERED = 16;

/** What asking takes. */
export interface DumpTakerOptions {
  /** The process of a gateway, and when it was started; `null` where none runs. */
  readonly process: (generation: number) => AttachTarget | null;
  readonly heapBytes: () => number;
  /** Told that a gateway is about to stand still for its heap dump, and is not dead. */
  readonly onStandstill: (generation: number) => void;
  /** Takes secrets out of what the JVM prints: names of threads are free text. */
  readonly redact: (text: string) => string;
  readonly runtime: Pick<Runtime, "files" | "clock" | "unixDialer" | "machine">;
  /** Where heap dumps are put, in a folder of their own. */
  readonly state: string;
  readonly log: Logger;
}

/** Asks one JVM at a time. */
export class DumpTaker implements Dumping {
  readonly #options: DumpTakerOptions;
  #isBusy = false;
  #heapDumps: readonly HeapDumpDocument[] = [];

  constructor(options: DumpTakerOptions) {
    this.#options = options;
  }

  heapDump(id: string): HeapDumpDocument | null {
    return this.#heapDumps.find((dump) => dump.id === id) ?? null;
  }

  async take(kind: DumpKind, generation: number): Promise<DumpOutcome> {
    const target = this.#options.process(generation);
    if (target === null) return { kind: "no-gateway" };
    if (this.#isBusy) return { kind: "busy" };
    this.#isBusy = true;
    if (kind === "heap") return await this.#beginHeap(target, generation);
    const never = new AbortController().signal;
    try {
      const jvm = await AttachClient.open(target, this.#context(), never);
      const text = kind === "threads" ? await jvm.threadDump(never) : await jvm.classHistogram(never);
      return { kind: "text", text: this.#options.redact(text) };
    } catch (error) {
      return { kind: "failed", reason: reasonOf(error) };
    } finally {
      this.#isBusy = false;
    }
  }

  async #beginHeap(target: AttachTarget, generation: number): Promise<DumpOutcome> {
    const { runtime: { files, clock }, state } = this.#options;
    try {
      const folder = join(state, FOLDER);
      await files.makeDir(folder);
      const heapBytes = this.#options.heapBytes();
      const spare = await roomBytes(folder, files);
      if (spare < ROOM_FACTOR * heapBytes) {
        this.#isBusy = false;
        return { kind: "no-room", reason: noRoom(spare, heapBytes) };
      }
      const id = `${clock.date().toISOString().replaceAll(/[-:]|\.\d+/g, "")}-g${generation}`;
      const path = join(folder, `${id}.hprof`);
      const dump: HeapDumpDocument = { id, generation, path, state: "writing", reason: null };
      this.#heapDumps = [...this.#heapDumps, dump].slice(-REMEMBERED);
      void this.#write(dump, target, heapDumpMs(heapBytes)).finally(() => this.#isBusy = false);
      return { kind: "begun", dump };
    } catch (error) {
      this.#isBusy = false;
      return { kind: "failed", reason: reasonOf(error) };
    }
  }

  async #write(dump: HeapDumpDocument, target: AttachTarget, timeoutMs: number): Promise<void> {
    const { generation, path } = dump;
    const { runtime: { files }, log, onStandstill } = this.#options;
    onStandstill(generation);
    const never = new AbortController().signal;
    let after: HeapDumpDocument;
    try {
      const jvm = await AttachClient.open(target, this.#context(), never);
      await jvm.heapDump(path, never, timeoutMs);
      after = { ...dump, state: "saved" };
      log.info(
        `the heap of generation ${generation} is in ${path}: it has your data in it, remove it when read`,
      );
    } catch (error) {
      const reason = reasonOf(error);
      after = { ...dump, state: "failed", reason };
      log.warn(`there is no heap dump of generation ${generation}: ${reason}`);
      await files.remove(path).catch(() => {});
    }
    this.#heapDumps = this.#heapDumps.map((each) => each.id === dump.id ? after : each);
  }

  #context(): AttachContext {
    const { files, clock, unixDialer, machine } = this.#options.runtime;
    return { files, clock, dialer: unixDialer, quit: (pid) => machine.quit(pid) };
  }
}

function noRoom(spareBytes: number, heapBytes: number): string {
  return `The disk has ${formatSize(Math.max(0, spareBytes))} to spare, and the dump of a heap of ${
    formatSize(heapBytes)
  } may need ${formatSize(ROOM_FACTOR * heapBytes)}.`;
}
