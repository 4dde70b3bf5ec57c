/**
 * What becomes of the heap dump of one generation? Who is to write it, whether it was written whole, and what the
 * incident says of it.
 * @module
 */

import { basename, dirname, join } from "@std/path";
import type { Intent } from "../core/diagnosis/exit_cause.ts";
import { unfitVerdict } from "../core/diagnosis/unfit.ts";
import { GIB } from "../core/jvm_flags.ts";
import type { CauseClass } from "../core/verdict.ts";
import { reasonOf } from "../errors.ts";
import type { Files } from "../ports.ts";
import type { Finding } from "./finding.ts";
import { dumpHeap } from "./inspect.ts";
import type { InspectionOptions } from "./inspect.ts";

/** What a generation's dump is made of. */
export interface HeapDumpParts {
  /** What it is called in an incident. */
  readonly name: string;
  /** Where it is written to; `null` when it cannot be. */
  readonly path: string | null;
  /** Why the JVM is not to write one by itself, or `null`. */
  readonly refusal: string | null;
  readonly heapBytes: number;
  readonly files: Files;
  /** Why there is to be none of a death of this class now, or `null`. */
  readonly refuses: (cause: CauseClass) => Promise<string | null>;
}

/** What is known of a JVM's own dump. */
export interface OwnDump {
  /** The words it was started with; empty when it was not. */
  readonly argv: readonly string[];
  /** The newest line of its outputs that tells of a heap dump. */
  readonly heapDumpLine: string | null;
}

/**
 * How long a JVM gets that is asked for a dump, by its heap: gzipped, 512 MiB of small objects took 4 to 8 s on two idle
 * cores and 16 s on busy ones (Java 17 and 25).
 */
export function heapDumpMs(heapBytes: number): number {
  return Math.max(60_000, Math.ceil(heapBytes / GIB) * 30_000);
}

/** The class of the death that a gateway is ended for, when its heap may show why; `null` for every other. */
export function memoryCauseOf(intent: Intent | null): CauseClass | null {
  if (intent?.kind !== "unfit") return null;
  const { condition, survived } = intent;
  if (condition.kind !== "gc-spiral" && condition.kind !== "poisoned") return null;
  return unfitVerdict(condition, survived, { source: "exit", line: null, text: "" }).class;
}

/** The dump of one generation. */
export class HeapDump {
  readonly #parts: HeapDumpParts;
  /** What came of asking for one: `null` as long as nobody has. */
  #asked: Pick<Finding, "status" | "reason"> | null = null;

  constructor(parts: HeapDumpParts) {
    this.#parts = parts;
  }

  /** Where the JVM is to write it by itself when it runs out of memory; `null` when it is not to. */
  get target(): string | null {
    return this.#parts.refusal === null ? this.#parts.path : null;
  }

  /** Asks a JVM that is about to be ended for its memory, unless it has told of a dump before. Never rejects. */
  async ask(cause: CauseClass, jvm: InspectionOptions, heapDumpLine: string | null): Promise<void> {
    const { path, heapBytes, refuses } = this.#parts;
    if (path === null || heapDumpLine !== null) return;
    try {
      const reason = await refuses(cause);
      if (reason !== null) {
        this.#asked = { status: "skipped", reason };
        return;
      }
      await dumpHeap(jvm, { path, timeoutMs: heapDumpMs(heapBytes) });
      this.#asked = { status: "saved", reason: null };
    } catch (error) {
      this.#asked = { status: "missing", reason: reasonOf(error) };
    }
  }

  /** What the incident says of it, when the JVM has ended; removes what is not whole. */
  async finding(own: OwnDump): Promise<Finding> {
    const { name, path, files } = this.#parts;
    const { status, reason } = this.#asked ?? this.#ofItself(own);
    const isThere = path !== null && (await files.stat(path))?.isFile === true;
    if (status === "saved" && isThere) return { name, status, reason, content: { path } };
    await this.discard();
    return status === "saved"
      ? { name, status: "missing", reason: "its file is gone", content: null }
      : { name, status, reason, content: null };
  }

  /** Removes what still lies where it was written. What cannot be removed goes with the daemon's folder. */
  async discard(): Promise<void> {
    const { path, files } = this.#parts;
    if (path === null) return;
    // Java 25 writes parts beside it: `.p0` and so on.
    const own = (await files.list(dirname(path))).filter((each) => each.startsWith(basename(path)));
    for (const each of own) await files.remove(join(dirname(path), each)).catch(() => {});
  }

  /** What the JVM has made of its own options. Only its line proves a dump whole. */
  #ofItself({ argv, heapDumpLine: line }: OwnDump): Pick<Finding, "status" | "reason"> {
    const { refusal } = this.#parts;
    const target = this.target;
    if (target === null) return { status: "skipped", reason: refusal };
    if (argv.length > 0 && !argv.some((word) => word.endsWith(`=${target}`))) {
      return { status: "skipped", reason: "the gateway's own Java options decide on its heap dumps" };
    }
    if (line === null) return { status: "missing", reason: "the JVM wrote none: it did not run out of heap" };
    if (line.startsWith("Heap dump file created")) return { status: "saved", reason: null };
    if (line.startsWith("Dumping heap to")) {
      return { status: "missing", reason: "the JVM was ended while it wrote it" };
    }
    return { status: "missing", reason: `the JVM could not write it: ${line}` };
  }
}
